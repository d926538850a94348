//! Makes a constant of each entry in `widget/words/en.txt`, so that the module holds only the words it shows.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

#[path = "../words/table.rs"]
mod table;

const TABLE: &str = "../words/en.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    let mut constants = String::new();
    for (key, words) in table::entries(&fs::read_to_string(TABLE)?) {
        let name = key.to_uppercase();
        writeln!(constants, "/// {words:?}\npub const {name}: &str = {words:?};")?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("words.rs"), constants)?;
    Ok(())
}
