//! Answers of a webhook that are no success: what they mean, as far as n8n's own words are known.

use url::Url;

use super::address::is_chat_trigger;
use super::exchange::Seen;
use super::finding::Finding;
use super::token;

/// How the webhook is shown who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A token signed with `SESSION_SECRET_KEY`.
    SharedSecret,
    /// A token signed with `WORKFLOW_SIGNING_KEY`.
    OwnKey,
    Basic,
    Header,
    Nothing,
}

impl Way {
    const fn is_token(self) -> bool {
        matches!(self, Self::SharedSecret | Self::OwnKey)
    }
}

/// Judges an answer with a status other than 2xx.
pub(super) fn judge(seen: &Seen, way: Way, url: &Url) -> Finding {
    match seen.status {
        300..=399 => redirect(seen, url),
        401 if wants_a_user(seen, url) => Finding::problem(
            "webhook.chat_users",
            "The Chat Trigger refuses us (status 401): its Authentication is n8n User Auth.",
            "Set it to Basic Auth, and here WEBHOOK_AUTH=basic, WEBHOOK_USER and WEBHOOK_PASSWORD.",
        ),
        401 | 403 => forbidden(seen, way),
        404 => not_found(seen, url),
        405 => Finding::problem(
            "webhook.method",
            "The webhook takes no POST (status 405).",
            "Set the Webhook node's HTTP Method to POST.",
        ),
        413 => Finding::problem(
            "webhook.body_limit",
            "The webhook, or what stands in front of it, finds a small message too large (status 413).",
            "Raise its limit of request bodies to 256 KiB at least.",
        ),
        429 => Finding::problem(
            "webhook.limited",
            "What stands in front of the webhook limits us (status 429).",
            "Except this machine's address there: the limits of visitors are this proxy's.",
        ),
        500..=599 => failure(seen),
        400 if WANTS_TLS.iter().any(|words| seen.beginning().contains(words)) => Finding::problem(
            "webhook.wants_tls",
            "The webhook's port speaks TLS, and N8N_WEBHOOK_URL says http.",
            "Let N8N_WEBHOOK_URL begin with https://.",
        ),
        status => Finding::problem(
            "webhook.status",
            format!("The webhook answers with status {status}; only 2xx is an answer."),
            "Let the workflow's response keep status 200.",
        ),
    }
}

fn wants_a_user(seen: &Seen, url: &Url) -> bool {
    let says = seen.beginning();
    is_chat_trigger(url) && (says.is_empty() || says.contains("User not authenticated"))
}

fn redirect(seen: &Seen, url: &Url) -> Finding {
    let to = seen
        .location
        .as_deref()
        .and_then(|location| url.join(location).ok());
    let to_tls = to
        .as_ref()
        .is_some_and(|to| url.scheme() == "http" && to.scheme() == "https");
    let place = match to {
        // Whoever knows the rest of a webhook's address can call it.
        Some(to) if to.origin() == url.origin() => "another path there".to_owned(),
        Some(to) => to.origin().ascii_serialization(),
        None => "nowhere".to_owned(),
    };
    let how = if to_tls { ", from http to https" } else { "" };
    Finding::problem(
        "webhook.redirect",
        format!(
            "The webhook's address redirects to {place}{how} (status {}); messages do not follow.",
            seen.status
        ),
        "Set N8N_WEBHOOK_URL to the address behind the redirect; where that is a login page, let this machine pass without one.",
    )
}

/// What servers say on a port with TLS to a request without.
const WANTS_TLS: [&str; 2] = [
    "plain HTTP request was sent to HTTPS port",
    "Client sent an HTTP request to an HTTPS server",
];

fn forbidden(seen: &Seen, way: Way) -> Finding {
    let says = seen.beginning();
    let refused = |code, why: &str, remedy: String| {
        Finding::problem(
            code,
            format!("The webhook refuses us (status {}): {why}.", seen.status),
            remedy,
        )
    };
    if is_markup(&says) {
        let remedy =
            "Let what stands in front of the webhook (a bot filter, a login page) pass this machine.";
        return refused(
            "webhook.guarded",
            "with an HTML page, so it is not the workflow that refuses",
            remedy.to_owned(),
        );
    }
    if says.contains("IP is not allowed") {
        return refused(
            "webhook.ip_allowlist",
            "this machine's address is not on the Webhook node's IP allowlist",
            "Add the address of this machine to the node's option IP(s) Allowlist.".to_owned(),
        );
    }
    if says.contains("No token provided") || (says.contains("jwt malformed") && !way.is_token()) {
        return no_token(seen.status, way);
    }
    if says.contains("Authorization data is wrong") || says.contains("Authorization is required") {
        return wrong_data(way, refused);
    }
    if let Some(reason) = way
        .is_token()
        .then(|| token::judge(&reasons(seen), seen.status, way))
        .flatten()
    {
        return reason;
    }
    let (why, remedy) = unexplained(way);
    refused("webhook.refused", why, remedy.to_owned())
}

/// Some say why in the header alone.
fn reasons(seen: &Seen) -> String {
    format!(
        "{}\n{}",
        seen.challenge.as_deref().unwrap_or_default(),
        seen.beginning()
    )
}

