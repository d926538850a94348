//! The lines and events by which a workflow says something beside its text.

use porthole_protocol::limits::{MAX_NOTICE_CHARS, MAX_TITLE_CHARS};
use porthole_protocol::{Notice, NoticeLevel};
use serde_json::value::RawValue;

use super::error::ReplyError;
use super::line::Recognition;
use super::members::{KnownMembers, MemberName};
use super::output::ReplyOutput;
use super::part::ReplyPart;
use super::sources::{self, within};
use super::steps;

/// Tells if lines and events of this kind are announcements.
pub(super) fn is_announcement(kind: &str) -> bool {
    matches!(
        kind,
        "step" | "suggestions" | "title" | "notice" | "source" | "sources" | "reasoning" | "replace"
    )
}

impl ReplyOutput {
    /// Emits what a line or an event of this kind announces.
    pub(super) fn push_announced(
        &mut self,
        kind: &str,
        source: &str,
        out: &mut Vec<ReplyPart>,
    ) -> Result<Recognition, ReplyError> {
        if !is_announcement(kind) {
            return Ok(Recognition::Unknown);
        }
        match (kind, serde_json::from_str::<&RawValue>(source)) {
            ("step", _) => self.push_step(source, out, steps::announced)?,
            ("suggestions", _) => self.push_suggestions(source, out)?,
            (_, Ok(value)) => self.push_beside(kind, value, out)?,
            (_, Err(_)) => self.count_unknown(),
        }
        Ok(Recognition::Known)
    }

    fn push_beside(
        &mut self,
        kind: &str,
        value: &RawValue,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let members = KnownMembers::parse(value);
        let content = [MemberName::Content, MemberName::Text, MemberName::Message];
        let content = content.iter().find_map(|name| members.get(*name));
        let text = content.and_then(super::members::string);
        match (kind, text) {
            ("title", text) => {
                let title = text.or_else(|| members.string(MemberName::Title));
                self.emit_title(&title.unwrap_or_default(), out)
            }
            ("notice", Some(text)) => {
                let is_warning = members.literal(MemberName::Level) == Some("warning");
                let level = if is_warning { NoticeLevel::Warning } else { NoticeLevel::Info };
                self.emit_notice(&text, level, out)
            }
            ("replace", text) => self.replace_text(&text.unwrap_or_default(), out),
            ("reasoning", Some(_)) => content.map_or(Ok(()), |text| self.push_reasoning(text, out)),
            ("sources", _) => {
                let list = [MemberName::Sources, MemberName::Items, MemberName::Content];
                let list = list.iter().find_map(|name| members.get(*name));
                self.emit_sources(Some(list.unwrap_or(value)), out)
            }
            ("source", text) => {
                let title = members.string(MemberName::Title).or(text);
                let quote = members.string(MemberName::Quote);
                let source = sources::source(title, members.string(MemberName::Url), quote);
                source.map_or(Ok(()), |source| self.emit_source(source, out))
            }
            _ => {
                self.count_unknown();
                Ok(())
            }
        }
    }

    fn emit_title(&mut self, title: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let title = within(title, MAX_TITLE_CHARS);
        if title.is_empty() {
            self.count_unknown();
            return Ok(());
        }
        self.charge(title.len())?;
        out.push(ReplyPart::Title(title));
        Ok(())
    }

    /// Emits a line beside the answer.
    pub(super) fn emit_notice(
        &mut self,
        text: &str,
        level: NoticeLevel,
        out: &mut Vec<ReplyPart>,
    ) -> Result<(), ReplyError> {
        let text = within(text, MAX_NOTICE_CHARS);
        if text.is_empty() {
            return Ok(());
        }
        self.charge(text.len())?;
        out.push(ReplyPart::Notice(Notice { text, level }));
        Ok(())
    }
}
