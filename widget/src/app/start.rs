//! From the document's script to the running app.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use porthole_protocol::boot::Boot;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Event, EventTarget, MessageEvent, MessagePort, MouseEvent};
use yew::html::Scope;

use super::perform::{Parts, Performer};
use super::{App, Elements, Given, Told};
use crate::composer::{Composer, Gesture};
use crate::conversation::Action;
use crate::port::{Incoming, Keeping, Options, Port};
use crate::scroll::Scroll;
use crate::status::Status;
use crate::storage::{Restored, Store};
use crate::ui::deed;
use crate::{boot, js};

/// Everything that was there before the app.
#[derive(Debug)]
pub(crate) struct Early {
    pub boot: Boot,
    pub scroll: Scroll,
    pub elements: Elements,
    pub composer: Composer,
    status: Status,
    port: Option<MessagePort>,
    options: Options,
    /// The queue of `start.js`, which fills it until the handover.
    queue: Array,
    handover: AbortController,
    name: String,
    store: Rc<Store>,
    restored: RefCell<Restored>,
}

/// Reads what was kept, then mounts the app and takes over from `start.js`.
pub(crate) async fn start(
    given: &JsValue,
    port: Option<MessagePort>,
    queue: Array,
    handover: AbortController,
) -> Result<(), JsValue> {
    let boot = boot::read(given).ok_or("boot")?;
    let options = queue.iter().find_map(|message| match Incoming::read(&message) {
        Some(Incoming::Options(options)) => Some(options),
        _ => None,
    });
    let options = options.ok_or("options")?;
    let name = ["porthole:", &boot.site, ":", &boot.origin].concat();
    let store = Store::new(options.keeping, name.clone());
    let restored = store.load().await;
    let elements = Elements {
        title: js::part("title")?.dyn_into()?,
        new_chat: js::part("new")?,
        close: js::part("close")?,
        notices: js::part("notices")?,
    };
    let composer = Composer::new(usize::try_from(boot.limits.max_chars).unwrap_or(usize::MAX))?;
    let early = Early {
        boot,
        scroll: Scroll::new()?,
        elements,
        composer,
        status: Status::new()?,
        port,
        options,
        queue,
        handover,
        name,
        store: Rc::new(store),
        restored: restored.into(),
    };
    yew::Renderer::<App>::with_root_and_props(
        js::part("thread")?,
        Given {
            early: Rc::new(early),
        },
    )
    .render();
    Ok(())
}

/// Makes the performer of what was there before.
pub(super) fn performer(link: &Scope<App>, early: &Early) -> Rc<Performer> {
    let parts = Parts {
        name: early.name.clone(),
        store: Rc::clone(&early.store),
        port: Port::new(early.port.clone()),
        composer: early.composer.clone(),
        status: early.status.clone(),
        ticket: early.boot.ticket.clone(),
        options: early.options.clone(),
    };
    Performer::new(link.clone(), parts)
}

/// Takes over: listeners first, then what was kept, then what the page and the visitor said meanwhile.
pub(super) fn listen(link: &Scope<App>, performer: &Performer, early: &Early) {
    early.handover.abort();
    listen_to_visitor(link, early);
    listen_to_browser(link);
    let told = link.clone();
    if let Some(port) = &early.port {
        js::listen(port, "message", move |event: MessageEvent| {
            if let Some(message) = Incoming::read(&event.data()) {
                told.send_message(Told::Page(message));
            }
        });
    }
    let Restored {
        session,
        outgoing,
        turns,
    } = early.restored.take();
    let mut actions = vec![Action::Restored {
        turns,
        outgoing,
        session: session.is_some(),
    }];
    if !js::window().navigator().on_line() {
        actions.insert(0, Action::Offline);
    }
    link.send_message(Told::Happened(actions));
    if early.options.keeping == Keeping::Nowhere {
        link.send_message(Told::Forgetful);
    }
    for message in early.queue.iter().filter_map(|message| Incoming::read(&message)) {
        link.send_message(Told::Page(message));
    }
    performer.port().usable();
}

fn listen_to_visitor(link: &Scope<App>, early: &Early) {
    let told = link.clone();
    early
        .composer
        .listen(move |gesture| told.send_message(Told::Composer(gesture)));
    // One listener for everything that Yew draws, in the log and above the composer.
    let (told, origin) = (link.clone(), early.boot.origin.clone());
    let full_page = early.boot.full_page;
    js::listen(&js::document(), "click", move |event: MouseEvent| {
        // On a page of its own no link is the page's own.
        let origin = if full_page { "" } else { &origin };
        if let Some(deed) = deed::read(&event, origin) {
            told.send_message(Told::Clicked(deed));
        }
    });
    on(link, &early.elements.new_chat, "click", || Told::NewChat);
    on(link, &early.elements.close, "click", || {
        Told::Composer(Gesture::Leave)
    });
}

fn listen_to_browser(link: &Scope<App>) {
    let window: EventTarget = js::window().into();
    on(link, &window, "online", || Told::Happened(vec![Action::Online]));
    on(link, &window, "offline", || Told::Happened(vec![Action::Offline]));
    on(link, &window, "pagehide", || Told::Suspended);
    on(link, &window, "pageshow", || Told::Resumed);
}

fn on(link: &Scope<App>, target: &EventTarget, event: &str, told: fn() -> Told) {
    let link = link.clone();
    js::listen(target, event, move |_: Event| link.send_message(told()));
}
