//! The loader at the end of the glue: ours, over wasm-bindgen's for every environment, which is 0.5 KB more of the panel
//! when compressed.

use crate::error::{TaskError, TaskResult};

/// The first words of wasm-bindgen's loader.
const THEIRS: &str = "async function __wbg_load(";
/// A browser that knows the instructions of the module can also compile it as it arrives.
const OURS: &str = "\
async function load(response) {
  const { instance, module } = await WebAssembly.instantiateStreaming(response, __wbg_get_imports());
  __wbg_finalize_init(instance, module);
}
";

/// Replaces the loader: `load` takes the promise of a response. Nothing is exported, since the
/// script that uses it stands in the same file.
pub(crate) fn with_loader(glue: &str) -> TaskResult<String> {
    let Some((calls, _)) = glue.split_once(THEIRS) else {
        return Err(TaskError::new(
            format!("the glue does not name `{THEIRS}`"),
            "wasm-bindgen writes its loader in another way now: mend scripts/src/widget/glue.rs.",
        ));
    };
    Ok([&calls.replace("export ", ""), OURS].concat())
}
