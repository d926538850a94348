//! The style of an event stream.

/// The way in which a stream is written, as its events have shown.
#[derive(Debug, Default)]
pub(super) struct EventStyle {
    /// The data is plain words, so that what looks like JSON in it is words, too.
    pub(super) words: bool,
    /// The data begins with another `data:`, since a service framed the events of another.
    pub(super) doubled: bool,
}
