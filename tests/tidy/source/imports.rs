//! Imports of a Rust file: `use` declarations, and paths that are written out.

use std::iter::Peekable;
use std::vec::IntoIter;

use proc_macro2::{TokenStream, TokenTree};

type Tokens = Peekable<IntoIter<TokenTree>>;

/// A path, and the name that a `use` binds to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// Nothing for a path within an expression or a type, and for `*`.
    pub(crate) binds: Option<String>,
    pub(crate) line: usize,
}

impl Import {
    /// Reads what follows `use`, up to and without the semicolon.
    pub(super) fn read_use(tokens: &mut Tokens, line: usize) -> Vec<Self> {
        let mut declaration = Vec::new();
        while let Some(token) = tokens.next_if(|token| !is_sign(token, ';')) {
            declaration.push(token);
        }
        let mut found = Vec::new();
        expand(&[], declaration.into_iter().collect(), line, &mut found);
        found
    }

    /// Reads the rest of a path that begins with `first`; nothing where no `::` follows.
    pub(super) fn read_path(first: &str, tokens: &mut Tokens, line: usize) -> Option<Self> {
        let mut path = vec![first.to_owned()];
        while tokens.next_if(|token| is_sign(token, ':')).is_some() {
            tokens.next_if(|token| is_sign(token, ':'))?;
            match tokens.next_if(|token| matches!(token, TokenTree::Ident(_))) {
                Some(word) => path.push(word.to_string()),
                None => break,
            }
        }
        (path.len() > 1).then_some(Self { path, binds: None, line })
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Takes the braces of `a::{b, c as d}` apart.
fn expand(prefix: &[String], tree: TokenStream, line: usize, found: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tree.into_iter().collect();
    for branch in tokens.split(|token| is_sign(token, ',')) {
        let mut path = prefix.to_vec();
        let mut renamed = None;
        let mut is_whole = !branch.is_empty();
        let mut words = branch.iter();
        while let Some(token) = words.next() {
            match token {
                TokenTree::Ident(word) if word == "as" => renamed = words.next().map(ToString::to_string),
                // `a::{self}` is `a`.
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    expand(&path, group.stream(), line, found);
                    is_whole = false;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if is_whole {
            let is_glob = branch.last().is_some_and(|token| is_sign(token, '*'));
            let binds = renamed.or_else(|| path.last().filter(|_| !is_glob).cloned());
            found.push(Import { path, binds, line });
        }
    }
}
