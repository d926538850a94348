use std::rc::Rc;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::super::{Document, parse};
use super::show;

/// The nodes that are shown after the text so far, while it still grows.
fn seen(text: &str) -> String {
    let mut document = Document::new();
    document.push(text);
    show(document.blocks()) + &show(document.open())
}

#[test]
fn half_received_marks_do_not_flash() {
    let cases = [
        ("a **b", "<p>a <b>b</b></p>"),
        ("a **", "<p>a </p>"),
        ("a **b*", "<p>a <b>b</b></p>"),
        ("a *b", "<p>a <em>b</em></p>"),
        ("a ***b", "<p>a <em><b>b</b></em></p>"),
        ("a **b *c", "<p>a <b>b <em>c</em></b></p>"),
        ("a **b *c*", "<p>a <b>b <em>c</em></b></p>"),
        ("a ~~b", "<p>a <s>b</s></p>"),
        ("a `b", "<p>a <code>b</code></p>"),
        ("a `", "<p>a </p>"),
        ("a ``b`", "<p>a <code>b</code></p>"),
        ("a\\", "<p>a</p>"),
        ("a 2*3", "<p>a 2*3</p>"),
        ("2*3 makes", "<p>2*3 makes</p>"),
        ("snake_", "<p>snake</p>"),
        ("snake_case", "<p>snake_case</p>"),
        ("**a\nb", "<p>**a<br>b</p>"),
        ("[a](https://x.exa", "<p>[a](https://x.exa</p>"),
        ("see https://x.exa", "<p>see https://x.exa</p>"),
        ("see https://x.exa b", "<p>see <a https://x.exa>https://x.exa</a> b</p>"),
        ("#", ""),
        ("## ", ""),
        ("# a", "<h1>a</h1>"),
        ("-", ""),
        ("- ", ""),
        ("- [", ""),
        ("- [x] ", ""),
        ("- [x] a", "<ul><li>[x]<p>a</p></li></list>"),
        ("a\n-", "<p>a</p>"),
        ("1", ""),
        ("1.", ""),
        ("``", ""),
        ("```", ""),
        ("```rust", "<pre rust open></pre>"),
        ("```\na\n``", "<pre  open>a</pre>"),
        ("```\na\nb", "<pre  open>a\nb</pre>"),
        ("> ", ""),
        ("> **a", "<q><p><b>a</b></p></q>"),
        ("| a | b", "<table -->(a|b)</table>"),
        ("| a | b |\n|--", "<table -->(a|b)</table>"),
        ("| a | b |\n|---|---|\n| **c", "<table -->(a|b)(<b>c</b>)</table>"),
        ("- a\n- **b", "<ul><li><p>a</p></li><li><p><b>b</b></p></li></list>"),
        ("a\n# b", "<p>a</p><h1>b</h1>"),
        ("a <", "<p>a </p>"),
        ("a <st", "<p>a </p>"),
        ("a <string", "<p>a <string</p>"),
        ("a < b", "<p>a < b</p>"),
        ("a <b>c", "<p>a <b>c</b></p>"),
        ("a <b>c</", "<p>a <b>c</b></p>"),
        ("a <a href=\"https://x.exa", "<p>a </p>"),
        ("a <a href='https://x.example'>b", "<p>a b</p>"),
        ("a <!", "<p>a </p>"),
        ("a <!-- b", "<p>a </p>"),
        ("a<br", "<p>a</p>"),
        ("a<br>", "<p>a</p>"),
        ("<ul><li>a</li><l", "<p>• a</p>"),
        ("| a |\n|---|\n| b<br>c<b", "<table ->(a)(b<br>c)</table>"),
        ("$", ""),
        ("$$\na\n$", "<pre math open>a</pre>"),
    ];
    for (text, expected) in cases {
        assert_eq!(seen(text), expected, "{text:?}");
    }
}

#[test]
fn a_closed_block_keeps_its_pointer() {
    let mut document = Document::new();
    document.push("a\n\nb\n\nc");
    let before: Vec<_> = document.blocks().to_vec();
    assert_eq!(before.len(), 2);
    document.push(" d\n\n```\ne\n```\nf");
    document.finish("a\n\nb\n\nc d\n\n```\ne\n```\nf");
    assert!(before.iter().zip(document.blocks()).all(|(a, b)| Rc::ptr_eq(a, b)));
    assert_eq!(show(document.blocks()), "<p>a</p><p>b</p><p>c d</p><pre >e</pre><p>f</p>");
    assert!(document.open().is_empty());
}

/// Text made of what matters to the parser.
fn texts() -> impl Strategy<Value = String> {
    const PIECES: [&str; 62] = [
        "\n",
        "\n\n",
        "*",
        "**",
        "_",
        "~~",
        "`",
        "``",
        "```",
        "```rust\n",
        "~~~",
        "- ",
        "+ ",
        "1. ",
        "2) ",
        "> ",
        ">",
        "#",
        "# ",
        "---",
        "===",
        "|",
        "|-|-|",
        "| a | b |\n|---|---|\n",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "https://x.example",
        "&amp;",
        "&#x41;",
        "\\",
        " ",
        "  ",
        "    ",
        "\t",
        "\r\n",
        "[x] ",
        "a",
        "word ",
        "é😀",
        "强",
        "<b>",
        "</b>",
        "<br/>",
        "<ul>",
        "<ol><li>",
        "</li>",
        "</ul>",
        "<p>",
        "<td>",
        "<code>",
        "<a href='https://x.example'>",
        "</a>",
        "<img alt=x src=",
        "<!--",
        "-->",
        "$",
        "\\(",
        "\\]",
    ];
    let piece = prop_oneof![
        9 => prop::sample::select(PIECES.as_slice()).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        12 => prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        1 => (prop::sample::select(PIECES.as_slice()), 0..3000_usize).prop_map(|(piece, n)| piece.repeat(n)),
        1 => Just("| a |\n|-|\n".to_owned() + &"| b |\n".repeat(150)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_text_cut_anywhere_makes_the_same_blocks(text in texts(), cuts in prop::collection::vec(1..40_usize, 1..20)) {
        let mut document = Document::new();
        let (mut rest, mut lengths) = (text.as_str(), cuts.iter().cycle());
        while !rest.is_empty() {
            let least = if text.len() > 2000 { 200 } else { 0 };
            let mut cut = (least + *lengths.next().unwrap()).min(rest.len());
            while !rest.is_char_boundary(cut) {
                cut += 1;
            }
            document.push(&rest[..cut]);
            rest = &rest[cut..];
        }
        document.finish(&text);
        prop_assert_eq!(document.blocks(), parse(&text));
    }
}
