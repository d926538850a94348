//! The proxy's HTTP API from the outside: the spawned binary, an upstream that misbehaves, hostile clients.

mod bodies;
mod cuts;
mod failures;
mod frame;
mod joins;
mod n8n;
mod origins;
mod repeats;
mod replies;
mod requests;
mod scene;
mod sessions;
mod stops;
mod tokens;
mod wire;
