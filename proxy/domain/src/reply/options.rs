//! The options of reading a reply, from the settings of a site.

use super::answer_path::AnswerPath;
use super::speech::Thoughts;

/// The options of a decoder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecoderOptions {
    /// The handling of a model's thoughts.
    pub thoughts: Thoughts,
    /// The member that holds the answer, where the site names it: then nothing else of JSON is text.
    pub answer_path: Option<AnswerPath>,
    /// The end of the body is the end of the answer, also where its protocol has another: for servers that never say theirs.
    pub is_lenient: bool,
}
