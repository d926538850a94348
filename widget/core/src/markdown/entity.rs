//! Characters by their names in HTML.

use super::cut::{byte, char_at, equals_ignoring_case, find_word, part};

/// The names of U+00A0 to U+00DF; the small letters that follow have the names of the capital ones.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn \
    sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde \
    Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde \
    Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig";
const LETTERS: usize = 32;

/// Other names, each with its character behind it.
const OTHERS: &str = "euro€ ndash– mdash— lsquo‘ rsquo’ sbquo‚ ldquo“ rdquo” bdquo„ bull• hellip… prime′ Prime″ \
    lsaquo‹ rsaquo› trade™ larr← uarr↑ rarr→ darr↓ harr↔ minus− infin∞ ne≠ le≤ ge≥ asymp≈ divide÷ yumlÿ OEligŒ oeligœ \
    check✓ dagger† Dagger‡ permil‰ hearts♥ radic√ rArr⇒ alphaα betaβ deltaδ DeltaΔ muμ piπ OmegaΩ lrm\u{200e} rlm\u{200f} \
    zwnj\u{200c} zwj\u{200d} ensp\u{2002} emsp\u{2003} thinsp\u{2009}";

/// Returns the character of a name.
pub(super) fn named(name: &str) -> Option<char> {
    let is_name =
        |word: &str, name: &str| part(word, 0, name.len()) == name && !byte(word, name.len()).is_ascii();
    if let Some((_, word)) = find_word(OTHERS, name, is_name) {
        return Some(char_at(word, name.len()));
    }
    let (place, _) = find_word(LATIN, name, equals_ignoring_case)?;
    let is_small =
        place >= LETTERS && byte(name, 0).is_ascii_lowercase() && !matches!(name, "times" | "szlig");
    char::from_u32(0xa0 + u32::try_from(place + if is_small { LETTERS } else { 0 }).ok()?)
}
