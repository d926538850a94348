//! Texts with thoughts and marks, cut anywhere.

use super::{SpeechFilter, Thoughts};

/// Filters the text whole and in pieces: all must agree.
fn words(text: &str) -> String {
    let whole = words_of(Thoughts::Hide, [text]);
    for size in [1, 2, 3, 5] {
        let chars: Vec<char> = text.chars().collect();
        let pieces: Vec<String> = chars.chunks(size).map(|piece| piece.iter().collect()).collect();
        assert_eq!(words_of(Thoughts::Hide, pieces.iter().map(String::as_str)), whole, "{text:?} by {size}");
    }
    for (cut, _) in text.char_indices() {
        assert_eq!(words_of(Thoughts::Hide, [&text[..cut], &text[cut..]]), whole, "{text:?} cut at {cut}");
    }
    whole
}

fn words_of<'a>(thoughts: Thoughts, pieces: impl IntoIterator<Item = &'a str>) -> String {
    let (mut filter, mut out) = (SpeechFilter::new(thoughts), String::new());
    for piece in pieces {
        if filter.passes(piece) {
            out.push_str(piece);
        } else {
            filter.push(piece, &mut out);
        }
    }
    filter.finish(&mut out);
    out
}

#[test]
fn thoughts_are_left_out_whatever_the_model_calls_them() {
    for (text, expected) in [
        ("<think>a secret</think>Two lamps.", "Two lamps."),
        ("\n<think>\na\n</think>\n\nTwo lamps.", "\nTwo lamps."),
        ("<Thinking mode=\"deep\">a < b</THINKING> Two.", "Two."),
        ("<think></think>Two.", "Two."),
        ("<thought>a</thought>\n<reasoning>b</reasoning>\nTwo.", "Two."),
        ("<seed:think>a</seed:think>Two.", "Two."),
        ("<details type=\"reasoning\" done=\"true\">a</details>Two.", "Two."),
        ("[THINK]a[1] b[/THINK]Two.", "Two."),
        ("◁think▷a◁b◁/think▷Two.", "Two."),
        ("<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>Two.<|end_of_solution|>", "Two."),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>Two.<|END_RESPONSE|>", "Two."),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Two.<|return|>",
            "Two.",
        ),
        ("<|channel|>commentary to=functions.stock<|message|>{}<|call|>Two.", "Two."),
        ("One.\n<think>a</think>\nTwo.", "One.\nTwo."),
        ("<think>never closed", ""),
        ("<think>a</thin", ""),
        ("</think>\n\nTwo.", "Two."),
        ("a</think>Two.", "aTwo."),
    ] {
        assert_eq!(words(text), expected, "{text:?}");
    }
}

#[test]
fn marks_of_citations_and_turns_are_left_out() {
    for (text, expected) in [
        ("Two【12:3†stock.md】 lamps.", "Two lamps."),
        ("Two【3†L1-L9】【4:0】.", "Two."),
        ("Two\u{e200}cite\u{e202}turn1file0\u{e201} lamps.", "Two lamps."),
        ("\u{e203}Two\u{e204} lamps\u{e206}.", "Two lamps."),
        ("Two:contentReference[oaicite:3]{index=3}.", "Two."),
        ("Two[oai_citation:1‡stock.md](sandbox:/a).", "Two."),
        ("[cite_start]Two lamps.[cite: 1, 4]", "Two lamps."),
        ("Two lamps[doc2].", "Two lamps."),
        ("<co: 0,1>Two</co: 0,1> lamps.", "Two lamps."),
        ("Two.<|eot_id|>", "Two."),
        ("Two.</s>", "Two."),
        ("Two.<｜end▁of▁sentence｜>", "Two."),
        ("Two.<end_of_turn>\n<eos>", "Two.\n"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nTwo.", "Two."),
        ("<|im_start|>assistant\nTwo.<|im_end|>\n<|im_start|>user\nAnd red ones?", "Two.\n"),
        ("<start_of_turn>model\nTwo.", "Two."),
        ("[INST]Two.[/INST]", "Two."),
    ] {
        assert_eq!(words(text), expected, "{text:?}");
    }
}

#[test]
fn text_that_speaks_of_marks_or_only_looks_like_one_stays() {
    for text in [
        "Use `<think>` and `</think>`.",
        "```\n<think>\nx\n</think>\n<|im_end|>\n```\nDone.",
        "~~~\n<|im_end|>\n~~~",
        "``a ` <|im_end|>`` b",
        "The tag <think> comes first.",
        "<thinker>Rodin</thinker>",
        "<think",
        "<",
        "a < b <| c |> d <||> e",
        "List<String>, <your name>, <b>bold</b>",
        "<s>old</s> new",
        "【重要】 and 【12】 and 【12",
        "9:00, see: c, :contentReference",
        "[docs](https://shop.example) [doc] [doc1",
        "Look \u{2014} \u{25c0} \u{3042} \u{e100}",
        "<|im_start|>Hello there",
        "◁think",
    ] {
        let expected = text.replace("<|im_start|>", "");
        assert_eq!(words(text), expected, "{text:?}");
    }
}

#[test]
fn marks_are_bounded_wherever_they_are_cut() {
    for (open, rest) in [
        ("<think ", "a"),
        ("<|", "a"),
        ("<|im_start|>", "a"),
        ("【", "1"),
        ("【1†", "a"),
        ("\u{e200}", "a"),
        ("[cite:", " "),
        ("[oai_citation:", "a"),
        ("", "`"),
        ("<co: ", "1"),
    ] {
        for length in [1, 40, 60, 64, 65, 96, 120, 128, 129, 250, 256, 257, 600] {
            for close in ["", ">", "|>", "】", "\u{e201}", "]", "](x)", "\n", "`` <|im_end|>"] {
                let text = format!("{open}{}{close} end", rest.repeat(length));
                let whole = words_of(Thoughts::Hide, [text.as_str()]);
                let chars: Vec<String> = text.chars().map(String::from).collect();
                let cut = words_of(Thoughts::Hide, chars.iter().map(String::as_str));
                assert_eq!(cut, whole, "{open:?} {length} {close:?}");
            }
        }
    }
}

#[test]
fn a_site_may_keep_them() {
    let text = "<think>a</think>Two【1:0†x】.<|im_end|>";
    assert_eq!(words_of(Thoughts::Keep, [text]), text);
}
