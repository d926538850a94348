//! Ink that can be read on a colour, by the relative luminance and contrast of WCAG 2.2.
//!
//! The product's one formula. The launcher, which is there before any WebAssembly, holds a copy in CSS of [`on`], with
//! black for [`BLACK`]: a test compares the two.

/// A colour as `0xrrggbb`.
pub type Rgb = u32;

/// The ink on dark colours.
pub const WHITE: Rgb = 0x00ff_ffff;
/// The ink on light colours: the text colour of the widget.
pub const BLACK: Rgb = 0x0014_161a;

/// The contrast of text in the accent's hue: a little above the 4.5 of WCAG's level AA.
const READABLE: f64 = 4.6;
/// Steps from a colour to black or white.
const STEPS: u32 = 20;
/// The least bright surface of the light theme that text stands on, `--soft` in `app.css`.
const LIGHT_SURFACE: Rgb = 0x00f4_f5f8;
/// The brightest surface of the dark theme that text stands on, `--soft` in `app.css`.
const DARK_SURFACE: Rgb = 0x0020_242b;

/// The inks that belong to an accent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inks {
    /// Ink on the accent itself.
    pub on_accent: Rgb,
    /// The accent as text in the light theme.
    pub on_light: Rgb,
    /// The accent as text in the dark theme.
    pub on_dark: Rgb,
}

impl Inks {
    /// Chooses the inks for an accent.
    #[must_use]
    pub fn new(accent: Rgb) -> Self {
        Self {
            on_accent: on(accent),
            on_light: readable(accent, LIGHT_SURFACE, 0),
            on_dark: readable(accent, DARK_SURFACE, 255),
        }
    }
}

/// Returns the ink of higher contrast on a colour: white in a tie.
#[must_use]
pub fn on(ground: Rgb) -> Rgb {
    if contrast(ground, WHITE) >= contrast(ground, BLACK) { WHITE } else { BLACK }
}

/// Moves a colour towards black (0) or white (255) until it can be read as text on the surface.
fn readable(colour: Rgb, surface: Rgb, towards: u32) -> Rgb {
    let moved = |step| {
        let channel = |shift: u32| {
            let from = colour >> shift & 255;
            ((from * (STEPS - step) + towards * step + STEPS / 2) / STEPS) << shift
        };
        channel(16) | channel(8) | channel(0)
    };
    let mut inks = (0..STEPS).map(moved);
    inks.find(|ink| contrast(*ink, surface) >= READABLE).unwrap_or_else(|| moved(STEPS))
}

/// Returns the contrast of two colours, 1 to 21.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns the relative luminance, 0 to 1.
fn luminance(colour: Rgb) -> f64 {
    let channel = |shift: u32| linear(f64::from(colour >> shift & 255) / 255.0);
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

/// Returns the light that an sRGB channel stands for.
fn linear(channel: f64) -> f64 {
    if channel <= 0.04045 {
        return channel / 12.92;
    }
    let base = (channel + 0.055) / 1.055;
    let square = base * base;
    square * fifth_root(square)
}

/// Returns the fifth root of a number between 0.008 and 1 by Newton's method; `x^2.4` is `x² · (x²)^0.2`.
///
/// `powf` would bring 1.5 KB of tables into the module.
fn fifth_root(number: f64) -> f64 {
    let mut root = 1.0_f64;
    for _ in 0..12 {
        let square = root * root;
        root = (4.0 * root + number / (square * square)) / 5.0;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luminance_is_that_of_the_standard() {
        let standard = |colour: Rgb| {
            let channel = |shift: u32| {
                let c = f64::from(colour >> shift & 255) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
        };
        for grey in 0..=255 {
            for colour in [grey, grey << 8, grey << 16, grey * 0x01_01_01] {
                let off = (luminance(colour) - standard(colour)).abs();
                assert!(off < 1e-12, "{colour:06x}: {off}");
            }
        }
    }

    #[test]
    fn the_ink_on_any_accent_can_be_read() {
        for colour in (0..=0xff_ff_ff).step_by(97) {
            let inks = Inks::new(colour);
            // The worst ground lies between the two inks: the square root of their contrast.
            assert!(contrast(inks.on_accent, colour) >= 4.2, "{colour:06x}");
            assert!(contrast(inks.on_light, LIGHT_SURFACE) >= READABLE, "{colour:06x}");
            assert!(contrast(inks.on_dark, DARK_SURFACE) >= READABLE, "{colour:06x}");
        }
    }

    #[test]
    fn an_accent_that_can_be_read_stays_as_it_is() {
        let inks = Inks::new(0x43_38_ca);
        assert_eq!((inks.on_accent, inks.on_light), (WHITE, 0x43_38_ca));
        assert_eq!(Inks::new(0xff_d4_00).on_accent, BLACK);
        assert_eq!(Inks::new(0xff_d4_00).on_dark, 0xff_d4_00);
    }
}
