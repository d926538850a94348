//! Settings of a site: the pages that show the chat, its upstream, its limits and its looks.

use std::time::Duration;

use porthole_domain::clock::UnixTime;
use porthole_domain::origin::OriginList;
use porthole_domain::session::{BindingPolicy, Lifetimes};
use porthole_domain::site::SiteId;
use porthole_domain::transcript::MemoryMode;
use porthole_protocol::boot::Appearance;

use crate::limits::LimitConfig;
use crate::reader::SettingReader;
use crate::setting::{self, ALLOWED_ORIGINS};
use crate::stage::Stage;
use crate::upstream::{self, UpstreamConfig, WebhookProtocol};

/// The longest lifetime of a session in seconds: a year.
const MAX_SESSION_SECONDS: u64 = 31_536_000;
/// The characters of the longest emoji, a family.
const MAX_EMOJI_CHARS: usize = 8;

/// The settings of one site.
#[derive(Debug)]
pub struct SiteConfig {
    /// The site's name in tokens, the frame's address and the workflow's body.
    pub id: SiteId,
    /// Origins of the pages that may show the chat.
    pub origins: OriginList,
    /// The source of answers.
    pub upstream: UpstreamConfig,
    /// Limits.
    pub limits: LimitConfig,
    /// Title, greeting, starters and colour of the panel.
    pub appearance: Appearance,
    /// Lifetimes of a session: idle, and at most.
    pub lifetimes: Lifetimes,
    /// Time for which a finished reply can be joined again.
    pub resume: Duration,
    /// Unicode scalar values in a message.
    pub max_chars: u32,
    /// The keeper of the conversation.
    pub memory: MemoryMode,
    /// The time before which no session token may have been minted.
    pub not_before: UnixTime,
    /// The binding of sessions to keys of their browsers.
    pub binding: BindingPolicy,
    /// `true` where `/chat` shows the chat as a page of its own.
    pub hosted_page: bool,
    /// `true` where visitors may rate replies.
    pub feedback: bool,
}

impl SiteConfig {
    /// Reads every part before any is missed; `None` only together with a mistake.
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Option<Self> {
        let origins = origins(reader, stage);
        let upstream = upstream::read(reader);
        let hosted_page = reader.switch(&setting::HOSTED_PAGE);
        let limits = LimitConfig::read(reader);
        let appearance = appearance(reader);
        let lifetimes = lifetimes(reader);
        let resume = reader.number(&setting::RESUME_SECONDS, 0..=3_600);
        let max_chars = reader.number(&setting::MAX_MESSAGE_CHARS, 1..=100_000);
        let memory = memory(reader, upstream.as_ref());
        let not_before = not_before(reader);
        let binding = binding(reader);
        let feedback = reader.switch(&setting::FEEDBACK);
        Some(Self {
            id: SiteId::default(),
            origins: origins?,
            upstream: upstream?,
            limits,
            appearance,
            lifetimes,
            resume: Duration::from_secs(resume),
            max_chars,
            memory,
            not_before,
            binding,
            feedback: feedback?,
            hosted_page: hosted_page.unwrap_or(stage == Stage::Development),
        })
    }
}

fn origins(reader: &mut SettingReader<'_>, stage: Stage) -> Option<OriginList> {
    let entries = reader.list(&ALLOWED_ORIGINS, ',');
    if stage == Stage::Production && entries.iter().any(|entry| entry == "*") {
        reader.reject(&ALLOWED_ORIGINS, "`*` is for development (DEBUG=true) only; list the sites");
    }
    if stage == Stage::Production && entries.iter().any(|entry| entry.ends_with(":*")) {
        reader.reject(&ALLOWED_ORIGINS, "a `*` as port is for development (DEBUG=true) only; list the ports");
    }
    let list = OriginList::parse(entries.iter().map(String::as_str));
    list.map_err(|errors| reader.reject_each(&ALLOWED_ORIGINS, errors)).ok()
}

