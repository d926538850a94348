//! The marks that models leave in their text: of thoughts, of turns, of citations.

use crate::reply::prefix::{Begins, begins_with_any};

/// The marks around thoughts. A tag that begins them may have attributes.
const THOUGHTS: [(&str, &str); 16] = [
    ("<think", "</think>"),
    ("<thinking", "</thinking>"),
    ("<thought", "</thought>"),
    ("<thoughts", "</thoughts>"),
    ("<reasoning", "</reasoning>"),
    ("<reflection", "</reflection>"),
    ("<scratchpad", "</scratchpad>"),
    ("<analysis", "</analysis>"),
    ("<antthinking", "</antthinking>"),
    ("<seed:think", "</seed:think>"),
    ("<details type=\"reasoning\"", "</details>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|start_thinking|>", "<|end_thinking|>"),
    ("<unused94>", "<unused95>"),
];

/// Tokens of templates in the form of tags or brackets; those between pipes follow a rule.
const TOKENS: [&str; 8] =
    ["</s>", "<end_of_turn>", "<eos>", "<bos>", "<pad>", "[inst]", "[/inst]", "[cite_start]"];

/// The tokens behind which the name of a role or of a channel stands.
const HEADERS: [&str; 5] = ["im_start", "start_header_id", "start", "channel", "start_of_turn"];

/// The roles and channels behind them, and the effect of each. Any other word is the answer's own.
const SPEAKERS: [(&str, Effect); 13] = [
    ("", Effect::Speaks),
    ("assistant", Effect::Speaks),
    ("model", Effect::Speaks),
    ("final", Effect::Speaks),
    ("analysis", Effect::Hushes),
    ("commentary", Effect::Hushes),
    ("thought", Effect::Hushes),
    ("user", Effect::Hushes),
    ("system", Effect::Hushes),
    ("developer", Effect::Hushes),
    ("tool", Effect::Hushes),
    ("function", Effect::Hushes),
    ("ipython", Effect::Hushes),
];

/// The tokens at the end of a turn.
const TURN_ENDS: [&str; 8] =
    ["im_end", "eot_id", "eom_id", "end", "return", "call", "endoftext", "end_of_text"];

/// The marks of citations: their beginning, their end, and the bytes that one has at most.
const CITATIONS: [(&str, &str, usize); 7] = [
    (":contentReference[oaicite:", "}", 96),
    ("[oai_citation:", ")", 512),
    ("[cite:", "]", 96),
    ("[doc", "]", 8),
    ("<co: ", ">", 48),
    ("</co: ", ">", 48),
    ("\u{e200}", "\u{e201}", 512),
];

const MAX_TAG: usize = 128;
const MAX_TOKEN: usize = 64;
const MAX_HEADER: usize = 48;
const MAX_LENTICULAR: usize = 256;

/// The reading of text that begins with a byte of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// No mark.
    Text,
    /// Too little has arrived to say.
    Unfinished,
    /// A mark of so many bytes.
    Mark(usize, Effect),
}

/// The effect of a mark on the text behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    /// Thoughts begin, which this mark ends.
    Thinks(&'static str),
    /// The words of another role, or of a channel of thoughts, begin.
    Hushes,
    /// The words to the visitor begin.
    Speaks,
}

/// Finds the first byte at which a mark or code may begin.
pub(super) fn find_trigger(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_trigger = |(at, byte): (usize, &u8)| match byte {
        b'<' | b'[' | b'`' | b'~' => true,
        b':' => bytes.get(at + 1).is_none_or(|next| *next == b'c'),
        // Of the characters that begin so, ◁, 【 and some in private use are marks.
        0xE2 => bytes[at + 1] == 0x97,
        0xE3 => bytes[at + 1..].starts_with(&[0x80, 0x90]),
        0xEE => bytes[at + 1] == 0x88,
        _ => false,
    };
    bytes.iter().enumerate().position(is_trigger)
}

/// Tells if no line ends in `text` and surely no mark or code begins: this is asked of every token.
pub(super) fn is_even(text: &str) -> bool {
    let is_notable = |byte| matches!(byte, b'\n' | b'<' | b'[' | b'`' | b'~' | b':' | 0xE2 | 0xE3 | 0xEE);
    !text.bytes().any(is_notable)
}

