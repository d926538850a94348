//! The browser's database.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use super::{CHAT, Change, Condition, OUTGOING, Refused, SESSION, TURNS, record};
use crate::js;

/// The version of the tables.
const VERSION: u32 = 1;

/// Whether a database that is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Make,
    Leave,
}

/// One chat's database, opened when it is first needed.
#[derive(Debug)]
pub(super) struct Disk {
    name: String,
    open: RefCell<Option<IdbDatabase>>,
}

impl Disk {
    pub(super) const fn new(name: String) -> Self {
        Self {
            name,
            open: RefCell::new(None),
        }
    }

    /// Whether there is a database.
    pub(super) async fn exists(&self) -> bool {
        self.database(Missing::Leave).await.is_some()
    }

    /// One value; `None` where there is none.
    pub(super) async fn get(&self, table: &str, key: &str) -> Option<JsValue> {
        let transaction = self
            .transaction(Missing::Leave, IdbTransactionMode::Readonly)
            .await?;
        let request = transaction.object_store(table).ok()?.get(&key.into()).ok()?;
        result(&request).await.filter(JsValue::is_object)
    }

    /// Session, outgoing message and turns.
    pub(super) async fn read_all(&self) -> Option<[JsValue; 3]> {
        let transaction = self
            .transaction(Missing::Leave, IdbTransactionMode::Readonly)
            .await?;
        let chat = transaction.object_store(CHAT).ok()?;
        // All three are asked for before the first answer, so that the transaction stays open.
        let session = chat.get(&SESSION.into()).ok()?;
        let outgoing = chat.get(&OUTGOING.into()).ok()?;
        let turns = transaction.object_store(TURNS).ok()?.get_all().ok()?;
        let asked = [settled(&session), settled(&outgoing), settled(&turns)];
        for answer in asked {
            JsFuture::from(answer).await.ok()?;
        }
        Some([
            session.result().ok()?,
            outgoing.result().ok()?,
            turns.result().ok()?,
        ])
    }

    /// Makes changes in one transaction.
    pub(super) async fn change(&self, changes: Vec<Change>, condition: Condition<'_>) -> Result<(), Refused> {
        let transaction = self
            .transaction(Missing::Make, IdbTransactionMode::Readwrite)
            .await
            .ok_or(Refused)?;
        if !holds(&transaction, condition).await? {
            return Ok(());
        }
        for change in changes {
            make(&transaction, change).map_err(|_| Refused)?;
        }
        complete(&transaction).await
    }

    async fn transaction(&self, missing: Missing, mode: IdbTransactionMode) -> Option<IdbTransaction> {
        let tables = Array::of2(&CHAT.into(), &TURNS.into());
        let begin = |database: &IdbDatabase| {
            database
                .transaction_with_str_sequence_and_mode(&tables, mode)
                .ok()
        };
        // A browser may have closed the database meanwhile, as when the visitor clears the site's storage.
        if let Some(transaction) = self.open.borrow().as_ref().and_then(begin) {
            return Some(transaction);
        }
        begin(&self.database(missing).await?)
    }

    async fn database(&self, missing: Missing) -> Option<IdbDatabase> {
        let factory = js::window().indexed_db().ok()??;
        let database = open(&factory, &self.name, missing).await?;
        self.open.replace(Some(database.clone()));
        Some(database)
    }
}

/// Reads inside the same transaction, so that nobody comes in between.
async fn holds(transaction: &IdbTransaction, condition: Condition<'_>) -> Result<bool, Refused> {
    let key = match condition {
        Condition::Always => return Ok(true),
        Condition::Newer(_) => SESSION,
        Condition::Outgoing(_) => OUTGOING,
    };
    let request = transaction
        .object_store(CHAT)
        .and_then(|chat| chat.get(&key.into()))
        .map_err(|_| Refused)?;
    let kept = result(&request).await.ok_or(Refused)?;
    Ok(match condition {
        Condition::Always => true,
        Condition::Newer(new) => {
            record::session(&kept).is_none_or(|kept| kept.id != new.id || kept.turn < new.turn)
        }
        Condition::Outgoing(id) => js::text(&kept, "message_id").as_deref() == Some(id),
    })
}

async fn open(factory: &IdbFactory, name: &str, missing: Missing) -> Option<IdbDatabase> {
    let request = factory.open_with_u32(name, VERSION).ok()?;
    let upgrade = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let request = event.target().map(JsCast::unchecked_into::<IdbOpenDbRequest>);
        // Only looking must leave no trace: an aborted upgrade makes no database.
        let _ = request.and_then(|request| match missing {
            Missing::Leave => request.transaction()?.abort().ok(),
            Missing::Make => make_tables(&request),
        });
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database = result(&request).await?;
    database.dyn_into().ok()
}

fn make_tables(request: &IdbOpenDbRequest) -> Option<()> {
    let database: IdbDatabase = request.result().ok()?.dyn_into().ok()?;
    database.create_object_store(CHAT).ok()?;
    database.create_object_store(TURNS).ok()?;
    Some(())
}

fn make(transaction: &IdbTransaction, change: Change) -> Result<IdbRequest, JsValue> {
    let table = |name: &str| -> Result<IdbObjectStore, JsValue> { transaction.object_store(name) };
    match change {
        Change::Put(name, key, value) => table(name)?.put_with_key(&value, &key),
        Change::Delete(name, key) => table(name)?.delete(&key),
        Change::Clear(name) => table(name)?.clear(),
    }
}

async fn result(request: &IdbRequest) -> Option<JsValue> {
    JsFuture::from(settled(request)).await.ok()?;
    request.result().ok()
}

/// Settles when a request does; the promise's own functions are its handlers.
fn settled(request: &IdbRequest) -> Promise {
    Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
}

async fn complete(transaction: &IdbTransaction) -> Result<(), Refused> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(|_| ()).map_err(|_| Refused)
}
