//! Answers as Markdown, while they arrive: text in, nodes out. `js/prose.js` draws them.
//!
//! A module of its own, which the panel is usable without; until it is there, a text stands as it came.

mod block;
mod inline;
mod nodes;

use porthole_widget_core::markdown::{self, Document};
use porthole_widget_core::text;
use wasm_bindgen::prelude::wasm_bindgen;

use nodes::Nodes;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A text that grows.
#[wasm_bindgen]
pub struct Prose {
    document: Document,
    /// Blocks that no later text changes and that were handed out.
    settled: usize,
}

#[wasm_bindgen]
impl Prose {
    /// Begins an empty text; `page` is the address of the page that shows the chat, empty where there is none.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(page: &str) -> Self {
        Self { document: Document::on_page(page), settled: 0 }
    }

    /// Reads the next piece; returns the blocks that may have changed as JSON: the place of the first, and nodes.
    pub fn push(&mut self, piece: &str) -> String {
        self.document.push(piece);
        let first = std::mem::replace(&mut self.settled, self.document.blocks().len());
        self.blocks_from(first)
    }

    /// Reads the last piece of the `whole` text; returns all blocks, as [`Prose::push`] does.
    pub fn finish(&mut self, piece: &str, whole: &str) -> String {
        self.document.push(piece);
        self.document.finish(whole);
        self.blocks_from(0)
    }

    fn blocks_from(&self, first: usize) -> String {
        let mut nodes = Nodes::default();
        for shown in self.document.blocks().iter().skip(first).chain(self.document.open()) {
            block::block(shown, &mut nodes);
        }
        ["[", &first.to_string(), ",[", &nodes.json(), "]]"].concat()
    }
}

/// Returns a text without the characters that are not seen.
#[wasm_bindgen]
#[must_use]
pub fn clean(text: &str) -> String {
    text::clean(text)
}

/// Returns the words of a text without any mark, for screen readers.
#[wasm_bindgen]
#[must_use]
pub fn plain(text: &str) -> String {
    markdown::plain(&markdown::parse(text))
}
