//! The frame's own modules as one: one request instead of four, and 0.8 KB less when compressed.

/// Puts modules after one another, each before those that import it, as one module.
///
/// They import only from each other, one line an import, and no name at the top of one stands at the
/// top of another: a browser refuses the whole otherwise, which every test in a browser notices.
pub(crate) fn join(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| module.lines());
    let lines = lines.filter(|line| !(line.starts_with("import {") && line.contains("} from \"./")));
    lines
        .flat_map(|line| [line.strip_prefix("export ").unwrap_or(line), "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn modules_that_import_each_other_become_one() {
        let part = "const own = 1;\nexport function part() {\n  return own;\n}\n";
        let whole = "import { part } from \"./part.js\";\nawait import(\"./app.js\");\npart();\n";
        assert_eq!(
            join(&[part, whole]),
            "const own = 1;\nfunction part() {\n  return own;\n}\nawait import(\"./app.js\");\npart();\n"
        );
    }
}
