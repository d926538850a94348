//! The border between the app and the document's scripts: [`exports`] into here, [`imports`] out of here.
//!
//! Objects with named members cross it, and lists as lists. A member has the name of the field that it fills; the test
//! here reads both sides and fails where one changes without the other.

pub mod exports;
pub mod imports;
mod messages;
pub mod record;
#[cfg(test)]
mod tests;
