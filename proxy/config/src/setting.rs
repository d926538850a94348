//! The one list of settings: names, defaults and help.
//!
//! `.env.example`, the command line's help and the reader of the environment are all made from it.

/// One setting, given by flag, environment or `.env`.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable's name.
    pub name: &'static str,
    /// The value where nothing is set; empty for "not set".
    pub default: &'static str,
    /// `true` for a secret, which may also come from a file named by `…_FILE`.
    pub secret: bool,
    /// Another variable that is read where this one is not set.
    pub fallback: Option<&'static str>,
    /// Effect and unit, for the command line's help and `.env.example`.
    pub help: &'static str,
}

impl Setting {
    /// Returns the long flag of the command line, such as `api-port` for `API_PORT`.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }
}

macro_rules! settings {
    ($($kind:ident $name:ident $(or $fallback:ident)? = $default:literal, $help:literal;)*) => {
        $(
            #[doc = concat!("The setting `", stringify!($name), "`.")]
            pub const $name: Setting = Setting {
                name: stringify!($name),
                default: $default,
                secret: settings!(@secret $kind),
                fallback: settings!(@fallback $($fallback)?),
                help: $help,
            };
        )*

        /// Every setting, in the order of `.env.example`.
        pub const ALL: &[&Setting] = &[$(&$name,)*];
    };
    (@fallback) => { None };
    (@fallback $name:ident) => { Some(stringify!($name)) };
    (@secret plain) => { false };
    (@secret secret) => { true };
}

