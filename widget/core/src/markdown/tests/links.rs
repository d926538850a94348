use super::super::{Document, parse, parse_on_page};
use super::{check, show};

#[test]
fn links_lead_only_where_they_may() {
    check(&[
        ("[a](https://x.example/p)", "<p><a https://x.example/p>a</a></p>"),
        ("[a](http://x.example)", "<p><a http://x.example>a</a></p>"),
        ("[a](mailto:b@x.example)", "<p><a mailto:b@x.example>a</a></p>"),
        ("[a](tel:+49123)", "<p><a tel:+49123>a</a></p>"),
        ("[a](HTTPS://x.example)", "<p><a HTTPS://x.example>a</a></p>"),
        ("[a](https://x.example \"title\")", "<p><a https://x.example>a</a></p>"),
        ("[a](https://x.example 'ti)tle')", "<p><a https://x.example>a</a></p>"),
        ("[a]( https://x.example )", "<p><a https://x.example>a</a></p>"),
        ("[a](<https://x.example/b c>)", "<p><a https://x.example/b%20c>a</a></p>"),
        ("[a](https://x.example/(b)c)", "<p><a https://x.example/(b)c>a</a></p>"),
        ("[a](https://x.example/\\))", "<p><a https://x.example/)>a</a></p>"),
        ("[a](https://x.example?a=1&amp;b=2)", "<p><a https://x.example?a=1&b=2>a</a></p>"),
        ("[**a** `b`](https://x.example)", "<p><a https://x.example><b>a</b> <code>b</code></a></p>"),
        ("**[a](https://x.example)**", "<p><b><a https://x.example>a</a></b></p>"),
        ("*a [b* c](https://x.example)", "<p>*a <a https://x.example>b* c</a></p>"),
        ("[a [b] c](https://x.example)", "<p><a https://x.example>a [b] c</a></p>"),
        ("[a `]` b](https://x.example)", "<p><a https://x.example>a <code>]</code> b</a></p>"),
        ("[a\\]b](https://x.example)", "<p><a https://x.example>a]b</a></p>"),
        ("[](https://x.example)", "<p><a https://x.example>https://x.example</a></p>"),
    ]);
}

#[test]
fn an_address_that_may_not_be_followed_is_shown_as_its_words() {
    check(&[
        ("[a](javascript:alert(1))", "<p>a</p>"),
        ("[a](JaVaScRiPt:alert(1))", "<p>a</p>"),
        ("[a](java&#10;script:alert(1))", "<p>a</p>"),
        ("[a](\u{1}javascript:alert(1))", "<p>a</p>"),
        ("[a](&#106;avascript:alert(1))", "<p>a</p>"),
        ("[a](data:text/html,x)", "<p>a</p>"),
        ("[a](vbscript:x)", "<p>a</p>"),
        ("[a](file:///etc/passwd)", "<p>a</p>"),
        ("[a](//x.example)", "<p>a</p>"),
        ("[a](/path)", "<p>a</p>"),
        ("[a](https:)", "<p>a</p>"),
        ("[a](ht\u{200b}tps://x.example)", "<p><a https://x.example>a</a></p>"),
        ("[a](<ht&#9;tps://x.example>)", "<p><a https://x.example>a</a></p>"),
        ("[a](https://x.example", "<p>[a](<a https://x.example>https://x.example</a></p>"),
        ("[a](b c)", "<p>[a](b c)</p>"),
        ("[a] (b)", "<p>[a] (b)</p>"),
        ("[a][b]", "<p>[a][b]</p>"),
        ("[a", "<p>[a</p>"),
        ("a]", "<p>a]</p>"),
        ("![alt](https://x.example/i.png)", "<p><a https://x.example/i.png>alt</a></p>"),
        ("![](https://x.example/i.png)", "<p><a https://x.example/i.png>https://x.example/i.png</a></p>"),
        ("![alt](data:image/png;base64,x)", "<p>alt</p>"),
        ("[![alt](https://i.example/i.png)](https://x.example)", "<p><a https://x.example>alt</a></p>"),
        ("wow![", "<p>wow![</p>"),
    ]);
}

