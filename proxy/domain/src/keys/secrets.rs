//! The check of secrets: too weak, too familiar, or shared by two purposes.

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::guessable::{MIN_SECRET_BYTES, is_guessable, plain};

/// The different bytes of a random secret: one with fewer was typed.
const MIN_DIFFERENT_BYTES: usize = 8;

/// The beginnings of placeholders in examples and tutorials, in lower case and without punctuation. Only those stand here
/// that ask to be replaced, or are in every tutorial: a plain word at the beginning makes a long secret no weaker.
const PLACEHOLDERS: &str = "\
    changeme changethis generateme insecure mysecret password placeholder pleasechange putyour \
    replaceme replacethis replacewith supersecret thisisasecret topsecret yourjwt yourkey yoursecret \
    yoursession yoursuper";

/// A secret and its setting.
#[derive(Clone, Copy, Debug)]
pub struct NamedSecret<'a> {
    /// The setting's name, the same for all secrets of one list.
    pub setting: &'a str,
    /// The secret.
    pub secret: &'a SecretString,
}

/// A secret that only development may use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{setting}: {cause}")]
pub struct Weakness {
    /// The setting that holds it.
    pub setting: String,
    /// The cause.
    pub cause: WeaknessCause,
}

/// The causes for which a secret is weak.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WeaknessCause {
    /// The secret has too few bytes.
    #[error("the secret has {bytes} bytes; at least {MIN_SECRET_BYTES} are needed")]
    TooShort {
        /// The bytes that it has.
        bytes: usize,
    },
    /// The secret is known from an example, or made of very few characters.
    #[error("the secret is a placeholder; make one with `porthole keys`")]
    Placeholder,
    /// The secret was published, follows a pattern, or is a phrase of an example.
    #[error(
        "the secret was published or follows a pattern, so that it can be guessed; make one with `porthole keys`"
    )]
    Guessable,
    /// The secret serves another purpose, too.
    #[error("the secret is the same as that of {other}; every purpose needs its own")]
    Shared {
        /// The setting of the other purpose.
        other: String,
    },
}

/// Parses a comma-separated list of secrets; white space around an entry and empty entries are ignored.
#[must_use]
pub fn parse_secrets(text: &str) -> Vec<SecretString> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(SecretString::from).collect()
}

/// Finds every weak secret, and every secret that serves two purposes.
#[must_use]
pub fn find_weaknesses(secrets: &[NamedSecret<'_>]) -> Vec<Weakness> {
    let mut found = Vec::new();
    for (at, named) in secrets.iter().enumerate() {
        let causes = [own_weakness(named.secret), shared(named, &secrets[..at])];
        found.extend(
            causes.into_iter().flatten().map(|cause| Weakness { setting: named.setting.to_owned(), cause }),
        );
    }
    found
}

fn own_weakness(secret: &SecretString) -> Option<WeaknessCause> {
    let text = secret.expose_secret();
    if is_known(text) {
        return Some(WeaknessCause::Placeholder);
    }
    if text.len() < MIN_SECRET_BYTES {
        return Some(WeaknessCause::TooShort { bytes: text.len() });
    }
    if is_monotonous(text) {
        return Some(WeaknessCause::Placeholder);
    }
    is_guessable(text).then_some(WeaknessCause::Guessable)
}

fn shared(named: &NamedSecret<'_>, earlier: &[NamedSecret<'_>]) -> Option<WeaknessCause> {
    let text = named.secret.expose_secret();
    let twin = earlier
        .iter()
        .find(|other| other.setting != named.setting && other.secret.expose_secret() == text)?;
    Some(WeaknessCause::Shared { other: twin.setting.to_owned() })
}

/// Compares a secret with a claimed one in constant time.
#[must_use]
pub fn constant_time_eq(secret: &SecretString, claimed: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(secret.expose_secret().as_bytes(), claimed).is_ok()
}

fn is_known(text: &str) -> bool {
    let plain = plain(text);
    PLACEHOLDERS.split(' ').any(|known| plain.starts_with(known))
}

fn is_monotonous(text: &str) -> bool {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len() < MIN_DIFFERENT_BYTES
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::{NamedSecret, WeaknessCause, find_weaknesses, parse_secrets};

    const GOOD: &str = "q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa";

    fn causes(secrets: &[(&str, &str)]) -> Vec<(String, WeaknessCause)> {
        let held: Vec<_> = secrets.iter().map(|(name, text)| (*name, SecretString::from(*text))).collect();
        let named: Vec<_> = held.iter().map(|(setting, secret)| NamedSecret { setting, secret }).collect();
        find_weaknesses(&named).into_iter().map(|weakness| (weakness.setting, weakness.cause)).collect()
    }

    #[test]
    fn a_random_secret_of_32_bytes_is_good() {
        assert_eq!(causes(&[("JWT_SECRET_KEY", GOOD)]), []);
    }

    #[test]
    fn a_short_secret_is_reported_with_its_length() {
        for (short, bytes) in [(&GOOD[..31], 31), ("short", 5), ("aaaa", 4), ("", 0)] {
            assert_eq!(causes(&[("A", short)]), [("A".into(), WeaknessCause::TooShort { bytes })], "{short}");
        }
    }

    #[test]
    fn placeholders_are_known() {
        let long = "a".repeat(64);
        for text in [
            "change-me",
            "CHANGE_ME_PLEASE_IN_PRODUCTION_0123456789",
            "your-secret-key-change-in-production-please",
            "your_jwt_secret_key_here_your_jwt_secret_key",
            "supersecretsupersecretsupersecret42",
            "replace-this-with-32-random-bytes-or-more",
            long.as_str(),
            "0101010101010101010101010101010101",
        ] {
            assert_eq!(causes(&[("A", text)]), [("A".into(), WeaknessCause::Placeholder)], "{text}");
        }
    }

    #[test]
    fn one_secret_for_two_purposes_is_reported() {
        let shared = WeaknessCause::Shared { other: "A".into() };
        assert_eq!(causes(&[("A", GOOD), ("B", GOOD)]), [("B".into(), shared)]);
        assert_eq!(causes(&[("A", GOOD), ("A", GOOD)]), [], "a list may not, but that is no second purpose");
    }

    #[test]
    fn a_list_is_trimmed_and_has_no_empty_entries() {
        let list = parse_secrets(" one , two,, three ,");
        let texts: Vec<_> = list.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(texts, ["one", "two", "three"]);
        assert!(parse_secrets(" , ").is_empty());
    }
}
