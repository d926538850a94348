//! The bodies, one a parser.

mod action;
mod address;
mod chain;
mod documents;
mod export;
mod headers;
mod keys;
mod markdown;
mod message;
mod origin;
mod page;
mod protocols;
mod reply;
mod settings;
mod sse;
mod token;
mod visible_text;

pub use action::{feedback, history};
pub use address::address;
pub use chain::{proof, transcript};
pub use documents::documents;
pub use export::export;
pub use headers::{accept, bearer, content_type, date, frame_query, host, last_event_id};
pub use keys::{pem, secrets};
pub use markdown::markdown;
pub use message::{create, message_body, message_text, metadata, site};
pub use origin::origin;
pub use page::{markup, policy, template};
pub use protocols::{
    ag_ui, anthropic, assistants, bots, chat_completions, dify, flowise, langflow, langgraph, models,
    responses, ui_stream,
};
pub use reply::reply;
pub use settings::settings;
pub use sse::{event, lines, sse};
pub use token::{session_token, ticket};
pub use visible_text::visible_text;
