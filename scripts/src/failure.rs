//! A failure that says what to do.

use std::fmt::Display;

/// What went wrong, and what the person at the terminal can do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// What every step returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

/// Gives an error of a library its place and its remedy.
pub(crate) trait OrFail<T> {
    /// Names what was tried, in words that follow "could not", and what to do now.
    fn or_fail(self, tried: &str, remedy: &str) -> Outcome<T>;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, tried: &str, remedy: &str) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("could not {tried}: {error}"), remedy))
    }
}
