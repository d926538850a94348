//! Answers of a webhook that are no success: their meaning, as far as n8n's own words are known.

mod forbidden;
mod token;

use reqwest::header::LOCATION;
use url::Url;

use super::credential_kind::CredentialKind;
use crate::client::TimedResponse;
use crate::finding::{Finding, n8n, webhook, workflow};
use crate::n8n_url::is_chat_trigger;

/// Words of servers about a request in clear text on a port with TLS.
const WANTS_TLS: [&str; 2] =
    ["plain HTTP request was sent to HTTPS port", "Client sent an HTTP request to an HTTPS server"];

/// Judges an answer with a status other than 2xx.
pub(super) fn judge(response: &TimedResponse, kind: CredentialKind, url: &Url) -> Finding {
    match response.status {
        300..=399 => redirect(response, url),
        401 if wants_user(response, url) => webhook::chat_users(),
        401 | 403 => forbidden::judge(response, kind),
        404 => not_found(response, url),
        405 => webhook::method("The webhook takes no POST (status 405)"),
        413 => webhook::body_limit(),
        429 => webhook::limited(),
        500..=599 => failure(response),
        status => other(response, status),
    }
}

fn other(response: &TimedResponse, status: u16) -> Finding {
    let body = response.beginning();
    if status == 400 && WANTS_TLS.iter().any(|words| body.contains(words)) {
        webhook::wants_tls()
    } else {
        webhook::status(status)
    }
}

/// Returns `true` for a Chat Trigger that only n8n's own users may call.
fn wants_user(response: &TimedResponse, url: &Url) -> bool {
    let body = response.beginning();
    is_chat_trigger(url) && (body.is_empty() || body.contains("User not authenticated"))
}

fn redirect(response: &TimedResponse, url: &Url) -> Finding {
    let location = response.header(LOCATION);
    let to = location.and_then(|location| url.join(location).ok());
    let is_upgrade = url.scheme() == "http" && to.as_ref().is_some_and(|to| to.scheme() == "https");
    // A reader of the whole address could call the webhook behind it.
    let place = match to {
        Some(to) if to.origin() == url.origin() => "another path there".to_owned(),
        Some(to) => to.origin().ascii_serialization(),
        None => "nowhere".to_owned(),
    };
    let upgrade = if is_upgrade { ", from http to https" } else { "" };
    webhook::redirect(place, upgrade, response.status)
}

/// Judges a 404: no such path, another method, or a workflow that is not active.
fn not_found(response: &TimedResponse, url: &Url) -> Finding {
    let body = response.beginning();
    let is_problem = response.media_type().starts_with("application/problem+json");
    if body.contains("Did you mean to make") {
        webhook::method("The webhook is there, but does not take POST")
    } else if body.contains("is not registered") {
        webhook::not_registered()
    } else if body.is_empty() && is_chat_trigger(url) {
        webhook::chat_private()
    } else if is_problem && body.contains("\"request_id\"") {
        webhook::itself()
    } else {
        webhook::not_found()
    }
}

/// Judges a failure of the workflow (status 5xx), by n8n's words.
fn failure(response: &TimedResponse) -> Finding {
    let (body, status) = (response.beginning(), response.status);
    let has = |words: &str| body.contains(words);
    if has("No Respond to Webhook node found") {
        workflow::no_respond_node(status)
    } else if has("No item to return was found") {
        workflow::no_item(status)
    } else if has("Error in workflow") {
        workflow::failed(format_args!("The webhook fails (status {status}): a node of the workflow failed"))
    } else if has("There was a problem executing") {
        workflow::failed(format_args!(
            "The webhook fails (status {status}): the execution was stopped, perhaps by its time limit"
        ))
    } else if has("Database is not ready") {
        n8n::overloaded(status)
    } else if matches!(status, 502..=504 | 520..=530) {
        // From 520 on they are those of a content delivery network.
        webhook::gateway(status)
    } else {
        webhook::failed(status)
    }
}
