//! What the widget may weigh. Read by `cargo xtask size` and, as the same file, by the tidy tests.

use std::path::Path;
use std::{fmt, fs, io};

/// The loader, which every page view pays: `widget.js`, brotli.
const LOADER_MAX_BYTES: u64 = 2_000;
/// The rest of the loader, which comes when the chat is about to open: `host.js`, brotli.
const HOST_MAX_BYTES: u64 = 4_000;
/// Everything from the first hover to the usable panel, brotli (the document itself as it is).
const PANEL_MAX_BYTES: u64 = 76_500;

/// The files between the first hover and the usable panel.
const PANEL: &[&str] = &[
    "frame.html",
    "assets/host.js.br",
    "assets/start.js.br",
    "assets/app.css.br",
    "assets/app.js.br",
    "assets/app_bg.wasm.br",
];

/// What one file or sum weighs, and may weigh.
struct Weight {
    name: &'static str,
    bytes: u64,
    most: Option<u64>,
}

/// What a build of the widget weighs.
pub(crate) struct Measured(Vec<Weight>);

/// Weighs the files in `widget/dist`.
pub(crate) fn measure(dist: &Path) -> io::Result<Measured> {
    let weigh = |name: &'static str| -> io::Result<Weight> {
        let most = match name {
            "widget.js.br" => Some(LOADER_MAX_BYTES),
            "assets/host.js.br" => Some(HOST_MAX_BYTES),
            _ => None,
        };
        Ok(Weight {
            name,
            bytes: fs::metadata(dist.join(name))?.len(),
            most,
        })
    };
    let mut weights = vec![weigh("widget.js.br")?];
    for name in PANEL {
        weights.push(weigh(name)?);
    }
    let panel = weights[1..].iter().map(|weight| weight.bytes).sum();
    weights.push(Weight {
        name: "the panel, whole",
        bytes: panel,
        most: Some(PANEL_MAX_BYTES),
    });
    Ok(Measured(weights))
}

impl Measured {
    /// Names everything that weighs more than it may.
    pub(crate) fn excess(&self) -> Vec<String> {
        let too_heavy = self
            .0
            .iter()
            .filter(|weight| weight.most.is_some_and(|most| weight.bytes > most));
        too_heavy.map(ToString::to_string).collect()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<24} {:>7} B", self.name, self.bytes)?;
        self.most.map_or(Ok(()), |most| write!(formatter, " of {most} B"))
    }
}
