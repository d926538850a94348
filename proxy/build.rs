//! Embeds `widget/dist`, which `cargo xtask widget` writes, as a table in `OUT_DIR/widget.rs`.
//!
//! Without it the table is empty: the proxy still compiles, and says plainly what is missing where
//! the widget is asked for.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../widget/words/table.rs"]
mod words;

/// The types of the table, which stands in the module that includes it.
const HEAD: &str = r"
/// A file of the widget, as it is and compressed.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The last segment of its path.
    pub(crate) name: &'static str,
    /// The value of `Content-Type`.
    pub(crate) media_type: &'static str,
    /// The bytes as they are.
    pub(crate) raw: &'static [u8],
    /// The bytes in the encoding `br`.
    pub(crate) br: &'static [u8],
    /// The bytes in the encoding `gzip`.
    pub(crate) gz: &'static [u8],
}
";

/// The words that the proxy itself chooses from.
const HEADINGS: [&str; 2] = ["refused", "refused_for_now"];

fn main() -> Result<(), Box<dyn Error>> {
    let widget = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../widget");
    let dist = widget.join("dist");
    let is_built = dist.join("hash").exists();
    // A path that does not exist would run this again on every build.
    let watched = if is_built { &dist } else { &widget };
    println!("cargo::rerun-if-changed={}", watched.display());
    let mut table = if is_built {
        table(&dist.canonicalize()?)?
    } else {
        empty_table()
    };
    table.push_str(&error_page(&widget)?);
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("widget.rs"),
        format!("{HEAD}{table}"),
    )?;
    Ok(())
}

/// Fills the visitor's words into the page that stands in for a refused chat.
fn error_page(widget: &Path) -> Result<String, Box<dyn Error>> {
    let (words, page) = (widget.join("words/en.txt"), widget.join("pages/refused.html"));
    println!("cargo::rerun-if-changed={}", words.display());
    println!("cargo::rerun-if-changed={}", page.display());
    let (words, mut page) = (fs::read_to_string(words)?, fs::read_to_string(page)?);
    let mut constants = String::new();
    for (key, text) in words::entries(&words) {
        page = page.replace(&format!("{{{{words.{key}}}}}"), text);
        if HEADINGS.contains(&key) {
            let name = key.to_uppercase();
            writeln!(
                constants,
                "/// A heading of the page.\npub(crate) const {name}: &str = {text:?};"
            )?;
        }
    }
    writeln!(
        constants,
        "/// The page in place of a refused chat, with `{{{{name}}}}` where the proxy puts something."
    )?;
    writeln!(constants, "pub(crate) const ERROR_PAGE: &str = {page:?};")?;
    Ok(constants)
}

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "the path becomes a literal of Rust, with its escapes"
)]
fn table(dist: &Path) -> Result<String, Box<dyn Error>> {
    let hash = fs::read_to_string(dist.join("hash"))?;
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(dist.join("assets"))? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|name| format!("an odd name: {}", name.display()))?;
        if !has_extension(&name, &["br", "gz"]) {
            names.push(name);
        }
    }
    names.sort();
    let mut files = String::new();
    for name in &names {
        writeln!(files, "    {},", asset(&dist.join("assets"), name)?)?;
    }
    let loader = asset(dist, "widget.js")?;
    let template = dist.join("frame.html");
    Ok(statics(
        &format!("Some({hash:?})"),
        &format!("&[\n{files}]"),
        &format!("Some({loader})"),
        &format!("Some(include_str!({template:?}))"),
    ))
}

fn empty_table() -> String {
    statics("None", "&[]", "None", "None")
}

fn statics(hash: &str, files: &str, loader: &str, template: &str) -> String {
    format!(
        "
/// The name of this build of the assets, 16 hex digits; `None` when the widget was not built.
pub(crate) static HASH: Option<&str> = {hash};

/// What the frame loads from `/assets/<hash>/`, in the order of the names.
pub(crate) static FILES: &[Asset] = {files};

/// `/widget.js`.
pub(crate) static LOADER: Option<Asset> = {loader};

/// The chat document, with `{{{{name}}}}` where the proxy puts something.
pub(crate) static TEMPLATE: Option<&str> = {template};
"
    )
}

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "the path becomes a literal of Rust, with its escapes"
)]
fn asset(folder: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    let include = |suffix: &str| format!("include_bytes!({:?})", folder.join(format!("{name}{suffix}")));
    let media_type = media_type(name)?;
    let (raw, br, gz) = (include(""), include(".br"), include(".gz"));
    Ok(format!(
        "Asset {{ name: {name:?}, media_type: {media_type:?}, raw: {raw}, br: {br}, gz: {gz} }}"
    ))
}

fn media_type(name: &str) -> Result<&'static str, String> {
    match Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
    {
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("wasm") => Ok("application/wasm"),
        Some("svg") => Ok("image/svg+xml"),
        Some("json") => Ok("application/json"),
        _ => Err(format!(
            "widget/dist/assets/{name}: no media type is known for this name"
        )),
    }
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|it| extensions.contains(&it))
}
