//! Elements and other nodes, made by calls.
//!
//! Words are always the `textContent` of an element, never a text node of the app's own: a browser's translator takes
//! text nodes out of the document, and Yew would go on writing into them, or fail to find its place beside them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
pub(super) use yew::virtual_dom::AttributeOrProperty::Static as is;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, VComp, VList, VNode, VTag};
use yew::{AttrValue, BaseComponent, Html};

#[wasm_bindgen]
extern "C" {
    /// Returns a time, in milliseconds since 1970, in [`ISO_LENGTH`] characters for machines, and behind them in words for
    /// the visitor: a function of `clock.js`, in the same file as the glue.
    fn clock(at: u64) -> String;
}

/// The length of a time in `<time datetime>`.
const ISO_LENGTH: usize = "1970-01-01T00:00:00.000Z".len();

/// Attributes that never change: data, which costs no code.
pub(super) type Fixed = &'static [(&'static str, AttributeOrProperty)];

/// Makes an element.
pub(super) fn el(tag: &'static str, attributes: Fixed, children: Vec<Html>) -> Html {
    make(tag, Attributes::Static(attributes), children)
}

/// Makes an element that has only a class.
pub(super) fn classed(tag: &'static str, class: &'static str, children: Vec<Html>) -> Html {
    el_with(tag, &["class"], &[class], children)
}

/// Makes an element with attributes whose values are known at run time only, or with words for its `textContent`.
pub(super) fn el_with(
    tag: &'static str,
    names: &'static [&'static str],
    values: &[&str],
    children: Vec<Html>,
) -> Html {
    let value = |(name, value): (&&str, &&str)| match *name {
        "textContent" => Some(property(value)),
        _ => Some(AttributeOrProperty::Attribute(AttrValue::from((*value).to_owned()))),
    };
    let values = names.iter().zip(values).map(value).collect();
    make(tag, Attributes::Dynamic { keys: names, values }, children)
}

/// Makes an element of the widget's own, which draws itself from its properties.
fn own(tag: &'static str, names: &'static [&'static str], values: &[&str]) -> Html {
    let values = values.iter().map(|value| Some(property(value))).collect();
    make(tag, Attributes::Dynamic { keys: names, values }, Vec::new())
}

fn property(value: &str) -> AttributeOrProperty {
    AttributeOrProperty::Property(JsValue::from_str(value))
}

/// The call that `html!` itself makes for any element but fields of forms: less code than Yew's documented ones, and no
/// copy of the name in lower case for each element.
fn make(tag: &'static str, attributes: Attributes, children: Vec<Html>) -> Html {
    let (node, key, listeners) = Default::default();
    let children = list(by_place(children));
    VTag::__new_other(AttrValue::Static(tag), node, key, attributes, listeners, children).into()
}

/// Keys children by place: Yew compares lists without keys from their ends, and makes all anew for one more at the end.
fn by_place(mut children: Vec<Html>) -> Vec<Html> {
    for (at, child) in children.iter_mut().enumerate() {
        let key = match child {
            VNode::VTag(tag) => std::rc::Rc::get_mut(tag).map(|tag| &mut tag.key),
            VNode::VList(list) => std::rc::Rc::get_mut(list).map(|list| &mut list.key),
            _ => None,
        };
        if let Some(key @ None) = key {
            *key = Some(Key::from(at));
        }
    }
    children
}

/// Makes an element that holds words and nothing else.
pub(super) fn of_words(tag: &'static str, words: &str) -> Html {
    el_with(tag, &["textContent"], &[words], Vec::new())
}

/// Shows a time, in milliseconds since 1970.
pub(super) fn time(at: u64) -> Html {
    let told = clock(at);
    let (iso, words) = told.split_at_checked(ISO_LENGTH).unwrap_or_default();
    el_with("time", &["datetime", "textContent"], &[iso, words], Vec::new())
}

/// Shows a whole text in Markdown: `texts.js` draws it.
pub(super) fn prose(markdown: &str) -> Html {
    chat_prose("whole", markdown)
}

/// The same for a text that grows.
pub(super) fn growing_prose(markdown: &str) -> Html {
    chat_prose("", markdown)
}

fn chat_prose(whole: &str, markdown: &str) -> Html {
    own("chat-prose", &["className", "whole", "markdown"], &["prose", whole, markdown])
}

/// Shows the events beside a reply, above it or below it; `took` are the milliseconds of the thoughts, once they are over.
pub(super) fn beside(place: &str, thoughts: &str, took: &str, events: &str) -> Html {
    own("chat-beside", &["className", "thoughts", "took", "events"], &[place, thoughts, took, events])
}

/// Puts words into a `span`.
pub(super) fn text(words: &str) -> Html {
    of_words("span", words)
}

/// Makes one node of several.
pub(super) fn list(nodes: Vec<Html>) -> Html {
    VList::with_children(by_place(nodes), None).into()
}

/// Gives a node a key, by which it is found again among its siblings.
pub(super) fn keyed(key: &str, node: Html) -> Html {
    VList::with_children(vec![node], Some(Key::from(key))).into()
}

/// Makes a component.
pub(super) fn component<C: BaseComponent>(properties: C::Properties, key: Option<Key>) -> Html {
    VComp::new::<C>(std::rc::Rc::new(properties), key).into()
}
