//! Functions of libraries that the widget never reaches: 4.4 KB less of the panel when compressed.
//!
//! A compiler keeps each function that any value could lead to. The widget makes no value that leads to those here: its
//! elements have no listeners (`clicks.js` reads clicks), no raw HTML and no lists of attributes by name, and nothing
//! in it suspends. Each becomes a trap, so that a test in a browser fails where one is reached after all, and
//! wasm-bindgen leaves out everything that only they use.

use rustc_demangle::demangle;
use walrus::{
    ElementItems, Function, FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module, ValType,
};

/// The names of functions. Each is long and like no other: the compiler merges functions of equal code, and the name that
/// is left stands for all of them.
const NEVER_REACHED: &[&str] = &[
    // Listeners.
    "<yew::dom_bundle::btag::listeners::ListenerRegistration>::register",
    "<yew::dom_bundle::btag::listeners::Registry>::unregister",
    "<yew::dom_bundle::subtree_root::BSubtree>::ensure_handled",
    "<yew::dom_bundle::subtree_root::SubtreeData>::add_listener",
    "<yew::dom_bundle::subtree_root::SubtreeData>::add_listener::{closure#0}",
    "<yew::dom_bundle::subtree_root::EventDescriptor as core::clone::Clone>::clone",
    "<std::collections::hash::map::HashMap<yew::dom_bundle::subtree_root::EventDescriptor, \
     alloc::vec::Vec<alloc::rc::Rc<dyn yew::virtual_dom::listeners::Listener>>>>::entry",
    "<std::collections::hash::map::Entry<yew::dom_bundle::subtree_root::EventDescriptor, \
     alloc::vec::Vec<alloc::rc::Rc<dyn yew::virtual_dom::listeners::Listener>>>>::or_default",
    "<hashbrown::raw::RawTable<(yew::dom_bundle::subtree_root::EventDescriptor, \
     alloc::vec::Vec<alloc::rc::Rc<dyn yew::virtual_dom::listeners::Listener>>)> as core::ops::drop::Drop>::drop",
    "<std::hash::random::RandomState as core::hash::BuildHasher>::hash_one::<&yew::dom_bundle::subtree_root::EventDescriptor>",
    "<yew::dom_bundle::subtree_root::EventDescriptor as core::cmp::PartialEq>::eq",
    // Raw HTML.
    "<yew::virtual_dom::vraw::VRaw as yew::dom_bundle::traits::Reconcilable>::attach",
    "<yew::dom_bundle::braw::BRaw>::detach_bundle",
    // Suspense.
    "<yew::virtual_dom::vsuspense::VSuspense as yew::dom_bundle::traits::Reconcilable>::attach",
    "<yew::html::component::scope::AnyScope>::find_parent_scope::<yew::suspense::component::feat_csr_ssr::BaseSuspense>",
    "<yew::html::component::scope::Scope<yew::suspense::component::feat_csr_ssr::BaseSuspense>>\
     ::send_message::<yew::suspense::component::feat_csr_ssr::BaseSuspenseMsg>",
    "<alloc::rc::Rc<yew::virtual_dom::vsuspense::VSuspense> as yew::utils::RcExt<yew::virtual_dom::vsuspense::VSuspense>>\
     ::unwrap_or_clone",
    // Attributes by name, and copies of nodes.
    "<indexmap::map::IndexMap<implicit_clone::unsync::string::IString, yew::virtual_dom::AttributeOrProperty>>\
     ::get_index_of::<implicit_clone::unsync::string::IString>",
    "<yew::virtual_dom::vnode::VNode as core::clone::Clone>::clone",
];

/// Functions that call a closure, one for each signature. Those of all libraries stand in the table of functions, which
/// only their descriptions look at: JavaScript calls them as exports.
const CLOSURE_CALLS: &str = "wasm_bindgen::convert::closures";

/// Makes traps of the functions that are never reached; call it before wasm-bindgen.
pub(crate) fn trap(module: &mut Module) {
    let is_unreached = |function: &Function| NEVER_REACHED.contains(&name_of(function).as_str());
    let functions = module.funcs.iter_local().map(|(id, _)| id);
    let unreached: Vec<FunctionId> = functions.filter(|id| is_unreached(module.funcs.get(*id))).collect();
    for id in unreached {
        let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        module.funcs.get_mut(id).kind = FunctionKind::Local(new_trap(module, &parameters, &results));
    }
}

/// Removes the calls of closures that no JavaScript uses; call it behind wasm-bindgen, which has read the table.
pub(crate) fn remove_closure_calls(module: &mut Module) {
    let trap = new_trap(module, &[], &[]);
    let trap = module.funcs.add_local(trap);
    for element in module.elements.iter_mut() {
        let ElementItems::Functions(functions) = &mut element.items else { continue };
        for id in functions {
            if name_of(module.funcs.get(*id)).starts_with(CLOSURE_CALLS) {
                *id = trap;
            }
        }
    }
    walrus::passes::gc::run(module);
}

/// Returns a function's name without hashes.
fn name_of(function: &Function) -> String {
    format!("{:#}", demangle(function.name.as_deref().unwrap_or_default()))
}

fn new_trap(module: &mut Module, parameters: &[ValType], results: &[ValType]) -> LocalFunction {
    let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, parameters, results);
    builder.func_body().unreachable();
    builder.local_func(arguments)
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, Module, ValType};

    use super::{NEVER_REACHED, trap};

    #[test]
    fn a_function_that_is_never_reached_becomes_a_trap_and_others_stay() {
        let mut module = Module::default();
        let mut add = |name: &str| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            builder.name(name.to_owned()).func_body().i32_const(1).i32_const(2).drop();
            let argument = module.locals.add(ValType::I32);
            builder.finish(vec![argument], &mut module.funcs)
        };
        let (unreached, other) = (add(NEVER_REACHED[0]), add("main"));
        trap(&mut module);
        let size = |id| module.funcs.get(id).kind.unwrap_local().size();
        assert_eq!((size(unreached), size(other)), (1, 3));
    }
}