#[test]
fn addresses_in_the_text_are_links() {
    check(&[
        ("<https://x.example>", "<p><a https://x.example>https://x.example</a></p>"),
        ("<a@x.example>", "<p><a mailto:a@x.example>a@x.example</a></p>"),
        ("<javascript:x>", "<p><javascript:x></p>"),
        ("<https://x y>", "<p><<a https://x>https://x</a> y></p>"),
        (
            "see https://x.example/a_b_c.",
            "<p>see <a https://x.example/a_b_c>https://x.example/a_b_c</a>.</p>",
        ),
        ("(https://x.example)", "<p>(<a https://x.example>https://x.example</a>)</p>"),
        ("https://x.example/(a)", "<p><a https://x.example/(a)>https://x.example/(a)</a></p>"),
        ("**https://x.example**", "<p><b><a https://x.example>https://x.example</a></b></p>"),
        ("*https://x.example*", "<p><em><a https://x.example>https://x.example</a></em></p>"),
        ("www.x.example!", "<p><a http://www.x.example>www.x.example</a>!</p>"),
        ("www.x", "<p>www.x</p>"),
        ("请看https://x.example。好", "<p>请看<a https://x.example>https://x.example</a>。好</p>"),
        ("xhttps://x.example", "<p>xhttps://x.example</p>"),
        ("https://", "<p>https://</p>"),
        ("https", "<p>https</p>"),
        ("ftp://x.example", "<p>ftp://x.example</p>"),
        ("`https://x.example`", "<p><code>https://x.example</code></p>"),
        ("HTTP://X.example", "<p><a HTTP://X.example>HTTP://X.example</a></p>"),
    ]);
}

#[test]
fn the_real_host_is_shown_where_the_words_name_another() {
    check(&[
        ("[x.example](https://x.example/p)", "<p><a https://x.example/p>x.example</a></p>"),
        ("[www.x.example](https://x.example)", "<p><a https://x.example>www.x.example</a></p>"),
        (
            "[bank.example](https://evil.example)",
            "<p><a https://evil.example>bank.example</a> (evil.example)</p>",
        ),
        (
            "[Log in at https://bank.example/a now](https://evil.example)",
            "<p><a https://evil.example>Log in at https://bank.example/a now</a> (evil.example)</p>",
        ),
        (
            "[a](https://bank.example@evil.example/)",
            "<p><a https://bank.example@evil.example/>a</a> (evil.example)</p>",
        ),
        (
            "https://bank.example@evil.example/",
            "<p><a https://bank.example@evil.example/>https://bank.example@evil.example/</a> (evil.example)</p>",
        ),
        (
            "[a](https://evil.example\\@bank.example)",
            "<p><a https://evil.example@bank.example>a</a> (bank.example)</p>",
        ),
        (
            "[bank.example](https://evil.example\\\\@bank.example)",
            "<p><a https://evil.example\\@bank.example>bank.example</a> (evil.example)</p>",
        ),
        (
            "[bank.example](https:evil.example)",
            "<p><a https://evil.example>bank.example</a> (evil.example)</p>",
        ),
        (
            "[bank.example](https:///evil.example)",
            "<p><a https://evil.example>bank.example</a> (evil.example)</p>",
        ),
        ("[x.example](https://X.example:8443/)", "<p><a https://X.example:8443/>x.example</a></p>"),
        ("[apple.com](https://аpple.com)", "<p><a https://аpple.com>apple.com</a> (xn--pple-43d.com)</p>"),
        ("[a](https://bücher.example)", "<p><a https://bücher.example>a</a> (xn--bcher-kva.example)</p>"),
        ("[a](https://例え.テスト)", "<p><a https://例え.テスト>a</a> (xn--r8jz45g.xn--zckzah)</p>"),
        ("[e.g. here](https://x.example)", "<p><a https://x.example>e.g. here</a></p>"),
        (
            "[me@bank.example](mailto:me@evil.example)",
            "<p><a mailto:me@evil.example>me@bank.example</a> (evil.example)</p>",
        ),
        (
            "[me@x.example](mailto:me@x.example?subject=a)",
            "<p><a mailto:me@x.example?subject=a>me@x.example</a></p>",
        ),
    ]);
}

