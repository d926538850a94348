//! `porthole verify`: the check of a signed transcript, with a key set or the proxy's own key.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, value_parser};
use porthole_config::{SettingError, SettingSource, setting};
use porthole_domain::chain::End;
use porthole_domain::es256::VerifyingKey;
use porthole_domain::export::{ExportSigner, VerifiedExport, verify};

use super::CommandError;

/// The bytes of the largest file that is read: an export has less than two times the body of its request.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// The arguments beside the settings.
pub(super) fn arguments() -> [Arg; 2] {
    let path = |name| Arg::new(name).value_name("FILE").value_parser(value_parser!(PathBuf));
    [
        path("file").required(true).help("The signed transcript; - reads it from standard input"),
        path("keys").long("keys").help(
            "The issuer's key set, from /.well-known/transcript-jwks.json. Default: the public half of EXPORT_SIGNING_KEY",
        ),
    ]
}

/// Prints that a transcript holds, and the statements in it; every other outcome is an error.
pub(super) fn run(source: &SettingSource, arguments: &ArgMatches) -> Result<(), CommandError> {
    let path = |name| arguments.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let keys = match path("keys") {
        Some(keys) => VerifyingKey::parse_set(&read(keys)?).ok_or(CommandError::KeySet)?,
        None => own_keys(source)?,
    };
    let file = read(path("file").unwrap_or(Path::new("-")))?;
    let verified = verify(&file, &keys).map_err(CommandError::Transcript)?;
    write!(io::stdout().lock(), "{}", report(&verified))?;
    Ok(())
}

fn own_keys(source: &SettingSource) -> Result<Vec<VerifyingKey>, CommandError> {
    let one = |error| CommandError::Settings(vec![error]);
    let pem = source.secret(&setting::EXPORT_SIGNING_KEY).map_err(one)?.ok_or(CommandError::NoKeys)?;
    let signer = ExportSigner::new(&pem);
    let signer = signer.map_err(|error| one(SettingError::new(&setting::EXPORT_SIGNING_KEY, error)))?;
    Ok(signer.verifying_keys())
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let bytes = if path == Path::new("-") {
        read_bounded(io::stdin())
    } else {
        std::fs::File::open(path).and_then(read_bounded)
    };
    bytes.map_err(|error| CommandError::Input(path.display().to_string(), error))
}

fn read_bounded(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::other("it is larger than any signed transcript"));
    }
    Ok(bytes)
}

fn report(verified: &VerifiedExport) -> String {
    let VerifiedExport { kid, export } = verified;
    let first = export.turn.saturating_sub(u32::try_from(export.turns.len()).unwrap_or(u32::MAX)) + 1;
    let whole = if export.full { "the whole conversation" } else { "a part of the conversation" };
    let partial: Vec<String> = (first..)
        .zip(&export.turns)
        .filter(|(_, turn)| turn.partial)
        .map(|(number, turn)| format!("{number} ({})", end_in_words(turn.end)))
        .collect();
    let partial = if partial.is_empty() { "none".to_owned() } else { partial.join(", ") };
    let user = export.sub.as_ref().map(|sub| format!("\n  user      {sub:?}")).unwrap_or_default();
    format!(
        "The transcript holds.\n  issuer    {}\n  key       {kid}\n  site      {}, on pages of {}{user}\n  \
         signed    {}\n  turns     {} ({first} to {}), {whole}\n  partial   {partial}\n\n{}\n",
        export.iss,
        export.site,
        export.origin,
        export.iat.to_rfc3339(),
        export.turns.len(),
        export.turn,
        export.statement,
    )
}

const fn end_in_words(end: End) -> &'static str {
    match end {
        End::Complete => "complete",
        End::Stopped => "stopped by the visitor",
        End::Incomplete => "cut short",
    }
}
