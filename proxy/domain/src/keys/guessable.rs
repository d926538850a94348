//! Secrets that can be guessed: published ones, patterns, and phrases of the words that people write into examples.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The bytes of the shortest secret.
pub const MIN_SECRET_BYTES: usize = 32;

/// Parts of published secrets, in lower case and without punctuation: of tutorials, documentation and word lists.
const PUBLISHED: &str = "\
    404e635266556a586e3272357538782f 413f4428472b4b625064536756 3cfa76ef14937c1c0ea519f8fc057a80 \
    a0a2abd8616241c383d61cf559b46afc astringsecretatleast aym1sysppbydfgzld3umj1qzkobwvmko \
    cgwpjarkrixzciiw5vxkc changeme correcthorsebatterystaple defaultsecret development donotuse \
    gqdstcksx0nhjpouxoyg5mbej1xt0ufi jwtsecret loremipsum notasecret passw0rd placeholder replaceme \
    safesecretkey secretkeyhere supersecret thequickbrownfox topsecret yoursecret";

/// Words of which phrases such as "my very long secret key for signing" are made.
const PHRASE_WORDS: &str = "\
    a an and api app at auth be bit bits bytes change characters default do for hs256 is it jwt key least \
    long minimum must my not of password please private prod production random safe secret secrets secure \
    sign signing some string strong super that the this to token use very with your";

/// Sequences that fingers follow; each is followed in either direction.
const SEQUENCES: &[&[&str]] = &[
    &["abcdefghijklmnopqrstuvwxyz", "01234567890", "9abcdef0"],
    &["qwertyuiop", "qwertz", "yxcvbnm", "azertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"],
    &["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol"],
];

/// Base64 in either alphabet, with or without padding.
const STANDARD: GeneralPurpose = lenient(&alphabet::STANDARD);
const URL_SAFE: GeneralPurpose = lenient(&alphabet::URL_SAFE);

const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Tells if a secret can be guessed, as it is written or behind its encoding.
pub(super) fn is_guessable(text: &str) -> bool {
    is_typed(text) || decoded(text).iter().any(|bytes| is_typed_encoded(bytes))
}

/// Returns the bytes that the text may stand for.
fn decoded(text: &str) -> Vec<Vec<u8>> {
    let base64 = [&STANDARD, &URL_SAFE].into_iter().filter_map(|engine| engine.decode(text).ok());
    base64.chain(from_hex(text)).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Tells if bytes were typed before they were encoded: random ones are no text, and follow no pattern.
fn is_typed_encoded(bytes: &[u8]) -> bool {
    let is_text =
        bytes.len() >= MIN_SECRET_BYTES / 2 && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    is_text || repeats(bytes) || is_mostly_steps(bytes, |a, b| a.abs_diff(b) <= 1)
}

fn is_typed(text: &str) -> bool {
    let plain = plain(text);
    let bytes = plain.as_bytes();
    holds_published(&plain)
        || repeats(bytes)
        || SEQUENCES.iter().any(|sequences| is_mostly_steps(bytes, |a, b| follows(sequences, a, b)))
        || is_phrase(text)
}

/// Returns the letters and digits in lower case.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Tells if something published stands in the secret, and too little beside it.
fn holds_published(plain: &str) -> bool {
    let rest = PUBLISHED.split(' ').fold(plain.to_owned(), |rest, known| rest.replace(known, ""));
    rest.len() < plain.len() && rest.len() < MIN_SECRET_BYTES
}

/// Tells if a beginning comes again and again, but for a few bytes.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| {
        let equal = bytes.iter().zip(&bytes[period..]).filter(|(a, b)| a == b).count();
        equal * 20 >= (bytes.len() - period) * 17
    })
}

/// Tells if two thirds of all steps from a byte to the next are of a pattern.
fn is_mostly_steps(bytes: &[u8], is_step: impl Fn(u8, u8) -> bool) -> bool {
    let steps = bytes.iter().zip(bytes.iter().skip(1));
    let count = steps.filter(|(a, b)| is_step(**a, **b)).count();
    bytes.len() > 1 && count * 3 >= (bytes.len() - 1) * 2
}

