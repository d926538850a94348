use std::rc::Rc;

use super::{Block, check, parse, show};

#[test]
fn blocks_are_read_as_chats_write_them() {
    check(&[
        ("a\n\nb", "<p>a</p><p>b</p>"),
        ("\n\n a\n\n\n", "<p>a</p>"),
        ("# a", "<h1>a</h1>"),
        ("###### *a* ##", "<h6><em>a</em></h6>"),
        ("####### a", "<p>####### a</p>"),
        ("#a", "<p>#a</p>"),
        ("#", "<h1></h1>"),
        ("# C#", "<h1>C#</h1>"),
        ("a\n# b\nc", "<p>a</p><h1>b</h1><p>c</p>"),
        ("a\n===", "<h1>a</h1>"),
        ("a\nb\n---\nc", "<h2>a<br>b</h2><p>c</p>"),
        ("---", "<hr>"),
        ("* * *", "<hr>"),
        ("___\na", "<hr><p>a</p>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
        ("--", "<p>--</p>"),
        ("```\na\n```", "<pre >a</pre>"),
        ("```rust\nfn a() {}\n\n  b\n```\nc", "<pre rust>fn a() {}\n\n  b</pre><p>c</p>"),
        ("~~~ js title\n```\n~~~", "<pre js>```</pre>"),
        ("````\n```\n````", "<pre >```</pre>"),
        ("```\na", "<pre  open>a</pre>"),
        ("```", "<pre  open></pre>"),
        ("``` a`b\nc", "<p>``` a`b<br>c</p>"),
        ("a\n```\nb\n```\nc", "<p>a</p><pre >b</pre><p>c</p>"),
        ("```\n```\n", "<pre ></pre>"),
        ("  ```\n  a\n b\n  ```", "<pre >a\nb</pre>"),
        ("```\n\ta\n```", "<pre >\ta</pre>"),
        ("```html\n<b>&amp;*a*\n```", "<pre html><b>&amp;*a*</pre>"),
        ("    a", "<p>a</p>"),
        ("a\n\n    b\n      *c*\n\n    d\n\ne", "<p>a</p><pre >b\n  *c*\n\nd</pre><p>e</p>"),
        ("a\n    b", "<p>a<br>b</p>"),
        ("a\n\n\tb", "<p>a</p><pre >b</pre>"),
        ("a\n\n    - b\n    - c", "<p>a</p><p>- b<br>- c</p>"),
    ]);
}

#[test]
fn quotes_hold_blocks() {
    check(&[
        ("> a", "<q><p>a</p></q>"),
        (">a\n>b", "<q><p>a<br>b</p></q>"),
        ("> a\nb", "<q><p>a<br>b</p></q>"),
        ("> a\n\nb", "<q><p>a</p></q><p>b</p>"),
        ("> a\n# b", "<q><p>a</p></q><h1>b</h1>"),
        ("> a\n- b", "<q><p>a</p></q><ul><li><p>b</p></li></list>"),
        ("> a\n>\n> b", "<q><p>a</p><p>b</p></q>"),
        ("> > a\n> b", "<q><q><p>a<br>b</p></q></q>"),
        ("> ```\n> a\n> ```\n> b", "<q><pre >a</pre><p>b</p></q>"),
        ("> ```\n> a\nb", "<q><pre  open>a</pre></q><p>b</p>"),
        ("> - a\n> - b", "<q><ul><li><p>a</p></li><li><p>b</p></li></list></q>"),
        ("> # a\n> b", "<q><h1>a</h1><p>b</p></q>"),
        ("a\n> b", "<p>a</p><q><p>b</p></q>"),
        (">", "<q></q>"),
    ]);
}

#[test]
fn lists_nest_and_number() {
    check(&[
        ("- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></list>"),
        ("- a\n\n- b", "<ul loose><li><p>a</p></li><li><p>b</p></li></list>"),
        ("- a\n\nb", "<ul><li><p>a</p></li></list><p>b</p>"),
        ("- a\n* b", "<ul><li><p>a</p></li></list><ul><li><p>b</p></li></list>"),
        ("3. a\n4. b", "<ol 3><li><p>a</p></li><li><p>b</p></li></list>"),
        ("1) a", "<ol 1><li><p>a</p></li></list>"),
        ("1. a\n2) b", "<ol 1><li><p>a</p></li></list><ol 2><li><p>b</p></li></list>"),
        ("- a\n  - b\n- c", "<ul><li><p>a</p><ul><li><p>b</p></li></list></li><li><p>c</p></li></list>"),
        ("- a\n    - b", "<ul><li><p>a</p><ul><li><p>b</p></li></list></li></list>"),
        ("- a\n\t- b", "<ul><li><p>a</p><ul><li><p>b</p></li></list></li></list>"),
        (
            "1. a\n   - b\n   - c\n2. d",
            "<ol 1><li><p>a</p><ul><li><p>b</p></li><li><p>c</p></li></list></li><li><p>d</p></li></list>",
        ),
        (
            "1. a\n  - b\n    - c\n  - d\n2. e",
            "<ol 1><li><p>a</p><ul><li><p>b</p><ul><li><p>c</p></li></list></li><li><p>d</p></li></list></li>\
             <li><p>e</p></li></list>",
        ),
        (
            "9. a\n10. b\n   - c",
            "<ol 9><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></list></li></list>",
        ),
        ("1. a\n  ```\n  b\n  ```\n2. c", "<ol 1><li><p>a</p><pre >b</pre></li><li><p>c</p></li></list>"),
        ("1. a\n  2. b", "<ol 1><li><p>a</p></li><li><p>b</p></li></list>"),
        ("- a\n\n  b", "<ul loose><li><p>a</p><p>b</p></li></list>"),
        ("- a\nb", "<ul><li><p>a<br>b</p></li></list>"),
        ("- a\n\n\n- b", "<ul loose><li><p>a</p></li><li><p>b</p></li></list>"),
        (
            "1. a\n\n   ```sh\n   b\n\n   c\n   ```\n\n2. d",
            "<ol 1 loose><li><p>a</p><pre sh>b\n\nc</pre></li><li><p>d</p></li></list>",
        ),
        ("- ```\n  a\n\n  b\n  ```\n- c", "<ul><li><pre >a\n\nb</pre></li><li><p>c</p></li></list>"),
        (
            "1. a\n```\nb\n```\n2. c",
            "<ol 1><li><p>a</p></li></list><pre >b</pre><ol 2><li><p>c</p></li></list>",
        ),
        (
            "- [ ] a\n- [x] b\n- [X] c",
            "<ul><li>[ ]<p>a</p></li><li>[x]<p>b</p></li><li>[x]<p>c</p></li></list>",
        ),
        ("- [a](https://x.example)", "<ul><li><p><a https://x.example>a</a></p></li></list>"),
        ("- [y] a", "<ul><li><p>[y] a</p></li></list>"),
        ("- > a\n- b", "<ul><li><q><p>a</p></q></li><li><p>b</p></li></list>"),
        ("- # a\n- b", "<ul><li><h1>a</h1></li><li><p>b</p></li></list>"),
        ("- - a", "<ul><li><ul><li><p>a</p></li></list></li></list>"),
        ("-", "<ul><li></li></list>"),
        ("-\n- a", "<ul><li></li><li><p>a</p></li></list>"),
        ("-a", "<p>-a</p>"),
        ("1.a", "<p>1.a</p>"),
        ("1234567890. a", "<p>1234567890. a</p>"),
        ("a\n- b", "<p>a</p><ul><li><p>b</p></li></list>"),
        ("a\n2. b", "<p>a<br>2. b</p>"),
        ("a\n1. b", "<p>a</p><ol 1><li><p>b</p></li></list>"),
        ("- a\n---\n- b", "<ul><li><p>a</p></li></list><hr><ul><li><p>b</p></li></list>"),
        (
            "- a\n  - b\n    - c\n\n      d",
            "<ul><li><p>a</p><ul><li><p>b</p><ul loose><li><p>c</p><p>d</p></li></list></li></list></li></list>",
        ),
        (
            "+ a\n\n  - b\n\n  - c",
            "<ul loose><li><p>a</p><ul loose><li><p>b</p></li><li><p>c</p></li></list></li></list>",
        ),
    ]);
}

#[test]
fn tables_have_columns_with_alignment() {
    check(&[
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<table -->(a|b)(1|2)</table>"),
        ("a | b\n:-- | --:\n1 | 2", "<table lr>(a|b)(1|2)</table>"),
        ("| a |\n| :-: |", "<table c>(a)</table>"),
        ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |", "<table -->(a|b)(1)(1|2)</table>"),
        ("| a | b |\n|---|\n", "<p>| a | b |<br>|---|</p>"),
        ("| a \\| b | `c` |\n|-|-|", "<table -->(a | b|<code>c</code>)</table>"),
        ("| a |\n|---|\n| **b** |\n\nc", "<table ->(a)(<b>b</b>)</table><p>c</p>"),
        ("| a |\n|---|\n| b |\nc", "<table ->(a)(b)</table><p>c</p>"),
        ("here:\n| a | b |\n|---|---|\n| 1 | 2 |", "<p>here:</p><table -->(a|b)(1|2)</table>"),
        ("| a |\n|---|\n> b | c", "<table ->(a)</table><q><p>b | c</p></q>"),
        ("| a | b |\n|---|---|\n| | 2 |", "<table -->(a|b)(|2)</table>"),
        ("- | a |\n  |---|\n  | b |", "<ul><li><table ->(a)(b)</table></li></list>"),
        ("| a | b |", "<p>| a | b |</p>"),
        ("a | b", "<p>a | b</p>"),
    ]);
}

#[test]
fn quotes_and_lists_within_each_other_have_a_bound() {
    let deep = format!("{}a", "> ".repeat(100));
    assert_eq!(show(&parse(&deep)).matches("<q>").count(), 8);
    let deep = format!("{}a", "- ".repeat(100));
    assert_eq!(show(&parse(&deep)).matches("<ul>").count(), 8);
}

#[test]
fn a_long_list_goes_on_in_another_one_with_the_next_number() {
    let lines: Vec<_> = (1..=300).map(|n| format!("{n}. a\n")).collect();
    let text = lines.concat();
    let starts: Vec<_> = parse(&text)
        .iter()
        .map(|block| match block.as_ref() {
            Block::List { start, .. } => *start,
            _ => None,
        })
        .collect();
    assert_eq!(starts, [Some(1), Some(129), Some(257)]);
}

#[test]
fn a_long_table_goes_on_under_the_same_head() {
    let text = format!("| a |\n|---|\n{}", "| b |\n".repeat(200));
    let blocks = parse(&text);
    let rows: Vec<_> = blocks
        .iter()
        .map(|block| match block.as_ref() {
            Block::Table { head, rows, .. } => (head.len(), rows.len()),
            _ => (0, 0),
        })
        .collect();
    assert_eq!(rows.iter().map(|(_, rows)| rows).sum::<usize>(), 200);
    assert!(rows.len() == 2 && rows.iter().all(|(head, _)| *head == 1), "{rows:?}");
}

#[test]
fn the_words_alone_are_read_out() {
    let blocks: Vec<Rc<Block>> =
        parse("# A\n\n**b** [c](https://x.example)\n\n- d\n- `e`\n\n| f | g |\n|---|---|\n| h | i |");
    assert_eq!(super::super::plain(&blocks), "A\nb c\nd\ne\nf g \nh i \n");
}
