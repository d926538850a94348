//! Scripts and styles that stand in a document, as a Content Security Policy names them (CSP3 §2.3.1).

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::chain::sha256;

/// Returns the hash source of each element of this name in a document of ours, such as `'sha256-…'` for a `style`.
#[must_use]
pub fn inline_sources(document: &str, element: &str) -> Vec<String> {
    let start = format!("<{element}");
    let texts =
        document.split(&start).skip(1).filter_map(|rest| Some(rest.split_once('>')?.1.split_once("</")?.0));
    texts.map(|text| format!("'sha256-{}'", STANDARD.encode(sha256(&[text.as_bytes()])))).collect()
}

#[cfg(test)]
mod tests {
    use super::inline_sources;

    #[test]
    fn each_element_of_the_name_has_its_source() {
        let document = "<style>a</style><script type=module>a</script><script>b</script><script>open";
        let [a, b] = [
            "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='",
            "'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='",
        ];
        assert_eq!(inline_sources(document, "style"), [a]);
        assert_eq!(inline_sources(document, "script"), [a, b]);
    }
}
