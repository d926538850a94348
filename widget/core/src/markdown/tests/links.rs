use super::check;

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
            "<p><a https:evil.example>bank.example</a> (evil.example)</p>",
        ),
        (
            "[bank.example](https:///evil.example)",
            "<p><a https:///evil.example>bank.example</a> (evil.example)</p>",
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