#[test]
fn the_real_host_is_shown_behind_any_run_of_host_characters_that_names_another() {
    let labels = [
        "go:\tbank.example",
        "pay=bank.example",
        "a/bank.example",
        "a:bank.example",
        "$bank.example",
        "a#bank.example",
        "a+bank.example.",
        "👉bank.example",
        "bank\u{ff0e}example",
        "bank\u{2024}example",
        "bank\u{3002}example",
        "bank\u{ff61}example",
        "bank\u{b7}example",
        "https\u{ff1a}\u{ff0f}\u{ff0f}bank.example\u{ff0f}in",
        "ｂａｎｋ．ｅｘａｍｐｌｅ",
        "ｂａｎｋ。ｅｘａｍｐｌｅ",
        "bank.**example**",
        "203.0.113.7",
        "localhost",
        "localhost:8080",
        "банк.рф",
        "x.xn--p1ai",
        "evil.example/bank.example",
        "bank_1.example",
    ];
    for label in labels {
        let shown = show(&parse(&format!("[{label}](https://evil.example/)")));
        assert!(shown.ends_with("</a> (evil.example)</p>"), "{label:?}: {shown}");
    }
    for label in [
        "Ask us. Now",
        "3.5 mm",
        "v1.2.0",
        "e.g. this",
        "你好。请看",
        "a.b",
        "EVIL.example",
        "12.30",
        "Node.js",
    ] {
        let shown = show(&parse(&format!("[{label}](https://evil.example/)")));
        assert!(shown.ends_with("</a></p>"), "{label:?}: {shown}");
    }
    check(&[
        ("[bank.example](tel:+15550100)", "<p><a tel:+15550100>bank.example</a> (+15550100)</p>"),
        ("[Call](tel:+15550100)", "<p><a tel:+15550100>Call</a></p>"),
        (
            "[a@x.example](mailto:a@x.example?cc=b@evil.example)",
            "<p><a mailto:a@x.example?cc=b@evil.example>a@x.example</a> (a@x.example?cc=b@evil.example)</p>",
        ),
        (
            "[Mail](mailto:b@evil.example,a@x.example)",
            "<p><a mailto:b@evil.example,a@x.example>Mail</a> (b@evil.example,a@x.example)</p>",
        ),
        (
            "[Mail](mailto:a@x.example?subject=b&body=c)",
            "<p><a mailto:a@x.example?subject=b&body=c>Mail</a></p>",
        ),
    ]);
}

#[test]
fn names_of_files_are_no_hosts() {
    check(&[
        ("[Plan.pdf](https://x.example/f/Plan.pdf)", "<p><a https://x.example/f/Plan.pdf>Plan.pdf</a></p>"),
        (
            "[`app.toml`](https://x.example/get?n=3)",
            "<p><a https://x.example/get?n=3><code>app.toml</code></a></p>",
        ),
        ("[all.tar.gz](https://x.example/d)", "<p><a https://x.example/d>all.tar.gz</a></p>"),
        ("[go.sh](https://x.example/go.sh)", "<p><a https://x.example/go.sh>go.sh</a></p>"),
        ("[go.sh](https://x.example/)", "<p><a https://x.example/>go.sh</a> (x.example)</p>"),
        (
            "[bank.example](https://x.example/bank.example)",
            "<p><a https://x.example/bank.example>bank.example</a> (x.example)</p>",
        ),
    ]);
}

#[test]
fn odd_destinations_are_what_their_writer_meant() {
    check(&[
        ("[a](https://x.example/b c.pdf)", "<p><a https://x.example/b%20c.pdf>a</a></p>"),
        ("[a](https://x.example/b c (1).pdf)", "<p><a https://x.example/b%20c%20(1).pdf>a</a></p>"),
        ("[a](https://x.example/b c \"t\")", "<p><a https://x.example/b%20c>a</a></p>"),
        ("[a](https://x.example \"the \\\"b\\\" c\")", "<p><a https://x.example>a</a></p>"),
        ("[a](https://x.example (title))", "<p><a https://x.example>a</a></p>"),
        ("[a](www.x.example/b)", "<p><a http://www.x.example/b>a</a></p>"),
        ("[a](me@x.example \"t\")", "<p><a mailto:me@x.example>a</a></p>"),
        (
            "[a](mailto:me@x.example?subject=Lamp 7 broke)",
            "<p><a mailto:me@x.example?subject=Lamp%207%20broke>a</a></p>",
        ),
        (
            "https://x.example/?a=1&amp;b=2",
            "<p><a https://x.example/?a=1&b=2>https://x.example/?a=1&b=2</a></p>",
        ),
        ("[ ](https://x.example)", "<p><a https://x.example>https://x.example</a></p>"),
        (
            "[![](https://x.example/i.png)](https://x.example/)",
            "<p><a https://x.example/>https://x.example/</a></p>",
        ),
        ("[a](https://x.example/b_(c) d", "<p><a https://x.example/b_(c)>a</a> d</p>"),
        ("[a](https://x.example b\nc)", "<p>[a](<a https://x.example>https://x.example</a> b<br>c)</p>"),
    ]);
}

