//! The API's routes as the head gate sees them: methods, and what a call must bring.

use actix_web::http::Method;
use porthole_protocol::path;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Anyone from a permitted origin.
    Open,
    /// Who holds a session token.
    Session,
}

/// What a request must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// JSON.
    Json,
    /// Nothing that anyone reads.
    Ignored,
}

/// One route.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) methods: &'static [(Method, Body)],
    /// The methods as `Allow` lists them.
    pub(super) allow: &'static str,
    pub(super) access: Access,
}

const CREATE: Route = Route {
    methods: &[(Method::POST, Body::Json)],
    allow: "POST, OPTIONS",
    access: Access::Open,
};
const VALIDATE: Route = Route {
    methods: &[(Method::GET, Body::Ignored)],
    allow: "GET, OPTIONS",
    access: Access::Session,
};
const END: Route = Route {
    methods: &[(Method::POST, Body::Ignored)],
    allow: "POST, OPTIONS",
    access: Access::Session,
};
const SEND: Route = Route {
    methods: &[(Method::POST, Body::Json)],
    allow: "POST, OPTIONS",
    access: Access::Session,
};
const REPLY: Route = Route {
    methods: &[(Method::GET, Body::Ignored), (Method::DELETE, Body::Ignored)],
    allow: "GET, DELETE, OPTIONS",
    access: Access::Session,
};
const HISTORY: Route = Route {
    methods: &[(Method::GET, Body::Ignored), (Method::DELETE, Body::Ignored)],
    allow: "GET, DELETE, OPTIONS",
    access: Access::Session,
};
const FEEDBACK: Route = Route {
    methods: &[(Method::POST, Body::Json)],
    allow: "POST, OPTIONS",
    access: Access::Session,
};

impl Route {
    /// The route of a path, or `None` where nothing is served.
    pub(super) fn of(request_path: &str) -> Option<&'static Self> {
        match request_path {
            path::SESSION_CREATE => Some(&CREATE),
            path::SESSION_VALIDATE => Some(&VALIDATE),
            path::SESSION_END => Some(&END),
            path::CHAT_MESSAGE | path::CHAT_STREAM => Some(&SEND),
            path::CHAT_FEEDBACK => Some(&FEEDBACK),
            other if is_below(path::CHAT_MESSAGE, other) => Some(&REPLY),
            other if is_below(path::CHAT_HISTORY, other) => Some(&HISTORY),
            _ => None,
        }
    }

    /// What a request of this method carries, or `None` where the method is not permitted.
    pub(super) fn body(&self, method: &Method) -> Option<Body> {
        self.methods
            .iter()
            .find(|(known, _)| known == method)
            .map(|(_, body)| *body)
    }
}

/// Whether a path is `folder` and one more segment.
fn is_below(folder: &str, path: &str) -> bool {
    let id = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    id.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}
