//! Settings: read once at start, all mistakes named at once, typed and fixed afterwards.

pub(crate) mod setting;
pub(crate) mod source;

mod keys;
mod listen;
mod reader;
mod upstream;

use std::fmt::{self, Display};
use std::path::Path;
use std::time::Duration;

use porthole_domain::origin::OriginList;
use porthole_protocol::boot::Appearance;

pub(crate) use keys::{Keys, random_secret};
pub(crate) use listen::Listen;
pub(crate) use source::Source;
pub(crate) use upstream::{UpstreamConfig, WebhookConfig};

use reader::Reader;
use setting::Setting;

/// One thing that is wrong with the settings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    place: String,
    what: String,
}

impl Mistake {
    pub(crate) fn new(setting: &Setting, what: impl Display) -> Self {
        Self {
            place: setting.name.to_owned(),
            what: what.to_string(),
        }
    }

    /// The setting's name, or the file.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The parser's own message repeats the line, which may hold a secret: it stays out.
    fn of_file(path: &Path, error: &dotenvy::Error) -> Self {
        let what = if let dotenvy::Error::Io(error) = error {
            error.to_string()
        } else {
            let line =
                line_of(path, error).map_or_else(|| "a line".to_owned(), |number| format!("line {number}"));
            format!("{line} cannot be read: each is NAME=value, with quotes around spaces, `#` and `$`")
        };
        Self {
            place: path.display().to_string(),
            what,
        }
    }
}

