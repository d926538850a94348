//! Models behind an interface like `OpenAI`'s: address, key, models and the words before each conversation.

use http::HeaderValue;
use porthole_domain::reply::DecoderOptions;
use porthole_protocol::boot::Agent;
use porthole_protocol::limits::MAX_AGENT_CHARS;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::reader::SettingReader;
use crate::setting::{OPENAI_API, OPENAI_API_KEY, OPENAI_MODEL_CHOICE, OPENAI_MODELS, SYSTEM_PROMPT};

/// Models behind one address.
#[derive(Clone, Debug)]
pub struct ModelsConfig {
    /// The address of the interface below the base URL.
    pub url: Url,
    /// The value of `Authorization`, marked sensitive; local servers ask for none.
    pub authorization: Option<HeaderValue>,
    /// The interface.
    pub api: ModelApi,
    /// The models in their order of rotation, at least one.
    pub models: Vec<Agent>,
    /// The visitor chooses among them.
    pub offers_choice: bool,
    /// The words of the site before each conversation.
    pub system_prompt: Option<String>,
    /// Calls at once; 0 for no limit.
    pub concurrency: usize,
    /// The reading of their answers.
    pub reading: DecoderOptions,
}

/// The interface that models are asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelApi {
    /// `POST {base}/chat/completions`.
    ChatCompletions,
    /// `POST {base}/responses`.
    Responses,
}

impl ModelApi {
    /// Returns its address below the base URL, whose query stays.
    fn below(self, mut base: Url) -> Url {
        let path: &[&str] = match self {
            Self::ChatCompletions => &["chat", "completions"],
            Self::Responses => &["responses"],
        };
        if let Ok(mut segments) = base.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        base
    }
}

/// Reads every part before any is missed; `None` only together with a mistake.
pub(crate) fn read(
    reader: &mut SettingReader<'_>,
    base: Option<Url>,
    concurrency: usize,
    reading: DecoderOptions,
) -> Option<ModelsConfig> {
    let apis = [("chat-completions", ModelApi::ChatCompletions), ("responses", ModelApi::Responses)];
    let api = reader.choice(&OPENAI_API, &apis);
    let authorization = authorization(reader);
    let offers_choice = reader.switch(&OPENAI_MODEL_CHOICE).unwrap_or(false);
    let models = models(reader, offers_choice);
    let system_prompt = reader.text(&SYSTEM_PROMPT);
    let api = api?;
    Some(ModelsConfig {
        url: api.below(base?),
        authorization,
        api,
        models,
        offers_choice,
        system_prompt,
        concurrency,
        reading,
    })
}

/// Rejects settings of models where none are asked: they would silently do nothing. `OPENAI_API_KEY` may be meant for
/// another program.
pub(crate) fn reject_unused(reader: &mut SettingReader<'_>) {
    for setting in [&OPENAI_MODELS, &SYSTEM_PROMPT] {
        if reader.text(setting).is_some() {
            reader.reject(setting, "takes effect with OPENAI_BASE_URL only");
        }
    }
}

fn authorization(reader: &mut SettingReader<'_>) -> Option<HeaderValue> {
    let key = reader.secret(&OPENAI_API_KEY)?;
    let value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret().trim()));
    let mut value = value.map_err(|_| reader.reject(&OPENAI_API_KEY, "makes no header")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Reads the models, each with its label where it has one.
fn models(reader: &mut SettingReader<'_>, offers_choice: bool) -> Vec<Agent> {
    let entries = reader.list(&OPENAI_MODELS, ',');
    let parts = entries.iter().map(|entry| entry.split_once('=').unwrap_or((entry, entry)));
    let models = parts.map(|(id, label)| Agent { id: id.trim().to_owned(), label: label.trim().to_owned() });
    let models: Vec<Agent> = models.collect();
    let is_wrong = |model: &Agent| model.id.is_empty() || model.label.is_empty();
    let is_long = |model: &Agent| model.id.chars().count() > MAX_AGENT_CHARS;
    let repeats = |(at, model): (usize, &Agent)| models[..at].iter().any(|other| other.id == model.id);
    if models.is_empty() || models.iter().any(is_wrong) {
        reader.reject(&OPENAI_MODELS, "expected the models, comma-separated, each `id` or `id=Label`");
    } else if models.iter().enumerate().any(repeats) {
        reader.reject(&OPENAI_MODELS, "a model stands there twice");
    } else if offers_choice && models.iter().any(is_long) {
        let most = format_args!("at most {MAX_AGENT_CHARS} characters where visitors choose a model");
        reader.reject(&OPENAI_MODELS, most);
    }
    models
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_lies_below_the_base_whose_query_stays() {
        for (base, want) in [
            ("https://api.example/v1", "https://api.example/v1/chat/completions"),
            ("https://api.example/v1/", "https://api.example/v1/chat/completions"),
            ("http://localhost:11434", "http://localhost:11434/chat/completions"),
            ("https://a.example/d?version=1", "https://a.example/d/chat/completions?version=1"),
        ] {
            assert_eq!(ModelApi::ChatCompletions.below(base.parse().unwrap()).as_str(), want);
        }
        let base = "https://api.example/v1".parse().unwrap();
        assert_eq!(ModelApi::Responses.below(base).as_str(), "https://api.example/v1/responses");
    }
}