#[test]
fn what_no_browser_can_follow_is_text() {
    for host in
        ["_@.1", ".", "@", "a..b", "1.2.3", "1.2.3.256", "a:b", "a:123456", "[::1", "a%41.example", "x.0"]
    {
        let text = format!("http://{host}");
        assert_eq!(show(&parse(&text)), format!("<p>{text}</p>"));
        assert_eq!(show(&parse(&format!("[a]({text})"))), "<p>a</p>");
    }
    for host in ["1.2.3.4", "[::1]", "a_b.example", "a", "x.example:80", "x.example."] {
        let link = format!("<p><a http://{host}/>b</a></p>");
        assert_eq!(show(&parse(&format!("[b](http://{host}/)"))), link);
    }
}

#[test]
fn addresses_of_mail_in_the_text_are_links() {
    check(&[
        ("to ada@x.example.", "<p>to <a mailto:ada@x.example>ada@x.example</a>.</p>"),
        ("(a.b_c+d@x-y.example)", "<p>(<a mailto:a.b_c+d@x-y.example>a.b_c+d@x-y.example</a>)</p>"),
        ("ada.love@x.example", "<p><a mailto:ada.love@x.example>ada.love@x.example</a></p>"),
        ("**ada@x.example**", "<p><b><a mailto:ada@x.example>ada@x.example</a></b></p>"),
        ("写信给ada@x.example。谢谢", "<p>写信给<a mailto:ada@x.example>ada@x.example</a>。谢谢</p>"),
        ("mailto:ada@x.example", "<p>mailto:<a mailto:ada@x.example>ada@x.example</a></p>"),
        ("[ada@x.example](https://x.example)", "<p><a https://x.example>ada@x.example</a></p>"),
        ("`ada@x.example`", "<p><code>ada@x.example</code></p>"),
        (
            "logo@2x.png lib@1.2.3 me@home @x.example ada@",
            "<p>logo@2x.png lib@1.2.3 me@home @x.example ada@</p>",
        ),
        ("zoë@x.example ada@x.exämple", "<p>zoë@x.example ada@x.exämple</p>"),
    ]);
}

#[test]
fn relative_links_lead_to_the_page_that_shows_the_chat() {
    let shown = |text: &str| show(&parse_on_page("https://x.example:8443/shop/lamps?a=/b#/c", text));
    let cases = [
        ("/help", "https://x.example:8443/help"),
        ("/", "https://x.example:8443/"),
        ("returns.html", "https://x.example:8443/shop/returns.html"),
        ("./a", "https://x.example:8443/shop/./a"),
        ("../a?b=c:d", "https://x.example:8443/shop/../a?b=c:d"),
        ("lamps/7", "https://x.example:8443/shop/lamps/7"),
        ("/lamps/data sheet.pdf", "https://x.example:8443/lamps/data%20sheet.pdf"),
    ];
    for (to, href) in cases {
        assert_eq!(shown(&format!("[a]({to})")), format!("<p><a {href}>a</a></p>"));
    }
    let nowhere = [
        "//evil.example",
        "/\\evil.example",
        "#a",
        "?a",
        "a",
        "evil.example/a",
        "javascript:alert(1)",
        "java/x:y",
        "x:/a",
        "",
    ];
    for to in nowhere {
        assert_eq!(shown(&format!("[a]({to})")), "<p>a</p>", "{to:?}");
    }
    assert_eq!(
        shown("[bank.example](/a)"),
        "<p><a https://x.example:8443/a>bank.example</a> (x.example)</p>"
    );
    for page in ["", "about:blank", "file:///a/b", "data:text/html,x/", "javascript:/x/"] {
        assert_eq!(show(&parse_on_page(page, "[a](/b)")), "<p>a</p>", "{page:?}");
    }
}

