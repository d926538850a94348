//! Functions in an order in which each resembles the one before it: 1 KB less of the panel when compressed.
//!
//! A repetition costs a compressor less the nearer it is; walrus only puts the longest function first.

use std::collections::HashSet;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FuncType, FunctionSection, Instruction, Module};
use wasmparser::{CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef};

use super::locals;

type Encoded<T> = Result<T, Error<Infallible>>;

/// The bytes of a function, as its runs of three.
type Runs<'a> = HashSet<&'a [u8]>;

/// Puts the functions of a module into an order in which neighbours are alike, and the locals of each by their use.
pub(crate) fn by_likeness(module: &[u8]) -> Encoded<Vec<u8>> {
    let mut imported = 0;
    let mut runs = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => runs.push(body.as_bytes().windows(3).collect()),
            _ => {}
        }
    }
    let mut ordered = Module::new();
    Ordered::new(imported, order(&runs)).parse_core_module(&mut ordered, Parser::new(0), module)?;
    Ok(ordered.finish())
}

/// Returns places: from the first on, the one most alike of those that are left.
fn order(runs: &[Runs<'_>]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..runs.len()).collect();
    let mut order: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let last = order.last().map(|last| &runs[*last]);
        let likeness = |at: &usize| last.map_or(0, |last| likeness(last, &runs[left[*at]]));
        // Of equals the first.
        let next = (0..left.len()).rev().max_by_key(likeness).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

/// Returns the number of runs that two functions share, weighed by the size of the second.
fn likeness(one: &Runs<'_>, other: &Runs<'_>) -> usize {
    const SCALE: usize = 1 << 16;
    let shared =
        if one.len() < other.len() { one.intersection(other) } else { other.intersection(one) }.count();
    shared * shared * SCALE / other.len().max(1)
}

/// Encodes a module again in another order of its own functions.
struct Ordered {
    imported: u32,
    /// The old place of each function.
    order: Vec<usize>,
    /// The new index of each function, by its old place.
    indices: Vec<u32>,
    /// The number of parameters of each type.
    parameters: Vec<usize>,
    /// The type of each function, by its old place.
    types: Vec<u32>,
    /// The new number of each local of the function at hand.
    locals: Vec<u32>,
}

impl Ordered {
    fn new(imported: u32, order: Vec<usize>) -> Self {
        let mut indices = vec![0; order.len()];
        for (index, old) in (imported..).zip(&order) {
            indices[*old] = index;
        }
        Self { imported, order, indices, parameters: Vec::new(), types: Vec::new(), locals: Vec::new() }
    }
}

impl Reencode for Ordered {
    type Error = Infallible;

    fn function_index(&mut self, old: u32) -> Encoded<u32> {
        let own = old.checked_sub(self.imported).and_then(|place| self.indices.get(place as usize));
        Ok(own.copied().unwrap_or(old))
    }

    fn func_type(&mut self, kind: wasmparser::FuncType) -> Encoded<FuncType> {
        self.parameters.push(kind.params().len());
        utils::func_type(self, kind)
    }

    fn instruction<'a>(&mut self, operator: wasmparser::Operator<'a>) -> Encoded<Instruction<'a>> {
        use wasmparser::Operator::{LocalGet, LocalSet, LocalTee};
        let number = |old: u32| self.locals[old as usize];
        Ok(match operator {
            LocalGet { local_index } => Instruction::LocalGet(number(local_index)),
            LocalSet { local_index } => Instruction::LocalSet(number(local_index)),
            LocalTee { local_index } => Instruction::LocalTee(number(local_index)),
            other => utils::instruction(self, other)?,
        })
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Encoded<()> {
        self.types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for old in &self.order {
            out.function(self.types[*old]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Encoded<()> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for old in self.order.clone() {
            self.locals = locals::by_use(&bodies[old], self.parameters[self.types[old] as usize])?;
            self.parse_function_body(out, bodies[old].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use walrus::ir::Value;
    use walrus::{ExportItem, FunctionBuilder, FunctionKind, Module, ValType};

    use super::{by_likeness, order};

    #[test]
    fn each_function_is_followed_by_the_one_that_is_most_like_it() {
        let texts = ["first of all", "something else", "first of them", "somewhere else"];
        let runs: Vec<_> = texts.iter().map(|text| text.as_bytes().windows(3).collect()).collect();
        assert_eq!(order(&runs), [0, 2, 1, 3]);
    }

    #[test]
    fn a_reordered_module_exports_the_same_functions() {
        let mut module = Module::default();
        let kind = module.types.add(&[], &[]);
        module.add_import_func("glue", "imported", kind);
        for number in [7_i32, 1_000_000, 7, 1_000_001] {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            builder.func_body().i32_const(number).i32_const(number).drop();
            let id = builder.finish(vec![], &mut module.funcs);
            module.exports.add(&format!("{number} {}", id.index()), id);
        }
        let reordered = Module::from_buffer(&by_likeness(&module.emit_wasm()).unwrap()).unwrap();
        assert_eq!(reordered.exports.iter().count(), 4);
        for export in reordered.exports.iter() {
            let ExportItem::Function(id) = export.item else { panic!("{} is no function", export.name) };
            let FunctionKind::Local(function) = &reordered.funcs.get(id).kind else {
                panic!("{} is no own function", export.name)
            };
            let (first, _) = &function.block(function.entry_block()).instrs[0];
            let Value::I32(number) = first.unwrap_const().value else {
                panic!("{} is no number", export.name)
            };
            assert!(export.name.starts_with(&number.to_string()), "{}: {number}", export.name);
        }
    }
}
