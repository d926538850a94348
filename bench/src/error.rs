//! The one error of a bench: a sentence for the person at the terminal.

use std::fmt::Display;

/// The reason that a run ends without a report.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BenchError(String);

/// The result of every step.
pub(crate) type BenchResult<T = ()> = Result<T, BenchError>;

impl From<&str> for BenchError {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for BenchError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// An error of a library that becomes a [`BenchError`].
pub(crate) trait Attempt<T> {
    /// Adds the attempt, in words that follow "could not".
    fn attempt(self, to: &str) -> BenchResult<T>;
}

impl<T, E: Display> Attempt<T> for Result<T, E> {
    fn attempt(self, to: &str) -> BenchResult<T> {
        self.map_err(|error| format!("could not {to}: {error}").into())
    }
}

impl<T> Attempt<T> for Option<T> {
    fn attempt(self, to: &str) -> BenchResult<T> {
        self.ok_or_else(|| format!("could not {to}").into())
    }
}
