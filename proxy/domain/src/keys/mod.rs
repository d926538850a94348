//! Keys and secrets: what is derived from a secret, and which secret is fit to be one (contract §1).

mod keyring;
mod secrets;

pub(crate) use keyring::mac;
pub use keyring::{KeyError, Keyring};
pub use secrets::{
    MIN_SECRET_BYTES, NamedSecret, Weakness, WeaknessCause, constant_time_eq, find_weaknesses, parse_secrets,
};
