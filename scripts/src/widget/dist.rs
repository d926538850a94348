//! The files of `widget/dist`.
//!
//! `widget.js` (the loader) and `frame.html` (a template) lie in `dist`, the files that the frame loads in
//! `dist/assets`, each with its `.br` and `.gz`; `dist/hash` is the name of the assets' folder in URLs.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::js::{self, SourceType};
use super::sources::Sources;
use super::wasm::{self, Compiled};
use super::{compress, css};
use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::paths::{self, FILE_REMEDY};

/// A file: its name below `dist` and its bytes.
type DistFile = (&'static str, Vec<u8>);

/// The placeholder of the assets' hash in the loader.
const HASH_PLACEHOLDER: &str = "__HASH__";

/// Returns the path of `widget/dist`.
pub(super) fn folder() -> PathBuf {
    paths::root().join("widget/dist")
}

/// Links the compiled modules, and minifies everything.
pub(super) fn files(sources: &Sources, compiled: &Compiled) -> TaskResult<Vec<DistFile>> {
    let (app, prose) = (wasm::link(&compiled.app)?, wasm::link(&compiled.prose)?);
    let app_script = [&*app.glue, &sources.app_script].concat();
    let prose_script = [&*prose.glue, &sources.prose_script].concat();
    let mut files = vec![
        ("assets/agents.js", minify("agents.js", &sources.agents_script, SourceType::mjs())?),
        ("assets/app.js", minify("app.js", &app_script, SourceType::mjs())?),
        ("assets/app_bg.wasm", app.module),
        ("assets/chats.css", css::trim(&sources.chats_style).into_bytes()),
        ("assets/chats.js", minify("chats.js", &sources.chats_script, SourceType::mjs())?),
        ("assets/export.js", minify("export.js", &sources.export_script, SourceType::mjs())?),
        ("assets/feedback.js", minify("feedback.js", &sources.feedback_script, SourceType::mjs())?),
        ("assets/find.js", minify("find.js", &sources.find_script, SourceType::mjs())?),
        ("assets/history.js", minify("history.js", &sources.history_script, SourceType::mjs())?),
        ("assets/host.js", minify("host.js", &sources.host, SourceType::mjs())?),
        ("assets/proofs.js", minify("proofs.js", &sources.proofs_script, SourceType::mjs())?),
        ("assets/prose.css", css::trim(&sources.prose_style).into_bytes()),
        ("assets/prose.js", minify("prose.js", &prose_script, SourceType::mjs())?),
        ("assets/prose_bg.wasm", prose.module),
        ("assets/network.js", minify("network.js", &sources.network_script, SourceType::mjs())?),
        (
            "assets/storage_failure.js",
            minify("storage_failure.js", &sources.storage_failure_script, SourceType::mjs())?,
        ),
        ("assets/verify.js", minify("verify.js", &sources.verify, SourceType::mjs())?),
    ];
    let hash = hash_of(&files);
    let loader = with_hash(&sources.loader, &hash)?;
    files.push(("widget.js", minify("widget.js", &loader, SourceType::script())?));
    files.push(("frame.html", document(sources)?.into_bytes()));
    files.push(("hash", hash.into_bytes()));
    Ok(files)
}

/// Replaces `widget/dist`.
pub(super) fn write(files: &[DistFile]) -> TaskResult {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder).context("clear widget/dist", FILE_REMEDY)?;
    }
    fs::create_dir_all(folder.join("assets")).context("make widget/dist/assets", FILE_REMEDY)?;
    for (name, bytes) in files {
        write_file(&folder.join(name), bytes)?;
        if compress::has_compressed_copies(name) {
            write_file(&folder.join(format!("{name}.br")), &compress::brotli(bytes))?;
            write_file(&folder.join(format!("{name}.gz")), &compress::gzip(bytes))?;
        }
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> TaskResult {
    fs::write(path, bytes).context(&format!("write {}", path.display()), FILE_REMEDY)
}

fn minify(name: &str, source: &str, form: SourceType) -> TaskResult<Vec<u8>> {
    minified(name, source, form).map(String::into_bytes)
}

fn minified(name: &str, source: &str, form: SourceType) -> TaskResult<String> {
    let remedy = "The message names the first error of the parser.";
    js::minify(source, form).context(&format!("minify {name}"), remedy)
}

/// Digests names and bytes of the assets. The digest names a build for caches and need not resist forgery.
fn hash_of(assets: &[DistFile]) -> String {
    let mut digest = DefaultHasher::new();
    assets.hash(&mut digest);
    format!("{:016x}", digest.finish())
}

/// Puts the style and the script into the document: a text box that waits for no other file is there a round trip earlier.
fn document(sources: &Sources) -> TaskResult<String> {
    let mut document = sources.frame.clone();
    let script = minified("start.js", &sources.frame_script, SourceType::mjs())?;
    for (name, text) in [("style", css::trim(&sources.style)), ("script", script)] {
        // The element would end there, or the proxy fill something in.
        if text.contains("</") || text.contains("<!--") || text.contains("{{") {
            return Err(TaskError::new(
                format!("the {name} cannot stand in a document"),
                "It holds `</`, `<!--` or two opening braces: write that in another way.",
            ));
        }
        document = document.replace(&format!("{{{{{name}}}}}"), &text);
    }
    Ok(document)
}

fn with_hash(loader: &str, hash: &str) -> TaskResult<String> {
    if !loader.contains(HASH_PLACEHOLDER) {
        return Err(TaskError::new(
            format!("widget/loader/widget.js does not name {HASH_PLACEHOLDER}"),
            format!("It loads host.js from `/assets/{HASH_PLACEHOLDER}/host.js`."),
        ));
    }
    Ok(loader.replace(HASH_PLACEHOLDER, hash))
}