fn memory(reader: &mut SettingReader<'_>, upstream: Option<&UpstreamConfig>) -> MemoryMode {
    let transcript = MemoryMode::Transcript { turns: reader.number(&setting::HISTORY_TURNS, 0..=512) };
    let words = [("workflow", MemoryMode::Workflow), ("transcript", transcript)];
    let chosen = reader.choice(&setting::MEMORY, &words);
    match upstream {
        Some(UpstreamConfig::Models(_)) => {
            if chosen == Some(MemoryMode::Workflow) {
                reader.reject(
                    &setting::MEMORY,
                    "a model remembers nothing: leave it out beside OPENAI_BASE_URL",
                );
            }
            transcript
        }
        Some(UpstreamConfig::Webhook(webhook)) if webhook.protocol == WebhookProtocol::AgUi => {
            chosen.unwrap_or(transcript)
        }
        Some(UpstreamConfig::Webhook(_) | UpstreamConfig::Docs(_)) | None => {
            chosen.unwrap_or(MemoryMode::Workflow)
        }
    }
}

fn not_before(reader: &mut SettingReader<'_>) -> UnixTime {
    let time = reader.text(&setting::SESSION_NOT_BEFORE).map(|text| UnixTime::parse(&text));
    match time {
        None => UnixTime(0),
        Some(Some(time)) => time,
        Some(None) => {
            reader.reject(&setting::SESSION_NOT_BEFORE, "expected a time such as 2026-01-31T12:00:00Z");
            UnixTime(0)
        }
    }
}

fn binding(reader: &mut SettingReader<'_>) -> BindingPolicy {
    let words =
        [("off", BindingPolicy::Off), ("auto", BindingPolicy::Auto), ("required", BindingPolicy::Required)];
    reader.choice(&setting::SESSION_BINDING, &words).unwrap_or(BindingPolicy::Auto)
}

fn lifetimes(reader: &mut SettingReader<'_>) -> Lifetimes {
    let mut seconds = |setting| Duration::from_secs(reader.number(setting, 60..=MAX_SESSION_SECONDS));
    let idle = seconds(&setting::SESSION_IDLE_SECONDS);
    let max = seconds(&setting::SESSION_MAX_SECONDS);
    Lifetimes { idle: idle.min(max), max }
}

fn appearance(reader: &mut SettingReader<'_>) -> Appearance {
    let disclosure = reader.text(&setting::CHAT_DISCLOSURE);
    Appearance {
        title: reader.text(&setting::CHAT_TITLE).unwrap_or_default(),
        avatar: avatar(reader),
        greeting: reader.text(&setting::CHAT_GREETING).unwrap_or_default(),
        starters: starters(reader),
        disclosure: disclosure.filter(|text| text != "none").unwrap_or_default(),
        accent: accent(reader),
    }
}

fn avatar(reader: &mut SettingReader<'_>) -> String {
    let avatar = reader.text(&setting::CHAT_AVATAR).unwrap_or_default();
    // An emoji is one sign of several characters, joined or followed by a colour of skin.
    let most = if avatar.is_ascii() { 2 } else { MAX_EMOJI_CHARS };
    if avatar.chars().count() > most {
        reader.reject(&setting::CHAT_AVATAR, "expected an emoji, or up to two letters");
    }
    avatar
}

fn starters(reader: &mut SettingReader<'_>) -> Vec<String> {
    let starters = reader.list(&setting::CHAT_STARTERS, '|');
    if starters.len() > 4 {
        reader.reject(&setting::CHAT_STARTERS, "at most four questions");
    }
    starters
}

fn accent(reader: &mut SettingReader<'_>) -> String {
    let accent = reader.text(&setting::CHAT_COLOR).unwrap_or_default();
    let is_colour = accent
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !is_colour {
        reader.reject(&setting::CHAT_COLOR, "expected a colour such as #4338ca");
    }
    accent
}
