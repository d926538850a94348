//! The proxy's HTTP API from the outside: the spawned binary, an upstream that misbehaves, hostile clients.

mod answers;
mod bodies;
mod commands;
mod cuts;
mod drain;
mod failures;
mod frame;
mod joins;
mod limits;
mod log;
mod n8n;
mod operation;
mod origins;
mod raw;
mod repeats;
mod replies;
mod requests;
mod scene;
mod sessions;
mod settings;
mod stops;
mod tokens;
mod wire;
mod workflow;