/// What a refusal without a known reason is most likely about.
const fn unexplained(way: Way) -> (&'static str, &'static str) {
    match way {
        Way::SharedSecret => (
            "it does not accept our token, and gives no reason that is known here",
            "Compare SESSION_SECRET_KEY with the secret that it checks with, its algorithm with HS256, its `aud` with N8N_WEBHOOK_URL, and the clocks; then look at what stands in front of it.",
        ),
        Way::OwnKey => (
            "it does not accept our token, and gives no reason that is known here",
            "Compare the public key that it checks with with that of `porthole keys`, its algorithm with ES256, its `aud` with N8N_WEBHOOK_URL, and the clocks; then look at what stands in front of it.",
        ),
        Way::Basic | Way::Header => (
            "it does not accept our credentials, and gives no reason that is known here",
            "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with what it expects.",
        ),
        Way::Nothing => (
            "it wants credentials, or does not want this machine, and gives no reason that is known here",
            "Set WEBHOOK_AUTH to what it expects, and look at what stands in front of it.",
        ),
    }
}

fn no_token(status: u16, way: Way) -> Finding {
    if way.is_token() {
        return Finding::problem(
            "jwt.lost",
            format!("The webhook refuses us (status {status}): it got no token, although one was sent."),
            "Let what stands in front of the webhook pass the Authorization header on.",
        );
    }
    Finding::problem(
        "jwt.wanted",
        format!("The webhook refuses us (status {status}): it wants a JWT, and WEBHOOK_AUTH says otherwise."),
        "Set WEBHOOK_AUTH=jwt, and SESSION_SECRET_KEY to the passphrase of n8n's JWT credential.",
    )
}

fn wrong_data(way: Way, refused: impl Fn(&'static str, &str, String) -> Finding) -> Finding {
    match way {
        Way::SharedSecret | Way::OwnKey => refused(
            "webhook.other_auth",
            "it expects Basic or Header Auth and gets a token, or its Ignore Bots option is on",
            "Set the Webhook node's Authentication to JWT Auth, or WEBHOOK_AUTH to basic or header.".to_owned(),
        ),
        Way::Nothing => refused(
            "webhook.other_auth",
            "it expects credentials, or its Ignore Bots option is on",
            "Set WEBHOOK_AUTH to what the Webhook node's Authentication says.".to_owned(),
        ),
        Way::Basic | Way::Header => refused(
            "webhook.wrong_credentials",
            "the credentials are wrong, or of another kind",
            "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with n8n's credential.".to_owned(),
        ),
    }
}

fn not_found(seen: &Seen, url: &Url) -> Finding {
    let says = seen.beginning();
    if says.contains("Did you mean to make") {
        return Finding::problem(
            "webhook.method",
            "The webhook is there, but does not take POST.",
            "Set the Webhook node's HTTP Method to POST.",
        );
    }
    if says.contains("is not registered") {
        return Finding::problem(
            "webhook.not_registered",
            "n8n knows no webhook at this path (status 404): the path is wrong, or the workflow is not active.",
            "Activate (publish) the workflow, and copy the production URL from its Webhook node.",
        );
    }
    if says.is_empty() && is_chat_trigger(url) {
        return Finding::problem(
            "webhook.chat_private",
            "The Chat Trigger answers 404 with nothing: it is not public.",
            "Turn on \"Make Chat Publicly Available\" in the Chat Trigger, with mode Embedded Chat.",
        );
    }
    let kind = seen.media_type.as_deref().unwrap_or_default();
    if kind.starts_with("application/problem+json") && says.contains("\"request_id\"") {
        return Finding::problem(
            "webhook.itself",
            "A proxy such as this one answers at the webhook's address, and no workflow.",
            "Set N8N_WEBHOOK_URL to the workflow's own address.",
        );
    }
    Finding::problem(
        "webhook.not_found",
        "Nothing is at the webhook's path (status 404).",
        "Copy the production URL from the workflow's Webhook node.",
    )
}

/// What n8n says of a workflow that failed: its words, our code, what they mean, the remedy.
const FAILURES: &[(&str, &str, &str, &str)] = &[
    (
        "No Respond to Webhook node found",
        "workflow.no_respond_node",
        "the Webhook node waits for a Respond to Webhook node, and the workflow has none",
        "Add the node, or set the Webhook node's Respond to Streaming or When Last Node Finishes.",
    ),
    (
        "No item to return was found",
        "workflow.no_item",
        "the workflow's last node gave no item",
        "Let the last node return an item with `output`.",
    ),
    (
        "Error in workflow",
        "workflow.failed",
        "a node of the workflow failed",
        "See the last execution in n8n; the node that failed is marked.",
    ),
    (
        "There was a problem executing",
        "workflow.failed",
        "the execution was stopped, perhaps by its time limit",
        "See the last execution in n8n, and the workflow's time limit.",
    ),
    (
        "Database is not ready",
        "n8n.overloaded",
        "n8n does not reach its database, or is overloaded",
        "See n8n's own log and load; UPSTREAM_CONCURRENCY limits what reaches it.",
    ),
];

fn failure(seen: &Seen) -> Finding {
    let says = seen.beginning();
    let status = seen.status;
    if let Some((_, code, why, remedy)) = FAILURES.iter().find(|(words, ..)| says.contains(words)) {
        return Finding::problem(
            code,
            format!("The webhook fails (status {status}): {why}."),
            *remedy,
        );
    }
    match status {
        // From 520 on they are those of a content delivery network.
        502..=504 | 520..=530 => Finding::problem(
            "webhook.gateway",
            format!("What stands in front of the webhook does not reach it in time (status {status})."),
            "Start the workflow's server; where it is slow, raise the time limit of what stands in front.",
        ),
        _ => Finding::problem(
            "webhook.failed",
            format!("The webhook fails (status {status})."),
            "See the last execution of the workflow, and its server's log.",
        ),
    }
}

fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(9).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}
