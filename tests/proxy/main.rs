//! The proxy's HTTP API from the outside: the spawned binary, an upstream that misbehaves, hostile clients.

mod bodies;
mod origins;
mod requests;
mod scene;
mod tokens;
mod wire;
