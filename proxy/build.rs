//! Embeds `widget/dist`, which `cargo xtask widget` writes, and the page in place of a refused chat, as the values of
//! `src/embedded.rs`.
//!
//! Without `widget/dist` the proxy still compiles, and says what is missing where the widget is asked for.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../widget/words/table.rs"]
mod words;

fn main() -> Result<(), Box<dyn Error>> {
    let widget = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../widget");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let dist = widget.join("dist");
    let is_built = dist.join("hash").exists();
    // A path that does not exist would run this again on every build.
    let watched = if is_built { &dist } else { &widget };
    println!("cargo::rerun-if-changed={}", watched.display());
    let build =
        if is_built { format!("Some({})", widget_build(&dist.canonicalize()?)?) } else { "None".to_owned() };
    fs::write(out.join("widget.rs"), build)?;
    fs::write(out.join("error_page.rs"), error_page(&widget)?)?;
    Ok(())
}

/// Fills the visitor's words into the page in place of a refused chat; the proxy chooses among its headings.
fn error_page(widget: &Path) -> Result<String, Box<dyn Error>> {
    let (words, page) = (widget.join("words/en.txt"), widget.join("pages/refused.html"));
    println!("cargo::rerun-if-changed={}", words.display());
    println!("cargo::rerun-if-changed={}", page.display());
    let (words, mut page) = (fs::read_to_string(words)?, fs::read_to_string(page)?);
    let mut headings = Vec::new();
    for (key, text) in words::entries(&words) {
        page = page.replace(&format!("{{{{words.{key}}}}}"), text);
        if matches!(key, "refused" | "refused_for_now") {
            headings.push(format!("{key}: {text:?}"));
        }
    }
    let headings = headings.join(", ");
    Ok(format!("ErrorPage {{ template: {page:?}, {headings} }}"))
}

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "the path becomes a literal of Rust, with its escapes"
)]
fn widget_build(dist: &Path) -> Result<String, Box<dyn Error>> {
    let hash = fs::read_to_string(dist.join("hash"))?;
    let folder = dist.join("assets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string();
        names.push(name.map_err(|name| format!("{}: no Unicode text", name.display()))?);
    }
    names.retain(|name| !matches!(extension(name), Some("br" | "gz")));
    names.sort();
    let files: Result<Vec<String>, _> = names.iter().map(|name| asset(&folder, name)).collect();
    let (files, loader) = (files?.join(", "), asset(dist, "widget.js")?);
    let template = dist.join("frame.html");
    Ok(format!(
        "WidgetBuild {{ hash: {hash:?}, files: &[{files}], loader: {loader}, template: include_str!({template:?}) }}"
    ))
}

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "the path becomes a literal of Rust, with its escapes"
)]
fn asset(folder: &Path, name: &str) -> Result<String, String> {
    let include = |suffix: &str| format!("include_bytes!({:?})", folder.join(format!("{name}{suffix}")));
    let media_type = match extension(name) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => return Err(format!("{name}: no media type is known for this name")),
    };
    let (raw, br, gz) = (include(""), include(".br"), include(".gz"));
    Ok(format!("Asset {{ name: {name:?}, media_type: {media_type:?}, raw: {raw}, br: {br}, gz: {gz} }}"))
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}
