//! TLS, with the cryptography of the host where it has chosen one.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use rustls_platform_verifier::Verifier;

/// The certificate of this side, and its private key.
pub(crate) struct ClientCertificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl ClientCertificate {
    /// Reads both from one text in the PEM format; `None` if either is not there.
    pub(crate) fn read(pem: &[u8]) -> Option<Self> {
        Some(Self { chain: certificates(pem)?, key: PrivateKeyDer::from_pem_slice(pem).ok()? })
    }
}

/// The certificates of a text in the PEM format; `None` if it has none, or has one that cannot be read.
pub(crate) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// The provider that the process has installed, a certified one perhaps; else `ring`.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()))
}

/// TLS 1.2 and 1.3, trusting whom the operating system trusts, and these.
pub(crate) fn config(
    authorities: Vec<CertificateDer<'static>>,
    certificate: Option<ClientCertificate>,
) -> Result<ClientConfig, rustls::Error> {
    let provider = provider();
    let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider))?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // Not a way around verification, as the name has it: this is how a verifier is set.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match certificate {
        Some(ClientCertificate { chain, key }) => builder.with_client_auth_cert(chain, key),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// What is wrong with a certificate, in words that quote no name; `None` if something else is wrong.
pub(crate) fn complaint(error: &rustls::Error) -> Option<&'static str> {
    use rustls::CertificateError as Wrong;

    let rustls::Error::InvalidCertificate(wrong) = error else { return None };
    Some(match wrong {
        Wrong::Expired | Wrong::ExpiredContext { .. } => "its certificate has expired",
        Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => "its certificate is not valid yet",
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => "its certificate is for another name",
        Wrong::UnknownIssuer | Wrong::BadSignature => "nobody who is trusted here has signed its certificate",
        Wrong::Revoked => "its certificate was revoked",
        _ => "its certificate cannot be used",
    })
}

/// TLS that trusts nobody, for an address that does without: machines without any certificate can send there, too.
pub(crate) fn unused() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