fn follows(sequences: &[&str], a: u8, b: u8) -> bool {
    let holds =
        |pair: [u8; 2]| sequences.iter().any(|line| line.as_bytes().windows(2).any(|two| two == pair));
    a == b || holds([a, b]) || holds([b, a])
}

/// Tells if four fifths of the letters are of words that stand in such phrases, three at least.
fn is_phrase(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(camel_words);
    let known: Vec<usize> = words
        .filter(|word| PHRASE_WORDS.split(' ').any(|known| known == word))
        .map(|word| word.len())
        .collect();
    known.len() >= 3 && known.iter().sum::<usize>() * 5 >= plain(text).len() * 4
}

/// Splits a word at its capitals, as in `mySecretKey`; one of capitals alone stays whole.
fn camel_words(word: &str) -> Vec<String> {
    if !word.contains(|c: char| c.is_ascii_lowercase()) {
        return vec![word.to_ascii_lowercase()];
    }
    let starts = word.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at);
    let mut cuts: Vec<usize> = std::iter::once(0).chain(starts).chain([word.len()]).collect();
    cuts.dedup();
    cuts.windows(2).map(|cut| word[cut[0]..cut[1]].to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }

    const TYPED: &[&str] = &[
        "5678567856785678567856785678567856",
        "fedcba9876543210fedcba9876543210",
        "Xy7-Xy7-Xy7-Xy7-Xy7-Xy7-Xy7-Xy7-Xy7!",
        "lampshadelampshadelampshadelampshadf",
        "zyxwvutsrqponmlkjihgfedcba98765432",
        "aabbccddeeffgghhiijjkkllmmnnooppqq",
        "00112233445566778899aabbccddeeff",
        "QWERTYUIOPasdfghjklZXCVBNM1234567890",
        "zaq12wsxcde34rfvbgt56yhnmju78ik,",
        "a-string-secret-at-least-384-bits-long-so-it-is",
        "your-512-bit-secret-your-512-bit-secret",
        "this_is_my_very_long_and_secure_jwt_key_2024",
        "myVeryLongAndRandomSecretKeyString",
        "The quick brown fox jumps over 13 dogs",
        "local-development-0000-shop-lamps",
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
    ];

    #[test]
    fn published_repeated_and_ascending_secrets_are_guessable_also_when_encoded() {
        for text in TYPED {
            assert!(is_guessable(text), "{text}");
            let encoded =
                [hex(text.as_bytes()), BASE64_STANDARD.encode(text), BASE64_URL_SAFE_NO_PAD.encode(text)];
            for encoded in encoded {
                assert!(is_guessable(&encoded), "{text}: {encoded}");
            }
        }
        let ascending: Vec<u8> = (1..=32).collect();
        assert!(is_guessable(&hex(&ascending)) && is_guessable(&BASE64_STANDARD.encode(ascending)));
        assert!(is_guessable(&hex(&[0xde, 0xad, 0xbe, 0xef].repeat(8))));
    }

    #[test]
    fn a_known_word_before_a_random_secret_makes_it_no_weaker() {
        for text in [
            "jwtsecret-3f9c1b7ad2e84c60b51e9f07ca6d2384aa10",
            "development_q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa",
            "plover-anvil-quartz-mosaic-tundra-velvet",
        ] {
            assert!(!is_guessable(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn random_bytes_are_a_good_secret_however_they_are_written(bytes: [u8; 32], uuid: u128) {
            let half = &bytes[..24];
            let uuid = uuid::Uuid::from_u128(uuid).to_string();
            let written = [hex(&bytes), hex(half), BASE64_STANDARD.encode(half), BASE64_URL_SAFE_NO_PAD.encode(bytes)];
            for text in written.iter().chain([&uuid]) {
                prop_assert!(!is_guessable(text), "{}", text);
            }
        }

        #[test]
        fn random_letters_and_digits_are_a_good_secret(text in "[a-z0-9]{32}|[A-Za-z0-9]{40}|[!-~]{32}") {
            prop_assert!(!is_guessable(&text));
        }
    }
}
