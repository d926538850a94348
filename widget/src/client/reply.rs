//! A reply as it arrives: the body's bytes, pulled one chunk at a time.

use js_sys::Uint8Array;
use porthole_protocol::sse;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use super::{NoAnswer, wire};
use crate::conversation::{Heard, ProblemView};
use crate::js;

/// Milliseconds without a byte after which a connection counts as dead: the proxy pings every 15 s.
const SILENCE_MS: i32 = 40_000;

/// What one pull brought.
#[derive(Debug)]
pub(crate) enum Read {
    /// Events with their ids; perhaps none yet.
    Events(Vec<(Option<u32>, Heard)>),
    /// The body is over, broken or silent.
    Over,
}

/// Reads events off the body of a reply.
#[derive(Debug)]
pub(crate) struct Reader {
    body: ReadableStreamDefaultReader,
    events: sse::Reader,
}

impl Reader {
    /// Takes the body of an answer that began well.
    pub(super) fn open(response: &Response) -> Result<Self, NoAnswer> {
        let unreadable = || NoAnswer::Refused(ProblemView::default());
        // 204: the reply was over and everything of it had been seen.
        let body = response.body().ok_or(NoAnswer::Silence)?;
        let body = ReadableStreamDefaultReader::new(&body).map_err(|_| unreadable())?;
        Ok(Self {
            body,
            events: sse::Reader::default(),
        })
    }

    /// Waits for the next chunk.
    pub(crate) async fn read(&mut self) -> Read {
        let Some(chunk) = self.chunk().await else {
            return Read::Over;
        };
        let mut frames = Vec::new();
        if self.events.push(&chunk, &mut frames).is_err() {
            self.give_up();
            return Read::Over;
        }
        let heard = |frame: &sse::Frame| Some((frame.id.parse().ok(), wire::heard(frame)?));
        Read::Events(frames.iter().filter_map(heard).collect())
    }

    async fn chunk(&self) -> Option<Vec<u8>> {
        let body = self.body.clone();
        let timer = js::after(SILENCE_MS, move || drop(body.cancel()));
        let result = JsFuture::from(self.body.read()).await;
        js::window().clear_timeout_with_handle(timer);
        js::get(&result.ok()?, "value")
            .dyn_into::<Uint8Array>()
            .ok()
            .map(|bytes| bytes.to_vec())
    }

    fn give_up(&self) {
        drop(self.body.cancel());
    }
}
