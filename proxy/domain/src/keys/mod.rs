//! Keys and secrets: what is derived from a secret, and which secret is fit to be one (contract §1).

mod guessable;
mod keyring;
mod secrets;

pub use guessable::MIN_SECRET_BYTES;
pub(crate) use keyring::mac;
pub use keyring::{KeyError, Keyring};
pub use secrets::{NamedSecret, Weakness, WeaknessCause, constant_time_eq, find_weaknesses, parse_secrets};
