//! The markup of a page: its script tags, and its policies in `<meta>`.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

/// A `<script src>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScriptTag {
    /// The absolute address.
    pub(crate) src: Url,
    attributes: BTreeMap<String, String>,
}

impl ScriptTag {
    /// Returns the value of an attribute, by its name in lower case.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Returns `true` for a type that browsers run.
    pub(crate) fn runs(&self) -> bool {
        let kind = self.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
        kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("ecmascript")
    }

    /// Returns `true` if the page waits for the script.
    pub(crate) fn blocks(&self) -> bool {
        !["async", "defer"].iter().any(|name| self.attributes.contains_key(*name))
            && self.attribute("type") != Some("module")
    }
}

/// The scripts and policies of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup {
    pub(crate) scripts: Vec<ScriptTag>,
    /// The `content` of each `<meta http-equiv="content-security-policy">`.
    pub(crate) policies: Vec<String>,
}

impl Markup {
    /// Reads a page at the address `url`.
    pub(crate) fn read(html: &str, url: &Url) -> Self {
        let mut emitter = DefaultEmitter::default();
        // Text inside scripts, styles and text boxes is no tag.
        emitter.naively_switch_states(true);
        let mut markup = Self::default();
        let mut base: Option<Url> = None;
        // The name of the element around, whose content browsers do not run.
        let mut inert: Option<Vec<u8>> = None;
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) if inert.is_none() => match tag.name.as_slice() {
                    b"noscript" | b"template" => inert = Some(tag.name.0),
                    b"base" if base.is_none() => base = base_url(&tag, url),
                    _ => markup.push(&tag, base.as_ref().unwrap_or(url)),
                },
                Token::EndTag(tag) if inert.as_deref() == Some(tag.name.as_slice()) => inert = None,
                _ => {}
            }
        }
        markup
    }

    fn push(&mut self, tag: &StartTag<()>, base: &Url) {
        match tag.name.as_slice() {
            b"script" => {
                let attributes = attributes(tag);
                let src = attributes.get("src").and_then(|src| base.join(src.trim()).ok());
                self.scripts.extend(src.map(|src| ScriptTag { src, attributes }));
            }
            b"meta" => {
                let mut attributes = attributes(tag);
                let is_policy = attributes
                    .get("http-equiv")
                    .is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"));
                self.policies.extend(is_policy.then(|| attributes.remove("content")).flatten());
            }
            _ => {}
        }
    }
}

/// Returns the address in `<base href>`, which relative addresses are joined to.
fn base_url(tag: &StartTag<()>, url: &Url) -> Option<Url> {
    attributes(tag).get("href").and_then(|href| url.join(href).ok())
}

fn attributes(tag: &StartTag<()>) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let pairs = tag.attributes.iter();
    pairs.map(|(name, value)| (text(name), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(html: &str) -> Vec<String> {
        let url = Url::parse("https://shop.example/a/page").unwrap();
        let markup = Markup::read(html, &url);
        markup.scripts.iter().map(|tag| tag.src.to_string()).collect()
    }

    #[test]
    fn only_live_script_tags_count() {
        let table: &[(&str, &[&str])] = &[
            ("<script src=/widget.js></script>", &["https://shop.example/widget.js"]),
            ("<SCRIPT async SRC = 'w.js' >", &["https://shop.example/a/w.js"]),
            ("<script src=\"https://c.example/w.js?a=1&amp;b=2\">", &["https://c.example/w.js?a=1&b=2"]),
            ("<script src=//c.example/w.js>", &["https://c.example/w.js"]),
            ("<base href=https://cdn.example/x/><script src=w.js>", &["https://cdn.example/x/w.js"]),
            ("<!-- <script src=/w.js></script> -->", &[]),
            ("<script>'<script src=/w.js>'</script>", &[]),
            ("<textarea><script src=/w.js></script></textarea>", &[]),
            ("<noscript><script src=/w.js></script></noscript>", &[]),
            (
                "<template><script src=/w.js></script></template><script src=/x.js>",
                &["https://shop.example/x.js"],
            ),
            ("<script>inline()</script>", &[]),
            ("<p title='<script src=/w.js>'>", &[]),
            ("<script src='http://['></script>", &[]),
        ];
        for (html, want) in table {
            assert_eq!(scripts(html), *want, "{html}");
        }
    }

    #[test]
    fn a_tag_blocks_the_page_without_async_defer_or_type_module() {
        let table = [
            ("<script src=/w.js>", true),
            ("<script src=/w.js async>", false),
            ("<script src=/w.js defer=''>", false),
            ("<script src=/w.js type=module>", false),
            ("<script src=/w.js data-async>", true),
        ];
        let url = Url::parse("https://shop.example/").unwrap();
        for (html, want) in table {
            assert_eq!(Markup::read(html, &url).scripts[0].blocks(), want, "{html}");
        }
    }

    #[test]
    fn policies_stand_in_meta() {
        let url = Url::parse("https://shop.example/").unwrap();
        let html = "<meta HTTP-EQUIV='Content-Security-Policy' content=\"default-src 'self'\">\
                    <meta name=description content=x><meta http-equiv=refresh content=1>\
                    <meta http-equiv=content-security-policy>";
        assert_eq!(Markup::read(html, &url).policies, ["default-src 'self'"]);
    }
}
