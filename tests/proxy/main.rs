//! The proxy's HTTP API from the outside: the spawned binary, an upstream that misbehaves, hostile clients.

mod bodies;
mod frame;
mod origins;
mod replies;
mod requests;
mod scene;
mod sessions;
mod tokens;
mod wire;
