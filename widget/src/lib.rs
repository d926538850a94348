//! The chat that runs inside the frame: Yew, compiled to WebAssembly.
//!
//! What happens is decided in `porthole_widget_core` and shown by `ui`; both are values in, values out. The
//! document's own scripts (`start.js`, `page.js`, `chat.js`, `store.js`) do what touches the network,
//! the store, the page around the frame and the text box: the same in WebAssembly is five times the
//! bytes. Each call between the two is named in `door` (into here) and `hands` (out of here).

mod chat;
pub mod door;
pub mod hands;
mod ui;

/// Half the size of the default one, and as fast for the sizes that a chat asks for.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