/// Reads the mark at the beginning of `text`. Thoughts begin on a line of their own; elsewhere a text speaks about the
/// tag. At the end of the text, `is_last`, nothing more is awaited.
pub(super) fn read(text: &str, is_line_start: bool, is_last: bool) -> Reading {
    let readings = [thought(text, is_line_start), token(text, is_last), listed(text), citation(text)];
    let mark = readings.into_iter().find(|reading| matches!(reading, Reading::Mark(..)));
    match mark {
        Some(mark) => mark,
        None if !is_last && readings.contains(&Reading::Unfinished) => Reading::Unfinished,
        None => Reading::Text,
    }
}

/// Compares the beginning of `text` with a mark, in any case.
pub(super) fn begins(text: &str, mark: &str) -> Begins {
    begins_with_any(&[mark.as_bytes()], text.as_bytes(), <[u8]>::eq_ignore_ascii_case)
}

/// Returns what stands behind thoughts whose beginning the model's template left out, in a text that is whole.
pub(super) fn behind_thoughts(text: &str) -> &str {
    let ends = text.match_indices("</think").chain(text.match_indices("[/THINK]"));
    let Some((at, _)) = ends.min() else {
        return text;
    };
    let (thoughts, rest) = text.split_at(at);
    let rest = &rest[rest.find(['>', ']']).map_or(rest.len(), |end| end + 1)..];
    let is_code = thoughts.matches('`').count() % 2 == 1;
    let is_begun = thoughts.contains("<think") || thoughts.contains("[THINK]");
    let is_line_end = rest.is_empty() || rest.starts_with(['\n', '\r']);
    if is_code || is_begun || !is_line_end { text } else { rest }
}

fn thought(text: &str, is_line_start: bool) -> Reading {
    let mut reading = Reading::Text;
    for (open, close) in THOUGHTS {
        let (opens, closes) = (begins(text, open), begins(text, close));
        if closes == Begins::Yes && close != "</details>" {
            return Reading::Mark(close.len(), Effect::None);
        }
        if opens == Begins::Yes && is_line_start {
            match tag_end(text, open) {
                Some(end) => return Reading::Mark(end, Effect::Thinks(close)),
                None if text.len() <= MAX_TAG && is_open(&text[open.len()..]) => {
                    reading = Reading::Unfinished;
                }
                None => {}
            }
        }
        if closes == Begins::Perhaps || opens == Begins::Perhaps && is_line_start {
            reading = Reading::Unfinished;
        }
    }
    reading
}

/// Returns the end of the mark that begins thoughts, with its attributes.
fn tag_end(text: &str, open: &str) -> Option<usize> {
    if open.ends_with(['>', ']', '▷']) {
        return Some(open.len());
    }
    let end = text.find('>').filter(|end| *end < MAX_TAG)?;
    is_open(&text[open.len()..end]).then_some(end + 1)
}

/// Tells if `rest` may stand between a tag's name and its end.
fn is_open(rest: &str) -> bool {
    (rest.is_empty() || rest.starts_with(' ')) && !rest.contains(['\n', '<', '/'])
}

/// Reads a token between pipes, which ends a turn or begins another, with the role or the channel behind it.
pub(super) fn token(text: &str, is_last: bool) -> Reading {
    let forms = [("<|", "|>"), ("<｜", "｜>"), ("<start_of_turn", ">")];
    let form = forms.into_iter().map(|form| (begins(text, form.0), form));
    let Some((begins, (open, close))) = form.into_iter().find(|(begins, _)| *begins != Begins::No) else {
        return Reading::Text;
    };
    if begins == Begins::Perhaps {
        return Reading::Unfinished;
    }
    let inside = &text[open.len()..];
    match inside.find(close).filter(|end| end + close.len() <= MAX_TOKEN) {
        None if inside.len() <= MAX_TOKEN && is_token_name(inside.trim_end_matches('|')) => {
            Reading::Unfinished
        }
        Some(0) if close == ">" => token_effect("start_of_turn", text, open.len() + 1, is_last),
        Some(end) if end > 0 && close != ">" && is_token_name(&inside[..end]) => {
            token_effect(&inside[..end], text, open.len() + end + close.len(), is_last)
        }
        Some(_) | None => Reading::Text,
    }
}

