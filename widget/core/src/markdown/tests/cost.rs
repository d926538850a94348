use super::super::{Block, Document, Inline, parse, work};

/// The steps that a whole text takes for each byte.
fn steps_per_byte(text: &str) -> usize {
    work::take();
    let _blocks = parse(text);
    work::take() / text.len()
}

/// The steps that a text takes for each byte when it comes in pieces of 8 bytes.
fn steps_per_byte_growing(text: &str) -> usize {
    work::take();
    let mut document = Document::new();
    for piece in text.as_bytes().chunks(8) {
        document.push(std::str::from_utf8(piece).unwrap());
    }
    document.finish(text);
    work::take() / text.len()
}

/// Texts that make a parser look ahead, each of them many times over.
const UNITS: &[&str] = &[
    ">",
    "> ",
    "*",
    "**",
    "_",
    "`",
    "` ",
    "``a` ",
    "[",
    "[a",
    "[a]",
    "[a](",
    "[a](b",
    "[a](<b",
    "[a](b \"",
    "![",
    "[`",
    "[`a` ",
    "<",
    "<a",
    "<a@b",
    "&",
    "&#",
    "\\",
    "|",
    "|-",
    "| a |\n|-|\n",
    "- ",
    "-\n",
    "- a\n",
    "1. ",
    "1.\n",
    "#",
    "# \n",
    "~",
    "~~",
    "~~a ",
    "~~~",
    "```\n",
    "*a _b ",
    "*a **b ",
    "a**b ",
    "_a*",
    "***a* ",
    "**a*b",
    "a*",
    "(",
    "https://",
    "https://a ",
    "www.",
    "www.a.b ",
    "https://a)",
    "\n",
    " ",
    " \n",
    "\t",
    "a\n",
    "a  \n",
    ">a\n",
    "> - ",
    "a ",
    "]",
    "[]()",
    "[*a](b)*",
    "<b>",
    "<b>a",
    "<b><p>",
    "</b>",
    "<br>",
    "<p>",
    "<li>",
    "<ul><li>",
    "<b a=\"",
    "<b a='b' c=\"",
    "<b a=b ",
    "<b open ",
    "<a href=https://x>",
    "<a href=https://x>a</a>",
    "<img alt=a src=https://x>",
    "<!--",
    "<!---->",
    "</",
    "$",
    "$$ ",
    "$a ",
    "$a_$",
    "\\(",
    "\\(a",
    "\\(_\\)",
    "\\[ ",
    "&eacute;",
    "&unknown;",
    "**a:**b ",
    "1. a\n  - b\n",
    "a\n\n    b\n",
];

#[test]
fn no_text_takes_more_than_linear_time() {
    for unit in UNITS {
        let text = unit.repeat(10_000 / unit.len());
        let steps = steps_per_byte(&text);
        assert!(steps < 200, "{unit:?} takes {steps} steps a byte");
        let twice = steps_per_byte(&text.repeat(4));
        assert!(twice <= steps * 2 + 10, "{unit:?} takes {steps} steps a byte, four times of it {twice}");
    }
    let ticks: String = (1..140).map(|n| "`".repeat(n) + " ").collect();
    assert!(steps_per_byte(&ticks) < 200);
    let deep = "**".repeat(30) + &"a ".repeat(5000) + &"**".repeat(30);
    assert!(steps_per_byte(&deep) < 200);
}

#[test]
fn a_reply_that_grows_is_not_read_again_from_its_beginning() {
    let words = "Some words of **an** answer with `code`. ";
    let cases = [
        ("code", format!("```\n{}", "let a = b;\n".repeat(2_500))),
        ("code in a list", format!("- ```\n{}", "  let a = b;\n".repeat(2_200))),
        ("list", format!("- {words}\n").repeat(700)),
        ("nested list", format!("- a\n{}", format!("  - {words}\n").repeat(700))),
        ("quoted paragraphs", format!("> {words}\n>\n").repeat(700)),
        ("table", format!("| a | b |\n|---|---|\n{}", format!("| {words} | c |\n").repeat(600))),
        ("paragraphs", format!("{words}\n\n").repeat(700)),
    ];
    for (name, text) in &cases {
        let tenth = &text[..text.len() / 10];
        let (short, long) = (steps_per_byte_growing(tenth), steps_per_byte_growing(text));
        assert!(long <= short * 2 + 100, "{name}: {short} steps a byte, for ten times as much {long}");
    }
    // A paragraph is read again, up to its greatest length.
    for text in [words.repeat(700), format!("> {words}\n").repeat(700)] {
        assert!(steps_per_byte_growing(&text) < 2_000);
    }
}

/// The nodes that a browser makes of running text.
fn elements(inlines: &[Inline]) -> usize {
    let inner = |inline: &Inline| match inline {
        Inline::Styled(_, inner) | Inline::Link { label: inner, .. } => elements(inner),
        Inline::Text(_) | Inline::Code(_) | Inline::Break => 0,
    };
    inlines.len() + inlines.iter().map(inner).sum::<usize>()
}

#[test]
fn one_paragraph_never_makes_a_browser_busy() {
    let units =
        ["~~a", "~~a~~ ", "a\n", "<b>a</b>", "<br>", "<p>a", "`a` ", "https://a.b ", "[a](https://a.b)"];
    for unit in units {
        let text = unit.repeat(200_000 / unit.len());
        let all: usize = parse(&text)
            .iter()
            .map(|block| match &**block {
                Block::Paragraph(inlines) => elements(inlines),
                other => panic!("{other:?}"),
            })
            .sum();
        assert!(all < 3_500, "{unit:?} makes {all} nodes");
        assert!(steps_per_byte(&text) < 30, "{unit:?}");
    }
    let deeper: String = (0..400).map(|depth| "  ".repeat(depth) + "- a\n").collect();
    assert!(steps_per_byte(&deeper) < 30);
}

#[test]
fn a_thousand_tokens_take_few_steps() {
    let paragraph =
        "A paragraph of an ordinary answer, with **strong** words and `code`, as it is sent. ".repeat(4);
    let text =
        format!("# Heading\n\n{paragraph}\n\n- one\n- two\n- three\n\n```rust\nfn main() {{}}\n```\n\n")
            .repeat(9);
    let steps = steps_per_byte_growing(&text);
    assert!(steps < 150, "{steps} steps a byte");
}
