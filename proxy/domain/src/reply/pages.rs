//! Bodies that come from something else than the workflow: pages, notices of a programming language.

use memchr::memchr;

use super::prefix::{Begins, begins_with_any};

/// The elements that structure a page. Others, such as `<p>` and `<ul>`, a workflow may answer with.
const STRUCTURE: [&[u8]; 16] = [
    b"<html",
    b"<head",
    b"<body",
    b"<meta",
    b"<title",
    b"<script",
    b"<style",
    b"<noscript",
    b"<iframe",
    b"<frameset",
    b"<h1",
    b"<center",
    b"<header",
    b"<nav",
    b"<main",
    b"<form",
];

/// The headings of PHP's notices, within `<b>` or as plain words.
const PHP: [&[u8]; 8] = [
    b"Warning",
    b"Notice",
    b"Deprecated",
    b"Fatal error",
    b"Parse error",
    b"Strict Standards",
    b"Catchable fatal error",
    b"Recoverable fatal error",
];

/// The beginnings of other reports, none of which an answer has.
const REPORTS: [&[u8]; 5] = [
    b"PHP Warning:",
    b"PHP Notice:",
    b"PHP Fatal error:",
    b"PHP Deprecated:",
    b"Traceback (most recent call last)",
];

/// The bytes of a notice's first line.
const MAX_LINE: usize = 1024;

/// Compares the beginning of a body, without leading space, with that of a page or a notice.
pub(super) fn begins_as_foreign(body: &[u8]) -> Begins {
    let text = body.trim_ascii_start();
    let found =
        [element(text), html_notice(text), plain_notice(text), begins_with_any(&REPORTS, text, <[u8]>::eq)];
    let wanted = [Begins::Yes, Begins::Perhaps].into_iter().find(|wanted| found.contains(wanted));
    wanted.unwrap_or(Begins::No)
}

/// Finds one of the elements, with the end of its name.
fn element(text: &[u8]) -> Begins {
    let name = text.iter().skip(1).take_while(|byte| byte.is_ascii_alphanumeric()).count() + 1;
    let (tag, rest) = text.split_at(name.min(text.len()));
    match rest.first() {
        None => may_become(&STRUCTURE, tag),
        Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
            if STRUCTURE.iter().any(|known| known.eq_ignore_ascii_case(tag)) =>
        {
            Begins::Yes
        }
        Some(_) => Begins::No,
    }
}

fn may_become(known: &[&[u8]], text: &[u8]) -> Begins {
    let is_part = |known: &&[u8]| known.get(..text.len()).is_some_and(|part| part.eq_ignore_ascii_case(text));
    if known.iter().any(is_part) { Begins::Perhaps } else { Begins::No }
}

/// Finds `<br />\n<b>Warning</b>:`, in any of its spellings.
fn html_notice(text: &[u8]) -> Begins {
    let marks: [&[u8]; 4] = [b"<br />", b"<br/>", b"<br>", b"<b>"];
    let mut rest = text;
    let mut begins = begins_with_any(&marks, rest, <[u8]>::eq_ignore_ascii_case);
    while begins == Begins::Yes && !rest.starts_with(b"<b>") && !rest.starts_with(b"<B>") {
        let end = memchr(b'>', rest).map_or(rest.len(), |end| end + 1);
        rest = rest[end..].trim_ascii_start();
        begins = begins_with_any(&marks, rest, <[u8]>::eq_ignore_ascii_case);
    }
    if begins != Begins::Yes {
        return begins;
    }
    let heading = &rest[b"<b>".len()..];
    match memchr(b'<', heading) {
        Some(end) if PHP.contains(&&heading[..end]) => {
            begins_with_any(&[b"</b>:"], &heading[end..], <[u8]>::eq)
        }
        Some(_) => Begins::No,
        None => may_become(&PHP, heading),
    }
}

