//! An answer, read as it comes and verified whole: its text, its order and its end.

use crate::error::{Attempt, BenchResult};
use crate::scenario::{Scenario, arrived, now_us};

/// The form in which a server answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AnswerForm {
    /// The upstream's own bytes, of a floor that passes them on.
    Upstream,
    /// Ours: JSON as a whole, or server-sent events (contract §5).
    Porthole,
}

/// An answer on its way in.
#[derive(Debug)]
pub(super) struct AnswerCheck {
    scenario: Scenario,
    form: AnswerForm,
    /// The bytes of a line that is not over.
    line: Vec<u8>,
    text: Vec<u8>,
    tokens: u64,
    is_ended: bool,
    token: Option<String>,
}

impl AnswerCheck {
    pub(super) fn new(scenario: Scenario, form: AnswerForm) -> Self {
        Self { scenario, form, line: Vec::new(), text: Vec::new(), tokens: 0, is_ended: false, token: None }
    }

    /// Takes the next bytes; `on_delay` gets the microseconds since a token was sent.
    pub(super) fn push(&mut self, bytes: &[u8], on_delay: impl FnMut(u64)) -> BenchResult {
        self.line.extend_from_slice(bytes);
        if self.scenario == Scenario::Json {
            return Ok(());
        }
        let line = std::mem::take(&mut self.line);
        let mut lines = line.split_inclusive(|byte| *byte == b'\n');
        let known = self.text.len();
        for line in lines.by_ref() {
            match line.strip_suffix(b"\n") {
                Some(line) => self.take_line(line)?,
                None => self.line.extend_from_slice(line),
            }
        }
        if self.scenario.text().is_none() { self.take_stamped(known, on_delay) } else { Ok(()) }
    }

    /// Returns the session's next token of a whole answer.
    pub(super) fn finish(mut self) -> BenchResult<Option<String>> {
        if self.scenario == Scenario::Json {
            let document = std::mem::take(&mut self.line);
            self.take_document(&document)?;
        }
        let is_whole = match self.scenario.text() {
            Some(text) => self.text == text.as_bytes(),
            None => self.tokens == self.scenario.tokens(),
        };
        if !is_whole || !self.is_ended || (self.form == AnswerForm::Porthole && self.token.is_none()) {
            let text = String::from_utf8_lossy(&self.text);
            return Err(format!("an answer was not whole (ended: {}): {text:?}", self.is_ended).into());
        }
        Ok(self.token)
    }

    fn take_line(&mut self, line: &[u8]) -> BenchResult {
        if self.is_ended && line.starts_with(self.item_prefix()) {
            return Err("a token came behind the end".into());
        }
        if let Some(rest) = line.strip_prefix(self.item_prefix()) {
            self.text.extend_from_slice(string(rest)?);
        } else if line.starts_with(self.end_prefix()) {
            self.is_ended = true;
            self.token = member(line, br#""token":""#).map(str::to_owned);
        } else if line.starts_with(b"event: error") {
            return Err("an answer failed".into());
        }
        Ok(())
    }

    fn take_document(&mut self, document: &[u8]) -> BenchResult {
        let name: &[u8] = match self.form {
            AnswerForm::Upstream => br#""output":""#,
            AnswerForm::Porthole => br#""text":""#,
        };
        let text = member(document, name).attempt("find the text of an answer")?;
        self.text.extend_from_slice(text.as_bytes());
        self.is_ended = document.ends_with(b"}");
        self.token = member(document, br#""token":""#).map(str::to_owned);
        Ok(())
    }

    /// Takes the stamped tokens in the text from `known` on.
    fn take_stamped(&mut self, known: usize, mut on_delay: impl FnMut(u64)) -> BenchResult {
        let tokens = arrived(&self.text[known..], now_us()).attempt("read a token")?;
        for token in tokens {
            if token.index != self.tokens {
                return Err(format!("token {} came in the place of {}", token.index, self.tokens).into());
            }
            self.tokens += 1;
            on_delay(token.delay_us);
        }
        Ok(())
    }

    fn item_prefix(&self) -> &'static [u8] {
        match self.form {
            AnswerForm::Upstream => br#"{"type":"item","content":""#,
            AnswerForm::Porthole => br#"data: {"text":""#,
        }
    }

    fn end_prefix(&self) -> &'static [u8] {
        match self.form {
            AnswerForm::Upstream => br#"{"type":"end""#,
            AnswerForm::Porthole => br#"data: {"token":""#,
        }
    }
}

