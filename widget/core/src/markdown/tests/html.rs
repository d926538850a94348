use super::check;

#[test]
fn harmless_tags_become_nodes() {
    check(&[
        ("<b>a</b> <STRONG>b</STRONG> <i>c</i> <em>d</em>", "<p><b>a</b> <b>b</b> <em>c</em> <em>d</em></p>"),
        ("<u>a</u> <s>b</s> <del>c</del> <mark>d</mark>", "<p><u>a</u> <s>b</s> <s>c</s> <mark>d</mark></p>"),
        (
            "H<sub>2</sub>O, x<sup>2</sup>, <kbd>Ctrl</kbd>",
            "<p>H<sub>2</sub>O, x<sup>2</sup>, <kbd>Ctrl</kbd></p>",
        ),
        ("<b>a *b* [c](https://x.example)</b>", "<p><b>a <em>b</em> <a https://x.example>c</a></b></p>"),
        ("**a <i>b</i>**", "<p><b>a <em>b</em></b></p>"),
        ("<span style='color: red'>a</span> <font color=red>b</font><wbr/>", "<p>a b</p>"),
        ("<b>a", "<p>a</p>"),
        ("a</b>", "<p>a</p>"),
        ("<b>a <i>b</b> c</i>", "<p><b>a b</b> c</p>"),
        ("<b>**a</b>**", "<p><b>**a</b>**</p>"),
        ("<h3>a</h3>b", "<p><b>a</b><br><br>b</p>"),
        ("a <b\nclass=\"c\">d</b >", "<p>a <b>d</b></p>"),
    ]);
}

#[test]
fn blocks_become_lines() {
    check(&[
        ("a<br>b<br/>c<BR />\nd", "<p>a<br>b<br>c<br>d</p>"),
        ("a<br><br>b<br>", "<p>a<br><br>b</p>"),
        ("<p>a</p><p>b</p>", "<p>a<br><br>b</p>"),
        ("<div>\n<p>a</p>\n\n</div>", "<p>a</p>"),
        ("a<hr>b", "<p>a<br><br>b</p>"),
        ("<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>c", "<p>• a<br>• b<br><br>c</p>"),
        ("<ol><li>a</li><li>b</li></ol>", "<p>1. a<br>2. b</p>"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "<p>1. a<br>\u{2003}• b<br>2. c</p>"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>",
            "<p>a | b<br>c | d</p>",
        ),
        ("<details open><summary>a</summary>b</details>", "<p>a<br>b</p>"),
        ("| a |\n|---|\n| b<br>c <ul><li>d</li></ul> |", "<table ->(a)(b<br>c <br><br>• d)</table>"),
        ("- a<br>b\n- <p>c</p>", "<ul><li><p>a<br>b</p></li><li><p>c</p></li></list>"),
    ]);
}

#[test]
fn links_and_images_in_html_lead_where_all_links_may() {
    check(&[
        (
            "<a href=\"https://x.example/a?b=1&amp;c=2\">d <b>e</b></a>",
            "<p><a https://x.example/a?b=1&c=2>d <b>e</b></a></p>",
        ),
        ("<A target=_blank HREF = 'https://x.example'>a</A>", "<p><a https://x.example>a</a></p>"),
        ("<a href=https://x.example/b/>a</a>", "<p><a https://x.example/b/>a</a></p>"),
        ("<a href=\"https://x.example\"></a>", "<p><a https://x.example>https://x.example</a></p>"),
        (
            "<a href=\"https://evil.example\">bank.example</a>",
            "<p><a https://evil.example>bank.example</a> (evil.example)</p>",
        ),
        ("<a href=\"javascript:b()\" onclick='c()'>a</a>", "<p>a</p>"),
        ("<a href=\"java&#10;script:b()\">a</a><a name=d>e</a>", "<p>ae</p>"),
        ("<a href=\"https://x.example\">a", "<p>a</p>"),
        (
            "<img src=\"https://x.example/i.png\" alt=\"a &lt;b>\">",
            "<p><a https://x.example/i.png>a <b></a></p>",
        ),
        ("<img src='data:image/png;base64,x' alt=a><img alt>", "<p>a<img alt></p>"),
        (
            "<img src=https://x.example/i.png />",
            "<p><a https://x.example/i.png>https://x.example/i.png</a></p>",
        ),
        (
            "<a href='https://x.example'><img src='https://y.example' alt='a'></a>",
            "<p><a https://x.example>a</a></p>",
        ),
        ("[<a href='https://x.example'>a</a>](https://y.example)", "<p><a https://y.example>a</a></p>"),
    ]);
}

#[test]
fn comments_are_left_out_and_all_else_is_text() {
    check(&[
        ("a<!-- b -->c<!---->d", "<p>acd</p>"),
        ("a <!-- b\nc --> d", "<p>a  d</p>"),
        ("a <!-- b", "<p>a <!-- b</p>"),
        ("List<String> and Map<K, V> and <your name>", "<p>List<String> and Map<K, V> and <your name></p>"),
        ("a < b > c, a <b and c> d, i<b;", "<p>a < b > c, a <b and c> d, i<b;</p>"),
        (
            "<script>a</script><style>b</style><iframe src=x>",
            "<p><script>a</script><style>b</style><iframe src=x></p>",
        ),
        (
            "<svg/onload=a()> <bold> <b-c> <b:d> <!DOCTYPE html>",
            "<p><svg/onload=a()> <bold> <b-c> <b:d> <!DOCTYPE html></p>",
        ),
        ("<b <i>a</i>", "<p><b <em>a</em></p>"),
        ("\\<b>a `<b>` &lt;b&gt;", "<p><b>a <code><b></code> <b></p>"),
        ("```\n<br>\n```", "<pre ><br></pre>"),
    ]);
}
