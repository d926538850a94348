use porthole::parsers;
use porthole_protocol::Code;
use url::Url;

use crate::forge::NOW;
use crate::input;

/// Reads lines of `Accept`.
pub fn accept(input: &[u8]) {
    let lines = input::header_lines(input);
    match parsers::accept(&lines) {
        Ok(media_type) => {
            let all = input::text(input).to_ascii_lowercase();
            assert!(
                lines.is_empty() || all.contains(media_type) || all.contains('*'),
                "{media_type} for {all}"
            );
        }
        Err(code) => assert_eq!(code, Code::NotAcceptable),
    }
    assert_eq!(parsers::accept(&[]), Ok("text/event-stream"));
}

/// Reads lines of `Authorization`.
pub fn bearer(input: &[u8]) {
    let lines = input::header_lines(input);
    let Some(token) = parsers::bearer(&lines) else {
        return;
    };
    let is_its_line = |line: &&[u8]| {
        let (scheme, rest) = line.split_at_checked(7).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer ") && rest == token.as_bytes()
    };
    assert_eq!(lines.iter().filter(|line| is_its_line(line)).count(), 1, "{token}");
    let twice = [b"Bearer a".as_slice(), b"Bearer a"];
    assert_eq!(parsers::bearer(&twice), None);
}

/// Reads lines of `Content-Type`.
pub fn content_type(input: &[u8]) {
    let lines = input::header_lines(input);
    if parsers::is_json(&lines) {
        assert_eq!(lines.len(), 1, "one type");
        let text = input::text(lines[0]).to_ascii_lowercase();
        assert!(text.trim().starts_with("application/json"), "{text}");
        let mut parameters = text.split(';').map(str::trim);
        let other = |parameter: &str| parameter.starts_with("charset=") && !parameter.contains("utf-8");
        assert!(!parameters.any(other), "{text}");
    }
}

/// Reads lines of `Last-Event-ID`.
pub fn last_event_id(input: &[u8]) {
    let lines = input::header_lines(input);
    match parsers::last_event_id(&lines) {
        Ok(None) => {}
        Ok(Some(id)) => {
            let says =
                |line: &&[u8]| input::text(line).parse() == Ok(id) && line.iter().all(u8::is_ascii_digit);
            assert!(lines.iter().any(says), "{id}");
        }
        Err(code) => assert_eq!(code, Code::InvalidLastEventId),
    }
}

/// Reads a line of `Host`, from which development takes its own origin.
pub fn host(input: &[u8]) {
    let lines = input::header_lines(input);
    for line in lines.iter().filter(|line| parsers::is_host(line)) {
        let odd = |byte: &u8| b" \t@/\\?#,\"<>".contains(byte) || !byte.is_ascii();
        assert!(!line.is_empty() && !line.iter().any(odd), "{}", line.escape_ascii());
    }
    let Some(origin) = parsers::loopback_origin(&lines) else {
        return;
    };
    let url = Url::parse(origin.as_str()).unwrap();
    let host = url.host_str().unwrap_or_default();
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost");
    assert!(loopback && url.scheme() == "http", "{origin}");
}

/// Reads the `Date` of a webhook: whatever it says, it is compared with our clock and not repeated.
pub fn date(input: &[u8]) {
    for line in input::header_lines(input) {
        let text = input::text(line);
        let Some(finding) = porthole_doctor::parsers::clock_skew(&text, NOW) else {
            continue;
        };
        assert!(finding.contains("clock.") && (text.len() < 12 || !finding.contains(&*text)), "{finding}");
    }
}

/// Reads the query of `/frame`: a parameter that is given twice is not given, and neither is a site without a name.
pub fn frame_query(input: &[u8]) {
    let query = input::text(input);
    let (site, origin) = parsers::frame_query(&query);
    let values = |wanted: &str| -> Vec<String> {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let wanted = pairs.filter(|(name, _)| name == wanted);
        wanted.map(|(_, value)| value.into_owned()).collect()
    };
    for (name, read) in [("site", site), ("origin", origin)] {
        let all = values(name);
        let only = all.first().filter(|value| all.len() == 1 && !(name == "site" && value.is_empty()));
        assert_eq!(read.as_ref(), only, "{name} in {query}");
    }
}