#[test]
fn links_by_name_find_their_definitions() {
    check(&[
        ("[a][g] b\n\n[g]: https://x.example \"t\"", "<p><a https://x.example>a</a> b</p>"),
        (
            "[g]: https://x.example\n[h]: <https://y.example>\n[a][G] [h][] [h]",
            "<p><a https://x.example>a</a> <a https://y.example>h</a> <a https://y.example>h</a></p>",
        ),
        ("[a\nb]\n\n[A B]: https://x.example 't'", "<p><a https://x.example>a<br>b</a></p>"),
        ("see [1].\n[1]: https://x.example", "<p>see <a https://x.example>1</a>.</p>"),
        ("![a][i]\n\n[i]: https://x.example/i.png (t)", "<p><a https://x.example/i.png>a</a></p>"),
        ("[a][g]\n\n[g]: https://x.example\n[g]: https://y.example", "<p><a https://x.example>a</a></p>"),
        ("- [a][g]\n\n[g]: https://x.example", "<ul><li><p><a https://x.example>a</a></p></li></list>"),
        ("> [a][g]\n>\n> [g]: https://x.example", "<q><p><a https://x.example>a</a></p></q>"),
        ("| [a][g] |\n|-|\n\n[g]: https://x.example", "<table ->(<a https://x.example>a</a>)</table>"),
        (
            "[bank.example][g]\n\n[g]: https://evil.example",
            "<p><a https://evil.example>bank.example</a> (evil.example)</p>",
        ),
        ("[a][g]\n\n[g]: javascript:alert(1)", "<p>a</p>"),
        ("[a][g] x[i][j] [b][] [c]", "<p>[a][g] x[i][j] [b][] [c]</p>"),
        ("a\n\n[//]: # (a remark)", "<p>a</p>"),
        (
            "- [g]: https://x.example",
            "<ul><li><p><a https://x.example>g</a>: <a https://x.example>https://x.example</a></p></li></list>",
        ),
        ("[Note]: soon\n\n[12:30]: open now", "<p>[Note]: soon</p><p>[12:30]: open now</p>"),
        (
            "[g]: https://x.example is where we are",
            "<p>[g]: <a https://x.example>https://x.example</a> is where we are</p>",
        ),
        ("```\n[g]: https://x.example\n```", "<pre >[g]: https://x.example</pre>"),
    ]);
}

#[test]
fn footnotes_have_a_mark_and_stand_at_the_end() {
    check(&[
        (
            "Two years[^1].\n\n[^1]: See [it](https://x.example).\n\nMore.",
            "<p>Two years<sup>1</sup>.</p><p>More.</p><note><sup>1</sup> See <a https://x.example>it</a>.</note>",
        ),
        (
            "a[^n]\n[^n]: b\nc\n[^2]: d",
            "<p>a<sup>n</sup></p><note><sup>n</sup> b<br>c</note><note><sup>2</sup> d</note>",
        ),
        ("a[^n] [^a-z] [^] [^a b]", "<p>a[^n] [^a-z] [^] [^a b]</p>"),
        ("a[^1](https://x.example)", "<p>a<a https://x.example>^1</a></p>"),
    ]);
}

#[test]
fn no_source_of_links_by_name_is_seen_while_a_reply_grows() {
    let seen = |text: &str| {
        let mut document = Document::new();
        document.push(text);
        show(document.blocks()) + &show(document.open())
    };
    let text = "Read [the guide][1] or ask[^2].\n\n[1]: https://x.example/g \"Guide\"\n[^2]: In the shop.";
    assert_eq!(seen("Read [the guide][1] "), "<p>Read the guide</p>");
    for end in 32..text.len() {
        let shown = seen(&text[..end]);
        assert!(!shown.contains(['[', ']']), "{end}: {shown}");
    }
}
