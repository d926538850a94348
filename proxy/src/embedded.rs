//! The widget as it was when this binary was built, made by the build script from `widget/dist`.

include!(concat!(env!("OUT_DIR"), "/widget.rs"));