fn is_token_name(name: &str) -> bool {
    name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ':' | '▁' | '｜'))
}

fn token_effect(name: &str, text: &str, length: usize, is_last: bool) -> Reading {
    if TURN_ENDS.contains(&name) {
        return Reading::Mark(length, Effect::Speaks);
    }
    let rest = &text[length..];
    let header = match rest.find(['\n', '<']) {
        _ if !HEADERS.contains(&name) => None,
        Some(end) => Some(&rest[..end]),
        None if rest.len() <= MAX_HEADER && !is_last => return Reading::Unfinished,
        None => Some(rest),
    };
    let header = header.filter(|header| header.len() <= MAX_HEADER).unwrap_or_default();
    let speaker = header.split_ascii_whitespace().next().unwrap_or_default();
    let known = SPEAKERS.iter().find(|(known, _)| *known == speaker && HEADERS.contains(&name));
    known.map_or(Reading::Mark(length, Effect::None), |(_, effect)| {
        Reading::Mark(length + header.len(), *effect)
    })
}

fn listed(text: &str) -> Reading {
    let found = TOKENS.iter().map(|token| (begins(text, token), token.len()));
    longest(found)
}

fn longest(found: impl Iterator<Item = (Begins, usize)>) -> Reading {
    let mut reading = Reading::Text;
    for (begins, length) in found {
        match begins {
            Begins::Yes => return Reading::Mark(length, Effect::None),
            Begins::Perhaps => reading = Reading::Unfinished,
            Begins::No => {}
        }
    }
    reading
}

fn citation(text: &str) -> Reading {
    let enclosed = CITATIONS.iter().map(|(open, close, max)| enclosed(text, open, close, *max));
    match longest(enclosed.chain([lenticular(text)])) {
        Reading::Text => private(text),
        reading => reading,
    }
}

fn enclosed(text: &str, open: &str, close: &str, max: usize) -> (Begins, usize) {
    let begins = begins(text, open);
    if begins != Begins::Yes {
        return (begins, 0);
    }
    let line = text.split('\n').next().unwrap_or_default();
    match line.find(close) {
        Some(end) if end + close.len() <= max && is_cited(open, &line[open.len()..end]) => {
            (Begins::Yes, end + close.len())
        }
        None if line.len() <= max && line.len() == text.len() => (Begins::Perhaps, 0),
        Some(_) | None => (Begins::No, 0),
    }
}

/// Tells if a citation names a source so: `[doc1]` with a number, a link behind `[oai_citation:…]`.
fn is_cited(open: &str, inside: &str) -> bool {
    match open {
        "[doc" => !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit()),
        "[oai_citation:" => inside.contains("]("),
        _ => true,
    }
}

/// Reads `【4:0†hours.pdf】`; brackets of this shape also stand around titles and numbers.
fn lenticular(text: &str) -> (Begins, usize) {
    let begins = begins(text, "【");
    if begins != Begins::Yes {
        return (begins, 0);
    }
    let inside = &text["【".len()..];
    let number = inside.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b':').count();
    let end = inside.find('】').map(|end| end + "】".len()).filter(|end| *end <= MAX_LENTICULAR);
    let may_end = inside.len() <= MAX_LENTICULAR && !inside.contains('\n');
    let is_mark = match inside[number..].chars().next() {
        None => true,
        Some('】') => inside[..number].contains(':'),
        Some(next) => next == '†',
    };
    match end {
        Some(end) if is_mark && !inside[..end].contains('\n') => (Begins::Yes, "【".len() + end),
        None if is_mark && may_end => (Begins::Perhaps, 0),
        Some(_) | None => (Begins::No, 0),
    }
}

/// Reads a single character of those in private use that mark citations.
fn private(text: &str) -> Reading {
    let mark = text.chars().next().filter(|char| ('\u{e200}'..='\u{e206}').contains(char));
    mark.map_or(Reading::Text, |mark| Reading::Mark(mark.len_utf8(), Effect::None))
}
