//! Errors that say what to do.

use std::fmt::Display;

/// A failed command, and its remedy for the person at the terminal.
#[derive(Debug)]
pub(crate) struct TaskError {
    pub(crate) message: String,
    pub(crate) remedy: String,
}

/// The result of every step.
pub(crate) type TaskResult<T = ()> = Result<T, TaskError>;

impl TaskError {
    pub(crate) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

/// An error of a library that becomes a [`TaskError`].
pub(crate) trait ErrorContext<T> {
    /// Adds the attempt, in words that follow "could not", and the remedy.
    fn context(self, attempt: &str, remedy: &str) -> TaskResult<T>;
}

impl<T, E: Display> ErrorContext<T> for Result<T, E> {
    fn context(self, attempt: &str, remedy: &str) -> TaskResult<T> {
        self.map_err(|error| TaskError::new(format!("could not {attempt}: {error}"), remedy))
    }
}
