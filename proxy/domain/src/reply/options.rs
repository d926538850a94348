//! The options of reading a reply, from the settings of a site.

use super::speech::Thoughts;

/// The options of a decoder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecoderOptions {
    /// The handling of a model's thoughts.
    pub thoughts: Thoughts,
}
