//! Declarations of a Rust file, read from its tokens.

use std::iter::Peekable;
use std::str::FromStr;
use std::vec::IntoIter;

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};

use super::imports::Import;

/// The types, functions, modules and imports of a file.
#[derive(Default)]
pub(crate) struct Declarations {
    pub(crate) types: Vec<Named>,
    pub(crate) functions: Vec<Function>,
    pub(crate) modules: Vec<String>,
    /// Modules in files of their own that only tests compile.
    pub(crate) test_modules: Vec<String>,
    /// Imports of production code, and paths that it writes out.
    pub(crate) imports: Vec<Import>,
    /// The line of the first `#[cfg(test)]`.
    pub(crate) tests_begin: Option<usize>,
    /// `true` while an item is read that only tests compile.
    is_in_test: bool,
}

/// A declared name and its line.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// A function with a body.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
}

/// The surroundings of a token.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Module,
    /// An `impl` or `trait`: `type` names no type of its own here.
    Associated,
}

impl Declarations {
    /// Reads a file.
    pub(crate) fn parse(text: &str) -> Result<Self, LexError> {
        let mut found = Self::default();
        found.read(TokenStream::from_str(text)?, Within::Module);
        Ok(found)
    }

    fn read(&mut self, tokens: TokenStream, within: Within) {
        let mut tokens = tokens.into_iter().collect::<Vec<_>>().into_iter().peekable();
        let mut item = Item::default();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.read_group(&group, &mut item, within),
                TokenTree::Punct(sign) if sign.as_char() == ';' => item = Item::default(),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                TokenTree::Ident(word) => {
                    let line = word.span().start().line;
                    self.read_word(&word.to_string(), line, &mut tokens, &mut item, within);
                }
            }
        }
    }

    fn read_word(
        &mut self,
        word: &str,
        line: usize,
        tokens: &mut Peekable<IntoIter<TokenTree>>,
        item: &mut Item,
        within: Within,
    ) {
        let next = match tokens.peek() {
            Some(TokenTree::Ident(next)) => Some(next.to_string()),
            _ => None,
        };
        match (word, next) {
            ("struct" | "enum" | "trait" | "union", Some(name)) => {
                item.is_associated |= word == "trait";
                self.types.push(Named { name, line });
            }
            ("type", Some(name)) if within == Within::Module => self.types.push(Named { name, line }),
            ("fn", Some(name)) => item.function = Some(Named { name, line }),
            ("impl", _) if item.function.is_none() => item.is_associated = true,
            ("mod", Some(name)) => item.module = Some(name),
            ("use", _) => {
                let imports = Import::read_use(tokens, line);
                self.keep(imports, item);
            }
            _ => {
                let import = Import::read_path(word, tokens, line);
                self.keep(import, item);
            }
        }
        let ends_module = matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == ';');
        if word != "mod"
            && ends_module
            && let Some(name) = item.module.take()
        {
            let modules = if item.is_test { &mut self.test_modules } else { &mut self.modules };
            modules.push(name);
        }
    }

    fn keep(&mut self, imports: impl IntoIterator<Item = Import>, item: &Item) {
        if !self.is_in_test && !item.is_test {
            self.imports.extend(imports);
        }
    }

    fn read_group(&mut self, group: &Group, item: &mut Item, within: Within) {
        let is_cfg_test = group.delimiter() == Delimiter::Bracket
            && group.stream().to_string().replace(' ', "") == "cfg(test)";
        if is_cfg_test {
            item.is_test = true;
            let line = group.span_open().start().line;
            self.tests_begin.get_or_insert(line);
        }
        let is_body = group.delimiter() == Delimiter::Brace;
        if is_body && let Some(Named { name, line }) = item.function.take() {
            let lines = group.span_close().end().line - line + 1;
            self.functions.push(Function { name, line, lines });
        }
        let inner = if is_body && item.is_associated { Within::Associated } else { Within::Module };
        let was_in_test = self.is_in_test;
        self.is_in_test |= item.is_test;
        self.read(group.stream(), if is_body { inner } else { within });
        self.is_in_test = was_in_test;
        if is_body {
            *item = Item::default();
        }
    }
}

/// The item that is being read.
#[derive(Default)]
struct Item {
    function: Option<Named>,
    module: Option<String>,
    is_associated: bool,
    is_test: bool,
}