/// Returns the string that ends at the next quotation mark; the bench's own texts need no escapes.
fn string(bytes: &[u8]) -> BenchResult<&[u8]> {
    let end = bytes.iter().position(|byte| *byte == b'"').attempt("find the end of a string")?;
    Ok(&bytes[..end])
}

/// Returns the value of a member, by its name with the marks around it.
pub(super) fn member<'a>(json: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let at = json.windows(name.len()).position(|window| window == name)?;
    std::str::from_utf8(string(&json[at + name.len()..]).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::stamped;

    fn check(scenario: Scenario, form: AnswerForm, answer: &str) -> BenchResult<Option<String>> {
        let mut check = AnswerCheck::new(scenario, form);
        // Two reads, cut within a line.
        let (first, second) = answer.split_at(answer.len() / 2);
        check.push(first.as_bytes(), |_| {})?;
        check.push(second.as_bytes(), |_| {})?;
        check.finish()
    }

    fn sse(texts: &[&str]) -> String {
        let deltas =
            texts.iter().map(|text| format!("id: 1\nevent: delta\ndata: {{\"text\":\"{text}\"}}\n\n"));
        let done = "id: 9\nevent: done\ndata: {\"token\":\"next\",\"turn\":1}\n\n";
        deltas.collect::<String>() + done
    }

    #[test]
    fn only_a_whole_answer_in_order_passes() {
        let burst = Scenario::Burst.text().unwrap();
        let (one, two) = (stamped(0, 5), stamped(1, 5));
        let paced = Scenario::Paced { tokens: 2, interval_ms: 1 };
        let lines = |text: &str| {
            format!("{{\"type\":\"item\",\"content\":\"{text}\",\"metadata\":{{}}}}\n{{\"type\":\"end\"}}\n")
        };
        let json = Scenario::Json.text().unwrap();
        for (scenario, form, answer, expected) in [
            (Scenario::Burst, AnswerForm::Porthole, sse(&[burst]), true),
            (Scenario::Burst, AnswerForm::Porthole, sse(&[&burst[1..]]), false),
            (Scenario::Burst, AnswerForm::Upstream, lines(burst), true),
            (Scenario::Burst, AnswerForm::Upstream, lines(burst).replace("end", "item"), false),
            (paced, AnswerForm::Porthole, sse(&[&one, &two]), true),
            (paced, AnswerForm::Porthole, sse(&[&(one.clone() + &two)]), true),
            (paced, AnswerForm::Porthole, sse(&[&two, &one]), false),
            (paced, AnswerForm::Porthole, sse(&[&one]), false),
            (paced, AnswerForm::Porthole, sse(&[&one]) + &sse(&[&two]), false),
            (Scenario::Json, AnswerForm::Upstream, format!("{{\"output\":\"{json}\"}}"), true),
            (
                Scenario::Json,
                AnswerForm::Porthole,
                format!("{{\"text\":\"{json}\",\"token\":\"next\"}}"),
                true,
            ),
            (Scenario::Json, AnswerForm::Porthole, format!("{{\"text\":\"{json}\"}}"), false),
            (Scenario::Json, AnswerForm::Porthole, "{\"text\":\"\",\"token\":\"next\"}".to_owned(), false),
        ] {
            let token = check(scenario, form, &answer);
            assert_eq!(token.is_ok(), expected, "{answer}: {token:?}");
            let is_ours = expected && form == AnswerForm::Porthole;
            assert_eq!(token.ok().flatten().as_deref(), is_ours.then_some("next"), "{answer}");
        }
    }
}
