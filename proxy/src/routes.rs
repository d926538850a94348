//! The table of routes: path, access, methods, bodies and names in the log, each once.
//!
//! The gate reads access and bodies here, the log a name; the application gives each [`Endpoint`] its handler.

use actix_web::http::Method;
use porthole_protocol::path;

/// The callers that may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Any caller; in the API, any of a permitted origin.
    Open,
    /// A caller with a session token.
    Session,
}

/// The body that a request must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// JSON.
    Json,
    /// None: one that comes is read and ignored.
    None,
}

/// The handler of a method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    CreateSession,
    ValidateSession,
    EndSession,
    SendMessage,
    JoinReply,
    StopReply,
    LoadHistory,
    ForgetHistory,
    Rate,
    Export,
    Loader,
    Asset,
    Frame,
    HostedPage,
    VerifyPage,
    Playground,
    PageFile,
    Health,
    Live,
    Ready,
    PacedStream,
    Metrics,
    Jwks,
    TranscriptJwks,
}

/// A method of a route: the body that it carries, and its handler.
type RouteMethod = (Method, BodyKind, Endpoint);

/// A route.
#[derive(Debug)]
pub(crate) struct Route {
    /// The path; a segment in braces is a parameter.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) methods: &'static [RouteMethod],
}

macro_rules! route {
    ($path:expr, $access:ident: $($method:ident $body:ident $endpoint:ident),+) => {
        Route {
            path: $path,
            access: Access::$access,
            methods: &[$((Method::$method, BodyKind::$body, Endpoint::$endpoint)),+],
        }
    };
    ($path:expr, $endpoint:ident) => {
        route!($path, Open: GET None $endpoint, HEAD None $endpoint)
    };
}

/// The metrics, which may also have a port of their own.
pub(crate) const METRICS: Route = route!(path::METRICS, Metrics);

/// All routes; where two match, the first counts.
pub(crate) static ROUTES: &[Route] = &[
    route!(path::SESSION_CREATE, Open: POST Json CreateSession),
    route!(path::SESSION_VALIDATE, Session: GET None ValidateSession),
    route!(path::SESSION_END, Session: POST None EndSession),
    route!(path::CHAT_MESSAGE, Session: POST Json SendMessage),
    route!(path::CHAT_STREAM, Session: POST Json SendMessage),
    route!("/api/v1/chat/message/{message_id}", Session: GET None JoinReply, DELETE None StopReply),
    route!("/api/v1/chat/history/{session_id}", Session: GET None LoadHistory, DELETE None ForgetHistory),
    route!(path::CHAT_FEEDBACK, Session: POST Json Rate),
    route!(path::CHAT_EXPORT, Session: POST Json Export),
    route!(path::WIDGET_JS, Loader),
    route!("/assets/{hash}/{name}", Asset),
    route!(path::FRAME, Frame),
    route!(path::CHAT, HostedPage),
    route!("/chat/{site}", HostedPage),
    route!(path::VERIFY, VerifyPage),
    route!("/", Playground),
    route!("/pages/{name}", PageFile),
    route!(path::HEALTH, Health),
    route!("/health/live", Live),
    route!("/health/ready", Ready),
    route!(path::HEALTH_STREAM, PacedStream),
    METRICS,
    route!("/.well-known/jwks.json", Jwks),
    route!("/.well-known/transcript-jwks.json", TranscriptJwks),
];

impl Route {
    /// Finds the route of a request's path.
    pub(crate) fn find(request_path: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.matches(request_path))
    }

    fn matches(&self, request_path: &str) -> bool {
        let Some((fixed, parameters)) = self.path.split_once('{') else {
            return self.path == request_path;
        };
        request_path.strip_prefix(fixed).is_some_and(|rest| {
            rest.split('/').count() == parameters.split('/').count()
                && rest.split('/').all(|segment| !segment.is_empty())
        })
    }

    /// Returns `true` for the API, whose calls pass the gate.
    pub(crate) fn is_api(&self) -> bool {
        self.path.starts_with(path::API)
    }

    /// The path up to its parameters: the log names no path that a client made up.
    pub(crate) fn log_name(&self) -> &'static str {
        self.path.split_once("/{").map_or(self.path, |(fixed, _)| fixed)
    }

    /// The body that a request of this method carries, or `None` where the route has no such method.
    pub(crate) fn body(&self, method: &Method) -> Option<BodyKind> {
        let mut methods = self.methods.iter();
        methods.find(|(known, ..)| known == method).map(|(_, body, _)| *body)
    }

    /// The methods as `Allow` lists them; the API's answer preflights as well.
    pub(crate) fn allow(&self) -> String {
        let methods = self.methods.iter().map(|(method, ..)| method.as_str());
        let preflight = self.is_api().then_some("OPTIONS");
        methods.chain(preflight).collect::<Vec<_>>().join(", ")
    }
}

/// The name of a request's path in the log, without anything that a client made up.
pub(crate) fn log_name(route: Option<&'static Route>, request_path: &str) -> &'static str {
    match route {
        Some(route) => route.log_name(),
        None if request_path.starts_with(path::API) => path::API,
        None => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_route_with_as_many_segments() {
        for (request_path, name) in [
            ("/api/v1/chat/message", "/api/v1/chat/message"),
            ("/api/v1/chat/message/1", "/api/v1/chat/message"),
            ("/api/v1/chat/message/", path::API),
            ("/api/v1/chat/message/1/2", path::API),
            ("/api/v1/canary", path::API),
            ("/assets/0/widget.css", "/assets"),
            ("/assets/0", "other"),
            ("/chat/shop", "/chat"),
            ("/health/live", "/health/live"),
            ("/canary", "other"),
        ] {
            assert_eq!(log_name(Route::find(request_path), request_path), name, "{request_path}");
        }
    }

    #[test]
    fn allow_lists_the_methods_and_for_the_api_that_of_preflights() {
        let allow = |path| Route::find(path).unwrap().allow();
        assert_eq!(allow("/api/v1/chat/message/1"), "GET, DELETE, OPTIONS");
        assert_eq!(allow("/frame"), "GET, HEAD");
    }
}