settings! {
    plain DEBUG = "false", "Development rules: missing secrets and PUBLIC_URL are made up, and `*` is a permitted origin. Never on the open internet.";
    plain DEPLOYMENT_MODE = "stateless", "The store of limits and ended sessions. Only `stateless` (in memory) exists so far.";

    plain API_HOST = "127.0.0.1", "The address to listen on. Behind a container's port mapping: 0.0.0.0.";
    plain API_PORT or PORT = "8000", "The port to listen on; 0 takes a free one, which is printed. Where it is not set, the PORT of a hosting platform is taken.";
    plain PUBLIC_URL = "", "The address under which browsers reach this proxy, such as https://chat.example.com, or a path of the shop's own host, such as https://shop.example/chat. Required unless DEBUG=true.";
    plain TRUSTED_PROXIES = "", "Addresses or networks (CIDR, comma-separated) of load balancers in front, whose Forwarded or X-Forwarded-For is believed.";

    plain ALLOWED_ORIGINS = "", "Origins of the pages that may show the chat, comma-separated: https://shop.example, https://*.example.com. Empty: only this proxy's own pages.";
    plain PLAYGROUND = "", "Shows the page to try the widget on `/`. Default: the value of DEBUG.";
    plain HOSTED_PAGE = "", "Shows the chat as a page of its own on `/chat`, and checks signed transcripts on `/verify`. Default: the value of DEBUG.";

    secret JWT_SECRET_KEY = "", "Signs session tokens and everything else internal. One or more of at least 32 bytes, comma-separated: the first signs, all verify. Make one with `porthole keys`.";
    secret SESSION_SECRET_KEY = "", "Signs the HS256 token that the workflow checks: the text of n8n's JWT credential (passphrase). At least 32 bytes.";
    secret WORKFLOW_SIGNING_KEY = "", "A PEM private key (P-256): workflow tokens are then ES256, and the public half is at /.well-known/jwks.json.";
    secret EXPORT_SIGNING_KEY = "", "Signs transcripts that visitors export: PEM private keys (P-256) of their own, the first signs. The public halves of all are at /.well-known/transcript-jwks.json. Not set: no signed export.";

    plain N8N_WEBHOOK_URL = "", "The workflow's webhook (n8n's production URL, or any HTTP endpoint). Not set: answers come from OPENAI_BASE_URL, AG_UI_URL or DOCS_DIR.";
    plain WEBHOOK_AUTH = "jwt", "The credential for the webhook: jwt, basic, header or none.";
    plain WEBHOOK_USER = "", "The user name for WEBHOOK_AUTH=basic.";
    secret WEBHOOK_PASSWORD = "", "The password for WEBHOOK_AUTH=basic, or the header's value for WEBHOOK_AUTH=header.";
    plain WEBHOOK_HEADER = "", "The header's name for WEBHOOK_AUTH=header, such as X-Api-Key.";
    plain WEBHOOK_CA = "", "A PEM file of certificate authorities that the webhook, or what answers in its place, may be certified by, beside those of this machine.";
    plain UPSTREAM_CONCURRENCY = "20", "Calls of the workflow at once; as many again wait a moment.";
    plain THOUGHTS = "hide", "A model's thoughts (<think>…</think>) before its answer: hide, step (a step says that it thinks), show (folded above the answer) or keep (they stay in the text, as do marks of citations).";
    plain REPLY_FIELD = "", "The member of the webhook's JSON that holds the answer, as a path such as data.outputs.0.text; of each line and each event where it streams. Nothing else of JSON is text then. Default: the usual names (output, text, reply and so on).";
    plain REPLY_END = "required", "The end of a streamed answer of an agent (OpenAI, Anthropic, AG-UI and others): required (a stream that stops without its protocol's own end was cut) or lenient (the end of the body suffices, for servers that never say theirs).";
    plain DOCS_DIR = "", "A folder of Markdown documents to answer from where no other source is set.";

    plain OPENAI_BASE_URL = "", "Answers come from models behind an interface like OpenAI's, such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1, instead of a webhook.";
    secret OPENAI_API_KEY = "", "The Bearer token for it; local servers ask for none.";
    plain OPENAI_MODELS = "", "The models, comma-separated, each `id` or `id=Label`. They take turns; one that is busy or fails rests, and the next one answers.";
    plain OPENAI_MODEL_CHOICE = "false", "Lets the visitor choose among the models; the chosen one alone answers then.";
    plain OPENAI_API = "chat-completions", "The interface: chat-completions, or responses.";
    secret SYSTEM_PROMPT = "", "The words to the model before each conversation; a long text may stand in the file that SYSTEM_PROMPT_FILE names.";
    plain AG_UI_URL = "", "Answers come from an AG-UI agent at this address, instead of a webhook; WEBHOOK_AUTH says its credential.";

    plain RATE_LIMIT_SESSION_PER_MINUTE = "10", "Messages a minute and session (five at once). 0: no limit, as for all limits.";
    plain RATE_LIMIT_ACTIONS_PER_MINUTE = "20", "Actions (history, forget, feedback, export) a minute and session; the wider limits count them as messages.";
    plain RATE_LIMIT_PER_MINUTE = "60", "Messages a minute and client address (IPv6: /64).";
    plain RATE_LIMIT_PER_HOUR = "1000", "Messages an hour and client address.";
    plain RATE_LIMIT_NETWORK_PER_MINUTE = "", "Messages, and new sessions, a minute and network (IPv4: /24, IPv6: /48), at least what one address may. Default: a quarter of RATE_LIMIT_SITE_PER_MINUTE. 0 where all visitors are in one network.";
    plain RATE_LIMIT_SITE_PER_MINUTE = "1000", "Messages a minute and site.";
    plain RATE_LIMIT_CREATE_PER_MINUTE = "10", "New sessions a minute and client address.";
    plain RATE_LIMIT_CALLS_PER_MINUTE = "600", "Calls of the API and chat documents a minute and client address, refused ones included.";
    plain MAX_STREAMS_PER_ADDRESS = "", "Calls of the workflow at once (replies, history, forget, feedback) for one client address; it may join eight times as many replies. Default: a quarter of UPSTREAM_CONCURRENCY, 1 to 20, so that one address never takes the workflow.";
    plain MAX_STREAMS_PER_NETWORK = "", "The same for one network (IPv4: /24, IPv6: /48), at least what one address may. Default: twice MAX_STREAMS_PER_ADDRESS.";
    plain MAX_STREAMS_PER_SITE = "1000", "Calls of the workflow at once (replies, history, forget, feedback) for one site.";

    plain MAX_MESSAGE_CHARS = "4000", "Unicode characters in a message, 1 to 100000.";
    plain HISTORY_TURNS = "20", "Turns of the conversation that reach the workflow where MEMORY is `transcript`, 0 to 512.";
    plain MEMORY = "", "The keeper of the conversation: `workflow`, or `transcript`: each message brings it, verified. Default: transcript with OPENAI_BASE_URL (always) and AG_UI_URL, otherwise workflow.";
    plain FEEDBACK = "true", "Thumbs below the answers, which the workflow is told of as `feedback`. `false` where it does not know that action.";
    plain RESUME_SECONDS = "120", "The time for which a finished reply can be joined, in seconds.";

    plain SESSION_IDLE_SECONDS = "86400", "The idle lifetime of a session, in seconds.";
    plain SESSION_MAX_SECONDS = "2592000", "The longest lifetime of a session, in seconds.";
    plain SESSION_NOT_BEFORE = "", "A time such as 2026-01-31T12:00:00Z: session tokens of before it end at once, everywhere it is set. Move it to now where tokens may have been copied.";
    plain SESSION_BINDING = "auto", "Binds new sessions to a key that never leaves the browser, so that a copied token opens nothing: auto (where the browser offers one), required (no others are served), or off.";

    plain CHAT_TITLE = "Chat", "The heading of the panel.";
    plain CHAT_AVATAR = "", "The assistant's face beside the heading: an emoji, or up to two letters.";
    plain CHAT_GREETING = "Hello! How can I help you?", "The assistant's first words, Markdown.";
    plain CHAT_STARTERS = "", "Up to four questions to start with, separated by `|`.";
    plain CHAT_DISCLOSURE = "Answers come from an AI and can be wrong.", "The line under the text box; `none` leaves it out.";
    plain CHAT_COLOR = "#4338ca", "The accent colour, #rrggbb.";

    plain LOG_LEVEL = "info", "error, warn, info, debug or trace. Lines of the target porthole::audit are written at every level.";
    plain LOG_FORMAT = "", "json or text. Default: text with DEBUG=true, otherwise json.";
    plain METRICS_PORT = "", "Serves /metrics on a port of its own (on API_HOST), without a token.";
    secret METRICS_TOKEN = "", "The Bearer token for /metrics on the main port. Neither set: /metrics is there with DEBUG=true only.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn a_flag_is_the_name_in_lower_case_with_hyphens() {
        assert_eq!(super::N8N_WEBHOOK_URL.flag(), "n8n-webhook-url");
    }

    /// Returns the right text of `.env.example`: every setting with its help, all commented out.
    fn example() -> String {
        let mut text = String::from(
            "# Every setting of Porthole, each with its default. Copy what you need into `.env`.\n\
             # A flag (--api-port 9000) goes before the environment, the environment before this file.\n\
             # Secrets may also stand in a file that NAME_FILE names. Put single quotes around `#`, `$` and spaces.\n",
        );
        for setting in ALL {
            text.push('\n');
            for line in wrapped(setting.help) {
                text.extend(["# ", &line, "\n"]);
            }
            text.extend(["#", setting.name, "=", &quoted(setting.default), "\n"]);
        }
        text
    }

    fn wrapped(help: &str) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in help.split(' ') {
            let line = lines.last_mut().unwrap();
            if !line.is_empty() && line.len() + word.len() >= 98 {
                lines.push(word.to_owned());
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        lines
    }

    fn quoted(value: &str) -> String {
        let plain = !value.contains([' ', '#', '$']);
        if plain { value.to_owned() } else { format!("'{value}'") }
    }

    #[test]
    fn the_example_file_lists_every_setting_with_its_default() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.env.example");
        let (is, must_be) = (std::fs::read_to_string(&file).unwrap_or_default(), example());
        if is != must_be {
            let proposal = std::env::temp_dir().join("env.example");
            std::fs::write(&proposal, &must_be).unwrap();
            panic!("{} must read as {}", file.display(), proposal.display());
        }
    }

    #[test]
    fn no_setting_stands_twice() {
        for (at, setting) in ALL.iter().enumerate() {
            assert!(ALL[at + 1..].iter().all(|other| other.name != setting.name), "{}", setting.name);
        }
    }
}
