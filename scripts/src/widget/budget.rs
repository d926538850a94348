//! The size budget of the widget, for `cargo xtask size` and, as the same file, for the tidy tests.

use std::path::Path;
use std::{fmt, fs, io};

/// `widget.js`, brotli: every view of a page loads it.
const LOADER_MAX_BYTES: u64 = 2_000;
/// `host.js`, brotli: the rest of the loader, loaded when the chat is about to open.
const HOST_MAX_BYTES: u64 = 4_000;
/// The files up to a text box that can be typed in, brotli.
const BOX_MAX_BYTES: u64 = 10_600;
/// Everything from the first hover to the usable panel, brotli.
const PANEL_MAX_BYTES: u64 = 65_660;

/// The files between the first hover and the text box.
const BOX: &[&str] = &["frame.html.br", "assets/host.js.br"];
/// The files between the text box and the usable panel.
const APP: &[&str] = &["assets/app.js.br", "assets/app_bg.wasm.br"];

/// The size of a file or sum, and its maximum.
struct Size {
    name: &'static str,
    bytes: u64,
    max_bytes: Option<u64>,
}

/// The sizes of a build.
pub(crate) struct Measured(Vec<Size>);

/// Measures the files in `widget/dist`.
pub(crate) fn measure(dist: &Path) -> io::Result<Measured> {
    let mut sizes = vec![Size::read(dist, "widget.js.br")?];
    let mut bytes = 0;
    let sums = [(BOX, "up to the text box", BOX_MAX_BYTES), (APP, "the panel, whole", PANEL_MAX_BYTES)];
    for (files, name, max_bytes) in sums {
        for file in files {
            let size = Size::read(dist, file)?;
            bytes += size.bytes;
            sizes.push(size);
        }
        sizes.push(Size { name, bytes, max_bytes: Some(max_bytes) });
    }
    Ok(Measured(sizes))
}

impl Size {
    fn read(dist: &Path, name: &'static str) -> io::Result<Self> {
        Ok(Self {
            name,
            bytes: fs::metadata(dist.join(name))?.len(),
            max_bytes: match name {
                "widget.js.br" => Some(LOADER_MAX_BYTES),
                "assets/host.js.br" => Some(HOST_MAX_BYTES),
                _ => None,
            },
        })
    }
}

impl Measured {
    /// Lists everything over its budget.
    pub(crate) fn excess(&self) -> Vec<String> {
        let too_heavy = self.0.iter().filter(|size| size.max_bytes.is_some_and(|max| size.bytes > max));
        too_heavy.map(ToString::to_string).collect()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<24} {:>7} B", self.name, self.bytes)?;
        self.max_bytes.map_or(Ok(()), |max| write!(formatter, " of {max} B"))
    }
}
