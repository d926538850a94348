use super::check;

#[test]
fn running_text_is_read_as_common_mark_says() {
    check(&[
        ("", ""),
        ("a", "<p>a</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a\r\nb", "<p>a<br>b</p>"),
        ("a  \nb", "<p>a<br>b</p>"),
        ("a\\\nb", "<p>a<br>b</p>"),
        ("a  ", "<p>a</p>"),
        ("*a*", "<p><em>a</em></p>"),
        ("_a_", "<p><em>a</em></p>"),
        ("**a**", "<p><b>a</b></p>"),
        ("__a__", "<p><b>a</b></p>"),
        ("***a***", "<p><em><b>a</b></em></p>"),
        ("**a *b* c**", "<p><b>a <em>b</em> c</b></p>"),
        ("*a **b** c*", "<p><em>a <b>b</b> c</em></p>"),
        ("**a *b***", "<p><b>a <em>b</em></b></p>"),
        ("***a** b*", "<p><em><b>a</b> b</em></p>"),
        ("***a* b**", "<p><b><em>a</em> b</b></p>"),
        ("*a\nb*", "<p><em>a<br>b</em></p>"),
        ("a**b**c", "<p>a<b>b</b>c</p>"),
        ("a*b*c", "<p>a<em>b</em>c</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("a __init__ b", "<p>a <b>init</b> b</p>"),
        ("a__b__c", "<p>a__b__c</p>"),
        ("_a_b_", "<p><em>a_b</em></p>"),
        ("2*3*4", "<p>2*3*4</p>"),
        ("2*x*3", "<p>2*x*3</p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("2*(3+4)*5", "<p>2*(3+4)*5</p>"),
        ("* a*", "<ul><li><p>a*</p></li></list>"),
        ("a * b*", "<p>a * b*</p>"),
        ("**a", "<p>**a</p>"),
        ("a**", "<p>a**</p>"),
        ("*a**", "<p><em>a</em>*</p>"),
        ("**a*", "<p>*<em>a</em></p>"),
        ("*a _b* c_", "<p><em>a _b</em> c_</p>"),
        ("** a **", "<p>** a **</p>"),
        ("**\"a\"**", "<p><b>\"a\"</b></p>"),
        ("“**a.**”", "<p>“<b>a.</b>”</p>"),
        ("**“强调”**后面", "<p><b>“强调”</b>后面</p>"),
        ("这是**“强调”**。", "<p>这是<b>“强调”</b>。</p>"),
        ("(*a*)", "<p>(<em>a</em>)</p>"),
        ("~~a~~", "<p><s>a</s></p>"),
        ("~a~", "<p>~a~</p>"),
        ("~5 to ~6", "<p>~5 to ~6</p>"),
        ("~~a **b**~~", "<p><s>a <b>b</b></s></p>"),
        ("`a`", "<p><code>a</code></p>"),
        ("`*a*`", "<p><code>*a*</code></p>"),
        ("`` a`b ``", "<p><code>a`b</code></p>"),
        ("` `", "<p><code> </code></p>"),
        ("`a", "<p>`a</p>"),
        ("``a`", "<p>``a`</p>"),
        ("`a\nb`", "<p><code>a b</code></p>"),
        ("*a `b*`", "<p>*a <code>b*</code></p>"),
        ("`<b>&amp;`", "<p><code><b>&amp;</code></p>"),
        ("[ `a` and `b", "<p>[ <code>a</code> and `b</p>"),
        ("`a\\`", "<p><code>a\\</code></p>"),
        ("\\*a\\*", "<p>*a*</p>"),
        ("\\`a\\`", "<p>`a`</p>"),
        ("\\a", "<p>\\a</p>"),
        ("\\\\*a*", "<p>\\<em>a</em></p>"),
        ("a\\", "<p>a\\</p>"),
        ("&amp; &lt;b&gt; &quot; &#39; &apos;", "<p>& <b> \" ' '</p>"),
        ("a&nbsp;b", "<p>a\u{a0}b</p>"),
        ("&#8364; &#x20ac; &#0;", "<p>€ € \u{fffd}</p>"),
        ("&; &#; &#x110000; & b", "<p>&; &#; \u{fffd} & b</p>"),
        ("&dagger;&permil;&Delta;&delta; a&lrm;&zwj;b", "<p>†‰Δδ ab</p>"),
        ("9&euro; &ndash; 12&deg;C &copy;&trade;", "<p>9€ – 12°C ©™</p>"),
        (
            "&Eacute;t&eacute; &THORN;&thorn; &times;&divide; &szlig;&yuml; &AElig;&aelig;",
            "<p>Été Þþ ×÷ ßÿ Ææ</p>",
        ),
        ("&larr;&rarr; &prime;&Prime; &OElig;&oelig;", "<p>←→ ′″ Œœ</p>"),
        ("a&shy;b&amp;amp; &unknown; R&D; &–;", "<p>ab&amp; &unknown; R&D; &–;</p>"),
        (
            "`&euro;` [a](https://x.example?a&eacute;)",
            "<p><code>&euro;</code> <a https://x.example?aé>a</a></p>",
        ),
        ("a&#x202e;b&#8203;c", "<p>abc</p>"),
        ("a\u{202e}b\u{200b}c", "<p>abc</p>"),
        ("**Price:**100 and **so**", "<p><b>Price:</b>100 and <b>so</b></p>"),
        ("***Price:***90, ~~was:~~100", "<p><em><b>Price:</b></em>90, <s>was:</s>100</p>"),
        ("2**(3)**4", "<p>2**(3)**4</p>"),
        ("👩\u{200d}👧 می\u{200c}خواهم", "<p>👩\u{200d}👧 می\u{200c}خواهم</p>"),
        ("*****a*****", "<p><em><b><b>a</b></b></em></p>"),
    ]);
}

#[test]
fn formulas_keep_every_sign() {
    check(&[
        ("Let \\(a_1 * b_2 * c\\).", "<p>Let <code>a_1 * b_2 * c</code>.</p>"),
        ("\\[ \\frac{u}{v} \\]", "<p><code>\\frac{u}{v}</code></p>"),
        (
            "$$E = mc^2$$ and $x$, $f(x)=2$.",
            "<p><code>E = mc^2</code> and <code>x</code>, <code>f(x)=2</code>.</p>",
        ),
        ("$$\na \\\\\n=\n- b\n$$\nend", "<pre math>a \\\\\n=\n- b</pre><p>end</p>"),
        ("\\[\n# x\n\\]", "<pre math># x</pre>"),
        ("$5 and $6_000, US$7 or A$8.", "<p>$5 and $6_000, US$7 or A$8.</p>"),
        ("$HOME/$USER_NAME $ $$ $", "<p>$HOME/$USER_NAME $ $$ $</p>"),
        ("\\(see there\\) \\[x\\] \\(open", "<p>(see there) [x] (open</p>"),
        ("`$x$` \\$x$", "<p><code>$x$</code> $x$</p>"),
    ]);
}

#[test]
fn marks_within_marks_have_a_bound() {
    let marks = "**".repeat(40);
    let blocks = super::parse(&format!("{marks}a{marks}"));
    assert!(super::show(&blocks).matches("<b>").count() <= 8);
}
