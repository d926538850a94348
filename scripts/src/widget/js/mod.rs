//! Makes modern JavaScript smaller without understanding it: comments and needless white space go.
//!
//! Nothing is renamed or rewritten, so that nothing can be rewritten wrongly. The minifiers that rename
//! save a seventh more of these few kilobytes and would double what a first `cargo xtask run` compiles.
//! The result is read again and must consist of the same tokens, or the build fails.

mod token;

use std::fmt;

use token::{Kind, Token};

/// Why a script was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum JsError {
    /// A string, comment, template or regular expression that begins here does not end.
    Unterminated { line: usize },
    /// After `}` a slash divides or begins a regular expression, which only a parser can tell.
    AmbiguousSlash { line: usize },
    /// The smaller script is not made of the same tokens: an error in this minifier.
    Changed,
}

impl fmt::Display for JsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unterminated { line } => write!(formatter, "what begins in line {line} does not end"),
            Self::AmbiguousSlash { line } => {
                write!(formatter, "line {line}: a slash after `}}` is not understood")
            }
            Self::Changed => formatter.write_str("the minifier would change this script"),
        }
    }
}

/// Removes comments and the white space between tokens that neither separates nor ends anything.
pub(crate) fn minify(source: &str) -> Result<String, JsError> {
    let tokens = token::read(source)?;
    let small = join(&tokens);
    if significant(&token::read(&small)?).eq(significant(&tokens)) {
        Ok(small)
    } else {
        Err(JsError::Changed)
    }
}

fn significant<'a>(tokens: &'a [Token<'a>]) -> impl Iterator<Item = &'a str> {
    tokens
        .iter()
        .filter(|token| !token.kind.is_blank())
        .map(|token| token.text)
}

/// What stood between two tokens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

fn join(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut gap = Gap::None;
    let mut last: Option<&Token<'_>> = None;
    for token in tokens {
        if token.kind.is_blank() {
            gap = gap.max(if token.text.contains('\n') {
                Gap::Line
            } else {
                Gap::Space
            });
            continue;
        }
        if let Some(last) = last {
            match gap {
                Gap::Line if line_matters(last, token) => out.push('\n'),
                Gap::Line | Gap::Space if would_merge(last, token) => out.push(' '),
                Gap::None | Gap::Space | Gap::Line => {}
            }
        }
        out.push_str(token.text);
        (gap, last) = (Gap::None, Some(token));
    }
    out
}

/// Whether a statement may end at this line break: not where one side cannot stand at a statement's end or start.
fn line_matters(last: &Token<'_>, next: &Token<'_>) -> bool {
    let opens = last.kind == Kind::Mark && "{([,;=*%&|^<>!~?:".contains(last.text);
    let closes = next.kind == Kind::Mark && "})],;.?:".contains(next.text);
    !opens && !closes
}

/// Whether two tokens would be read as others if nothing stood between them.
fn would_merge(last: &Token<'_>, next: &Token<'_>) -> bool {
    match (last.kind, next.kind) {
        (Kind::Word | Kind::Regex, Kind::Word) => true,
        (Kind::Word, Kind::Mark) => next.text == "." && last.text.starts_with(|c: char| c.is_ascii_digit()),
        (Kind::Mark, Kind::Mark | Kind::Regex) => {
            let merging = [("+", '+'), ("-", '-'), ("/", '/'), ("<", '!'), ("-", '>')];
            merging
                .iter()
                .any(|&(left, right)| last.text == left && next.text.starts_with(right))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{JsError, minify};

    #[test]
    fn only_what_carries_no_meaning_goes() {
        let rows = [
            (
                "// why\nconst a = 1;  /* b */ let b = a + +c;",
                "const a=1;let b=a+ +c;",
            ),
            ("return /[/'\"]+/g.test(x)", "return/[/'\"]+/g.test(x)"),
            ("a = b / c / d; e = f[0] / 2 // g", "a=b/c/d;e=f[0]/2"),
            (
                "x = `a  ${ b ? `c // ${d}` : {e: '}'} }  f`;",
                "x=`a  ${ b ? `c // ${d}` : {e: '}'} }  f`;",
            ),
            ("if (x)\n  y++\n++z\nreturn\nw", "if(x)\ny++\n++z\nreturn\nw"),
            (
                "f(\n  a,\n  b,\n)\n  .then((c) => {\n  d?.[0]\n})\ng()",
                "f(a,b,).then((c)=>{d?.[0]})\ng()",
            ),
            (
                "a - -b; c-- > 0; 1 .toFixed(); 'it\\'s' in d",
                "a- -b;c-- >0;1 .toFixed();'it\\'s'in d",
            ),
            (
                "class A { #p = 1; static async *[s]() {} }",
                "class A{#p=1;static async*[s](){}}",
            ),
            ("const é = 'ß — 😀' // é", "const é='ß — 😀'"),
            (
                "case /x/ in y: a ??= b; c = a < !--b",
                "case/x/ in y:a??=b;c=a< !--b",
            ),
            ("const a = {}\n/* x\n */\n;[1].map(f)", "const a={};[1].map(f)"),
        ];
        for (source, expected) in rows {
            assert_eq!(minify(source).as_deref(), Ok(expected), "{source}");
        }
    }

    #[test]
    fn a_script_that_is_already_small_stays_as_it_is() {
        let source =
            "import init,{start}from\"./app.js\";await init();for(const a of b)c(a)\nexport{a as default}";
        assert_eq!(minify(source).as_deref(), Ok(source));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        assert_eq!(minify("a\n'b\n'"), Err(JsError::Unterminated { line: 2 }));
        assert_eq!(minify("\n\n`a ${b}"), Err(JsError::Unterminated { line: 3 }));
        assert_eq!(minify("a /* b"), Err(JsError::Unterminated { line: 1 }));
        assert_eq!(
            minify("if (a) {}\n/b/.test(c)"),
            Err(JsError::AmbiguousSlash { line: 2 })
        );
    }
}