/// Finds `Warning: … in /srv/a.php on line 3`, which is known by the end of its line.
fn plain_notice(text: &[u8]) -> Begins {
    let heading = memchr(b':', text).map_or(text, |end| &text[..end]);
    if heading.len() == text.len() {
        return may_become(&PHP, text);
    }
    if !PHP.contains(&heading) {
        return Begins::No;
    }
    match memchr(b'\n', text).filter(|end| *end <= MAX_LINE) {
        Some(end) if is_located(&text[..end]) => Begins::Yes,
        None if text.len() <= MAX_LINE => Begins::Perhaps,
        Some(_) | None => Begins::No,
    }
}

/// Tells if a line, which may be the last of a body, names a line of a PHP file.
pub(super) fn is_notice_line(text: &[u8]) -> bool {
    plain_notice(text.trim_ascii()) == Begins::Perhaps && is_located(text)
}

fn is_located(line: &[u8]) -> bool {
    let has = |words: &[u8]| memchr::memmem::find(line, words).is_some();
    has(b".php") && has(b" on line ")
}

/// The beginnings that keep a body from being run as a script.
const GUARDS: [&[u8]; 5] = [b")]}',", b")]}'", b")]}", b"while(1);", b"for(;;);"];

/// Returns the length of such a beginning; `None` while more is needed to say.
pub(super) fn guard_length(body: &[u8]) -> Option<usize> {
    let found = GUARDS.iter().find(|guard| body.starts_with(guard));
    let may_be_longer = |guard: &&&[u8]| guard.len() > body.len() && guard.starts_with(body);
    if !body.is_empty() && GUARDS.iter().any(|guard| may_be_longer(&guard)) {
        return None;
    }
    let length = found.map_or(0, |guard| guard.len());
    match body[length..].trim_ascii_start().first() {
        Some(b'{' | b'[') => Some(length),
        None if length > 0 => None,
        Some(_) | None => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{begins_as_foreign, guard_length, is_notice_line};
    use crate::reply::prefix::Begins::{self, No, Yes};

    #[test]
    fn pages_and_notices_are_told_from_answers_with_markup() {
        for (body, begins) in [
            ("<h1>503</h1>", Yes),
            ("\n<HEAD lang=en>", Yes),
            ("<body>", Yes),
            ("<center>", Yes),
            ("<script>", Yes),
            ("<br />\n<b>Notice</b>: Undefined index", Yes),
            ("<br/><b>Fatal error</b>:  Uncaught", Yes),
            ("\nDeprecated: strlen() in /srv/shop/a.php on line 12\n{}", Yes),
            ("PHP Warning:  x", Yes),
            ("Traceback (most recent call last):", Yes),
            ("<h2>Hours</h2>", No),
            ("<header-like>", No),
            ("<p>We <b>open</b>", No),
            ("<br><b>Hours</b>: nine", No),
            ("<b>Warning</b> signs", No),
            ("Warning: do not touch\nthe lamp", No),
            ("Notice the lamp", No),
        ] {
            assert_eq!(begins_as_foreign(body.as_bytes()), begins, "{body}");
            for cut in 1..body.len() {
                let part = begins_as_foreign(&body.as_bytes()[..cut]);
                assert!(part == Begins::Perhaps || part == begins, "{body} cut at {cut}: {part:?}");
            }
        }
        assert!(is_notice_line(b"Warning: x in /srv/a.php on line 3"));
        assert!(!is_notice_line(b"Warning: hot"));
    }

    #[test]
    fn a_guard_is_taken_off_json_only() {
        for (body, length) in [
            (")]}',\n{", Some(5)),
            (")]}'{", Some(4)),
            (")]}", None),
            (")]}', hello", Some(0)),
            ("for(;;);[", Some(8)),
            ("for", None),
            ("forty", Some(0)),
            ("{", Some(0)),
        ] {
            assert_eq!(guard_length(body.as_bytes()), length, "{body}");
        }
    }
}
