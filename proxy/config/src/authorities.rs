//! `WEBHOOK_CA`: certificate authorities that the webhook's TLS is trusted by, beside those of the machine.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::reader::SettingReader;
use crate::setting::WEBHOOK_CA;

/// Reads the certificates of the PEM file; none where the setting is not set or has a mistake.
pub(crate) fn read(reader: &mut SettingReader<'_>) -> Vec<CertificateDer<'static>> {
    let Some(path) = reader.text(&WEBHOOK_CA) else {
        return Vec::new();
    };
    let certificates = CertificateDer::pem_file_iter(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            reader.reject(
                &WEBHOOK_CA,
                format_args!("{path}: no certificate; expected PEM (BEGIN CERTIFICATE)"),
            );
            certificates
        }
        Ok(certificates) => certificates,
        Err(error) => {
            reader.reject(&WEBHOOK_CA, format_args!("{path}: {error}"));
            Vec::new()
        }
    }
}
