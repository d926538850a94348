//! From the widget's sources to `widget/dist`, which the proxy embeds.
//!
//! `widget.js` (the loader) and `frame.html` (a template) lie in `dist`, the files that the frame loads in
//! `dist/assets`, each with its `.br` and `.gz`; `dist/hash` names the assets' folder on the wire.

pub(crate) mod budget;
mod bundle;
mod compress;
mod css;
mod fingerprint;
mod js;
mod names;
mod wasm;

use std::fs;
use std::path::PathBuf;

use crate::failure::{Failure, OrFail, Outcome};
use crate::widget::fingerprint::Fingerprint;
use crate::widget::js::SourceType;
use crate::{project, say, setup};

/// A finished file: its name below `dist` and its bytes.
type Finished = (&'static str, Vec<u8>);

/// The text in the loader that becomes the assets' hash.
const HASH_MARK: &str = "__HASH__";
const REMEDY: &str = "Look at the path in the message; `git status` shows whether a file is missing.";

/// The hand-written sources, read at once so that one fingerprint covers them.
struct Sources {
    loader: String,
    host: String,
    frame_script: String,
    style: String,
    frame: String,
}

impl Sources {
    fn read() -> Outcome<Self> {
        Ok(Self {
            loader: read("loader/widget.js")?,
            host: bundle::join("loader/host.js", &read)?,
            frame_script: bundle::join("start.js", &read)?,
            style: read("styles/app.css")?,
            frame: read("frame.html")?,
        })
    }
}

/// Builds the widget, unless nothing has changed since the last time; returns the folder.
pub(crate) fn build() -> Outcome<PathBuf> {
    setup::wasm_target()?;
    say::step("Building the widget");
    let sources = Sources::read()?;
    let wasm = wasm::compile()?;
    let inputs = fingerprint_of(&sources, &wasm)?;
    let stamp = project::target()?.join("widget").join("inputs");
    let dist = dist();
    if dist.join("hash").exists() && fs::read_to_string(&stamp).is_ok_and(|last| last == inputs) {
        return Ok(dist);
    }
    write_all(&finish(&sources, &wasm)?)?;
    fs::write(&stamp, inputs).or_fail("note what the widget was built from", REMEDY)?;
    Ok(dist)
}

/// Builds the widget and prints what it weighs; fails beyond the budget.
pub(crate) fn report_size() -> Outcome {
    let measured = budget::measure(&build()?).or_fail("weigh the widget", "Run `cargo xtask widget`.")?;
    say::line(&measured.to_string());
    let excess = measured.excess();
    if excess.is_empty() {
        return Ok(());
    }
    let remedy = "Bytes are the widget's cost: find out what came in, or change scripts/src/widget/budget.rs \
                  with the reason.";
    Err(Failure::new(
        format!("the widget is too heavy: {}", excess.join(", ")),
        remedy,
    ))
}

fn dist() -> PathBuf {
    project::root().join("widget/dist")
}

fn read(name: &str) -> Outcome<String> {
    let path = project::root().join("widget").join(name);
    fs::read_to_string(&path).or_fail(&format!("read {}", path.display()), REMEDY)
}

/// Covers the sources, the compiled module and this program, whose minifiers and linker take part.
fn fingerprint_of(sources: &Sources, wasm: &[u8]) -> Outcome<String> {
    let program = std::env::current_exe()
        .and_then(fs::read)
        .or_fail("read this program's own file", REMEDY)?;
    let mut fingerprint = Fingerprint::default();
    let Sources {
        loader,
        host,
        frame_script,
        style,
        frame,
    } = sources;
    for source in [loader, host, frame_script, style, frame] {
        fingerprint.add(source.as_bytes());
    }
    fingerprint.add(wasm);
    fingerprint.add(&program);
    Ok(fingerprint.to_string())
}

fn finish(sources: &Sources, wasm: &[u8]) -> Outcome<Vec<Finished>> {
    say::step("Linking, minifying and compressing the widget");
    let app = wasm::link(wasm)?;
    let assets: Vec<Finished> = vec![
        ("assets/app.css", css::trim(&sources.style).into_bytes()),
        ("assets/app.js", js_of("app.js", &app.glue, SourceType::mjs())?),
        ("assets/app_bg.wasm", app.module),
        (
            "assets/host.js",
            js_of("host.js", &sources.host, SourceType::mjs())?,
        ),
        (
            "assets/start.js",
            js_of("start.js", &sources.frame_script, SourceType::mjs())?,
        ),
    ];
    let hash = hash_of(&assets);
    let loader = sources.loader.replace(HASH_MARK, &hash);
    if loader == sources.loader {
        return Err(Failure::new(
            format!("widget/loader/widget.js does not name {HASH_MARK}"),
            format!("It loads host.js from `/assets/{HASH_MARK}/host.js`."),
        ));
    }
    let mut all = assets;
    all.push(("widget.js", js_of("widget.js", &loader, SourceType::script())?));
    all.push(("frame.html", sources.frame.clone().into_bytes()));
    all.push(("hash", hash.into_bytes()));
    Ok(all)
}

fn js_of(name: &str, source: &str, form: SourceType) -> Outcome<Vec<u8>> {
    let script =
        js::minify(source, form).or_fail(&format!("minify {name}"), "The script is no JavaScript there.")?;
    Ok(script.into_bytes())
}

/// Names and bytes of every asset, in the order of their names.
fn hash_of(assets: &[Finished]) -> String {
    let mut fingerprint = Fingerprint::default();
    for (name, bytes) in assets {
        fingerprint.add(name.as_bytes());
        fingerprint.add(bytes);
    }
    fingerprint.to_string()
}

fn write_all(files: &[Finished]) -> Outcome {
    let dist = dist();
    if dist.exists() {
        fs::remove_dir_all(&dist).or_fail("clear widget/dist", REMEDY)?;
    }
    fs::create_dir_all(dist.join("assets")).or_fail("make widget/dist/assets", REMEDY)?;
    for (name, bytes) in files {
        fs::write(dist.join(name), bytes).or_fail(&format!("write {name}"), REMEDY)?;
        if compress::is_served_compressed(name) {
            fs::write(dist.join(format!("{name}.br")), compress::brotli(bytes)).or_fail("write", REMEDY)?;
            fs::write(dist.join(format!("{name}.gz")), compress::gzip(bytes)).or_fail("write", REMEDY)?;
        }
    }
    Ok(())
}
