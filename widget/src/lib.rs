//! The chat that runs inside the frame: Yew, compiled to WebAssembly.
//!
//! `porthole-widget-core` decides; here its state is shown (`ui`), and its border to the browser kept ([`js`]). The
//! document's own scripts, in `widget/js`, do everything that touches the network, the store, the page around the frame
//! and the text box: the same in WebAssembly over web-sys is five times the bytes.

pub mod js;
mod ui;

/// Half the size of the default one, and as fast for the sizes that a chat asks for.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