/// The number of the line that the parser could not read.
fn line_of(path: &Path, error: &dotenvy::Error) -> Option<usize> {
    let dotenvy::Error::LineParse(line, _) = error else {
        return None;
    };
    let text = std::fs::read_to_string(path).ok()?;
    let first = line.lines().next()?.trim();
    // The parser names a line, or what stands behind its `=`.
    let at = text.lines().position(|line| line.trim().ends_with(first))?;
    Some(at + 1)
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Which rules hold: those of a machine on the internet, or those of a developer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// `DEBUG=true`.
    Development,
    /// The default.
    Production,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// What is written to the log.
#[derive(Clone, Debug)]
pub(crate) struct LogConfig {
    /// The least severe level that is written.
    pub(crate) level: tracing::Level,
    /// How lines look.
    pub(crate) format: LogFormat,
}

/// The limits of DESIGN §7; zero turns one off.
#[derive(Clone, Debug)]
pub(crate) struct LimitConfig {
    /// Messages a minute and session.
    pub(crate) session_per_minute: u32,
    /// Messages a minute and address.
    pub(crate) address_per_minute: u32,
    /// Messages an hour and address.
    pub(crate) address_per_hour: u32,
    /// Messages a minute and site.
    pub(crate) site_per_minute: u32,
    /// New sessions a minute and address.
    pub(crate) create_per_minute: u32,
    /// Calls a minute and address, refused ones included.
    pub(crate) calls_per_minute: u32,
    /// Replies at once for one address.
    pub(crate) streams_per_address: u32,
    /// Replies at once for one site.
    pub(crate) streams_per_site: u32,
}

/// The rules of messages and sessions.
#[derive(Clone, Debug)]
pub(crate) struct ChatConfig {
    /// Unicode scalar values in a message.
    pub(crate) max_chars: u32,
    /// Turns that reach the workflow where the transcript is the memory.
    pub(crate) history_turns: u32,
    /// How long a finished reply can be joined.
    pub(crate) resume: Duration,
    /// How long a session lives without a message.
    pub(crate) session_idle: Duration,
    /// How long a session lives at most.
    pub(crate) session_max: Duration,
    /// What the panel says and looks like.
    pub(crate) appearance: Appearance,
}

/// Who may read `/metrics`.
#[derive(Clone, Debug)]
pub(crate) struct MetricsConfig {
    /// A port of its own, without a token.
    pub(crate) port: Option<u16>,
    /// The token for the main port.
    pub(crate) token: Option<secrecy::SecretString>,
}

/// Everything that the proxy was told, checked.
#[derive(Debug)]
pub(crate) struct Config {
    /// Development or production rules.
    pub(crate) stage: Stage,
    /// Addresses: our own and those in front of us.
    pub(crate) listen: Listen,
    /// Pages that may show the chat.
    pub(crate) origins: OriginList,
    /// Whether `/` shows the playground.
    pub(crate) playground: bool,
    /// Whether `/chat` is served.
    pub(crate) hosted_page: bool,
    /// Keys and signers.
    pub(crate) keys: Keys,
    /// Who answers.
    pub(crate) upstream: UpstreamConfig,
    /// Limits.
    pub(crate) limits: LimitConfig,
    /// Messages and sessions.
    pub(crate) chat: ChatConfig,
    /// The log.
    pub(crate) log: LogConfig,
    /// Who may read `/metrics`.
    pub(crate) metrics: MetricsConfig,
}

impl Config {
    /// Reads and checks all settings; on failure every mistake is in the list, in the order of [`setting::ALL`].
    pub(crate) fn read(source: &Source) -> Result<Self, Vec<Mistake>> {
        let mut reader = Reader::new(source);
        let config = read(&mut reader);
        let mut mistakes = reader.mistakes;
        let order = |mistake: &Mistake| setting::ALL.iter().position(|known| known.name == mistake.place);
        mistakes.sort_by_key(order);
        config.filter(|_| mistakes.is_empty()).ok_or(mistakes)
    }
}

/// `None` only together with a mistake.
fn read(reader: &mut Reader<'_>) -> Option<Config> {
    let stage = match reader.switch(&setting::DEBUG) {
        Some(true) => Stage::Development,
        _ => Stage::Production,
    };
    let development = stage == Stage::Development;
    refuse_what_does_not_exist_yet(reader);
    // Each part is read before any is missed, so that one mistake does not hide another.
    let listen = listen::read(reader, stage);
    let origins = listen::origins(reader, stage);
    let keys = keys::read(reader, stage);
    let upstream = upstream::read(reader);
    let chat = chat(reader);
    let limits = limits(reader);
    let log = log(reader, stage);
    let metrics = MetricsConfig {
        port: reader.parsed(&setting::METRICS_PORT, "a port from 1 to 65535"),
        token: reader.secret(&setting::METRICS_TOKEN),
    };
    let is_main = |port: &u16| *port != 0 && listen.as_ref().is_some_and(|listen| listen.port == *port);
    if metrics.port.as_ref().is_some_and(is_main) {
        reader.object(
            &setting::METRICS_PORT,
            "the same as API_PORT; it needs a port of its own",
        );
    }
    let playground = reader.switch(&setting::PLAYGROUND).unwrap_or(development);
    let hosted_page = reader.switch(&setting::HOSTED_PAGE).unwrap_or(development);
    Some(Config {
        stage,
        listen: listen?,
        origins: origins?,
        playground,
        hosted_page,
        keys: keys?,
        upstream: upstream?,
        limits,
        chat,
        log,
        metrics,
    })
}

/// A setting that would silently do nothing is worse than one that refuses to start.
fn refuse_what_does_not_exist_yet(reader: &mut Reader<'_>) {
    let only = [
        (
            &setting::DEPLOYMENT_MODE,
            "stateless",
            &["sqlite", "production"][..],
        ),
        (&setting::MEMORY, "workflow", &["transcript"][..]),
        (&setting::SESSION_BINDING, "off", &["auto", "required"][..]),
    ];
    for (setting, there, later) in only {
        let text = reader.text(setting).unwrap_or_default();
        if later.contains(&text.as_str()) {
            reader.object(
                setting,
                format_args!("`{text}` does not exist yet; set `{there}`"),
            );
        } else if text != there {
            reader.object(setting, format_args!("expected `{there}`"));
        }
    }
}

fn limits(reader: &mut Reader<'_>) -> LimitConfig {
    let mut limit = |setting| reader.number(setting, 0..=1_000_000);
    LimitConfig {
        session_per_minute: limit(&setting::RATE_LIMIT_SESSION_PER_MINUTE),
        address_per_minute: limit(&setting::RATE_LIMIT_PER_MINUTE),
        address_per_hour: limit(&setting::RATE_LIMIT_PER_HOUR),
        site_per_minute: limit(&setting::RATE_LIMIT_SITE_PER_MINUTE),
        create_per_minute: limit(&setting::RATE_LIMIT_CREATE_PER_MINUTE),
        calls_per_minute: limit(&setting::RATE_LIMIT_CALLS_PER_MINUTE),
        streams_per_address: limit(&setting::MAX_STREAMS_PER_ADDRESS),
        streams_per_site: limit(&setting::MAX_STREAMS_PER_SITE),
    }
}

fn chat(reader: &mut Reader<'_>) -> ChatConfig {
    let session_idle: u64 = reader.number(&setting::SESSION_IDLE_SECONDS, 60..=31_536_000);
    let session_max: u64 = reader.number(&setting::SESSION_MAX_SECONDS, 60..=31_536_000);
    ChatConfig {
        max_chars: reader.number(&setting::MAX_MESSAGE_CHARS, 1..=100_000),
        history_turns: reader.number(&setting::HISTORY_TURNS, 0..=512),
        resume: Duration::from_secs(reader.number(&setting::RESUME_SECONDS, 0..=3_600)),
        session_idle: Duration::from_secs(session_idle.min(session_max)),
        session_max: Duration::from_secs(session_max),
        appearance: appearance(reader),
    }
}

fn appearance(reader: &mut Reader<'_>) -> Appearance {
    let starters = reader.text(&setting::CHAT_STARTERS).unwrap_or_default();
    let starters: Vec<String> = starters
        .split('|')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect();
    if starters.len() > 4 {
        reader.object(&setting::CHAT_STARTERS, "at most four questions");
    }
    let accent = reader.text(&setting::CHAT_COLOR).unwrap_or_default();
    let is_colour = accent
        .strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if !is_colour {
        reader.object(&setting::CHAT_COLOR, "expected a colour such as #4338ca");
    }
    let disclosure = reader
        .text(&setting::CHAT_DISCLOSURE)
        .filter(|text| text != "none");
    Appearance {
        title: reader.text(&setting::CHAT_TITLE).unwrap_or_default(),
        greeting: reader.text(&setting::CHAT_GREETING).unwrap_or_default(),
        starters,
        disclosure: disclosure.unwrap_or_default(),
        accent,
    }
}

fn log(reader: &mut Reader<'_>, stage: Stage) -> LogConfig {
    let readable = match stage {
        Stage::Development => LogFormat::Text,
        Stage::Production => LogFormat::Json,
    };
    LogConfig {
        level: reader
            .parsed(&setting::LOG_LEVEL, "error, warn, info, debug or trace")
            .unwrap_or(tracing::Level::INFO),
        format: reader
            .choice(
                &setting::LOG_FORMAT,
                &[("json", LogFormat::Json), ("text", LogFormat::Text)],
            )
            .unwrap_or(readable),
    }
}
