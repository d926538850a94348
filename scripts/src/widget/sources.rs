//! The hand-written sources of the widget, beside its Rust.

use std::fs;

use super::words::Words;
use super::{bundle, html};
use crate::error::{ErrorContext, TaskResult};
use crate::paths::{self, FILE_REMEDY};

/// The module that wasm-bindgen writes, once an app or a part is linked.
const GLUE: &str = "js/glue.js";

/// The texts of the sources.
#[derive(Hash)]
pub(super) struct Sources {
    /// `widget.js`.
    pub(super) loader: String,
    /// `host.js` with the modules that it imports.
    pub(super) host: String,
    /// `start.js` with the modules that it imports.
    pub(super) frame_script: String,
    /// `app.js` with the modules that it imports, but for the glue.
    pub(super) app_script: String,
    /// `verify.js` with the modules that it imports.
    pub(super) verify: String,
    /// `agents.js` with the modules that it imports, loaded when first needed, as are the next.
    pub(super) agents_script: String,
    /// `chats.js` with the modules that it imports.
    pub(super) chats_script: String,
    /// `export.js` with the modules that it imports.
    pub(super) export_script: String,
    /// `feedback.js` with the modules that it imports.
    pub(super) feedback_script: String,
    /// `find.js` with the modules that it imports.
    pub(super) find_script: String,
    /// `history.js` with the modules that it imports.
    pub(super) history_script: String,
    /// `proofs.js` with the modules that it imports.
    pub(super) proofs_script: String,
    /// `prose.js` with the modules that it imports, but for the glue.
    pub(super) prose_script: String,
    /// `storage_failure.js` with the modules that it imports.
    pub(super) storage_failure_script: String,
    /// `network.js` with the modules that it imports.
    pub(super) network_script: String,
    pub(super) style: String,
    /// `chats.css`.
    pub(super) chats_style: String,
    /// `prose.css`.
    pub(super) prose_style: String,
    /// The chat document.
    pub(super) frame: String,
}

impl Sources {
    /// Reads the sources, and fills the words in.
    pub(super) fn read() -> TaskResult<Self> {
        let words = Words::new(&read("words/en.txt")?);
        let but_glue = |name: &str| if name == GLUE { Ok(String::new()) } else { read(name) };
        Ok(Self {
            loader: words.in_script(&read("loader/widget.js")?)?,
            host: words.in_script(&bundle::join("loader/host.js", &read)?)?,
            frame_script: words.in_script(&bundle::join("js/start.js", &read)?)?,
            app_script: words.in_script(&bundle::join("js/app.js", &but_glue)?)?,
            verify: bundle::join("verify/verify.js", &read)?,
            agents_script: words.in_script(&bundle::join("js/agents.js", &read)?)?,
            chats_script: words.in_script(&bundle::join("js/chats.js", &read)?)?,
            export_script: words.in_script(&bundle::join("js/export.js", &read)?)?,
            feedback_script: words.in_script(&bundle::join("js/feedback.js", &read)?)?,
            find_script: words.in_script(&bundle::join("js/find.js", &read)?)?,
            history_script: words.in_script(&bundle::join("js/history.js", &read)?)?,
            storage_failure_script: words.in_script(&bundle::join("js/storage_failure.js", &read)?)?,
            proofs_script: words.in_script(&bundle::join("js/proofs.js", &read)?)?,
            prose_script: words.in_script(&bundle::join("js/prose.js", &but_glue)?)?,
            network_script: words.in_script(&bundle::join("js/network.js", &read)?)?,
            style: read("styles/app.css")?,
            chats_style: read("styles/chats.css")?,
            prose_style: read("styles/prose.css")?,
            frame: words.in_document(&html::trim(&read("frame.html")?))?,
        })
    }
}

/// Reads a file below `widget`.
fn read(name: &str) -> TaskResult<String> {
    let path = paths::root().join("widget").join(name);
    fs::read_to_string(&path).context(&format!("read {}", path.display()), FILE_REMEDY)
}
