//! Pages with placeholders: `{{name}}` is replaced for each request.

/// Puts values into a page. Each value is already safe for its place; see [`escape_html`] and [`escape_json`].
///
/// A name without a value stays as it is, where a reader of the page sees it.
pub(crate) fn fill(page: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(page.len() + 512);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let known = after.split_once("}}").and_then(|(name, behind)| {
            values.iter().find(|(known, _)| *known == name.trim()).map(|(_, value)| (*value, behind))
        });
        let (value, behind) = known.unwrap_or(("{{", after));
        out.push_str(value);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Escapes text for HTML, in elements and in quoted attributes.
pub(crate) fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Escapes JSON for a `<script type="application/json">`: nothing in it can end the element.
pub(crate) fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_filled_and_those_in_values_are_not() {
        assert_eq!(fill("a {{x}} b {{ y }}{{x}}", &[("x", "{{y}}"), ("y", "2")]), "a {{y}} b 2{{y}}");
        assert_eq!(fill("{{unknown}} {{", &[]), "{{unknown}} {{");
    }

    #[test]
    fn nothing_leaves_the_script_element() {
        assert_eq!(escape_json("\"</script>&\u{2028}\""), "\"\\u003c/script\\u003e\\u0026\\u2028\"");
    }

    #[test]
    fn nothing_leaves_a_quoted_attribute() {
        assert_eq!(escape_html("\"'><&"), "&quot;&#39;&gt;&lt;&amp;");
    }
}
