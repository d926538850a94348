//! The harness of the tests from the outside: the real proxy as a process of its own, an
//! upstream that misbehaves on command, a third-party site, and a real browser.
//!
//! Everything here panics where a test should fail, waits for conditions rather than for time, and
//! ends what it started when it is dropped.

mod binary;
pub mod browser;
pub mod client;
mod http;
pub mod proxy;
pub mod site;
pub mod tree;
pub mod upstream;
pub mod wait;
mod webdriver;

pub use browser::Browser;
pub use client::Client;
pub use proxy::Proxy;
pub use site::Site;
pub use upstream::{FakeUpstream, Script};
pub use wait::Signal;
