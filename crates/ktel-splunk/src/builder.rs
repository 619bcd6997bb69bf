//! The builder of a sink: every setting, checked.

use std::{env, ffi::OsString, fs, time::Duration};

use reqwest::{Client, Proxy, Url, header::HeaderValue, redirect};
use rustls::pki_types::CertificateDer;

use crate::{
    acks::Acks,
    hec::Hec,
    tls::{self, ClientCertificate},
    token::Token,
};

/// Where events go, below an address that names only a host.
const PATH: &str = "/services/collector/event";

/// How long a connection may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// How long an attempt may take in all.
const DEADLINE: Duration = Duration::from_secs(30);

/// How long a connection is kept. Splunk closes its side after 12 s of idleness.
const KEEP: Duration = Duration::from_secs(10);

/// The variable with a file of certificates that the sink trusts besides those of the operating system.
const CA_FILE: &str = "KTEL_CA_FILE";

/// The variable with the proxy of the sink, and of nothing else.
const PROXY: &str = "KTEL_HTTPS_PROXY";

/// Sets up a [`Hec`].
#[must_use]
pub struct Builder {
    url: Url,
    token: Option<Token>,
    is_acknowledged: bool,
    authorities: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
    proxy: Option<String>,
}

/// What a sink cannot be set up with. The text says what to do, and quotes neither address nor token.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address cannot be read.
    #[error("the address of the receiver cannot be read ({0}): give it as https://host:8088")]
    Address(String),
    /// The address is not one of the web.
    #[error("the address of the receiver starts with neither https:// nor http://: give it as https://host:8088")]
    Scheme,
    /// The address of a receiver of lines cannot be read.
    #[error("the address of the receiver of lines cannot be read: give it as host:61833")]
    LineAddress,
    /// The address does not tell where acknowledgements are asked for.
    #[error(
        "acknowledgements are asked for beside {PATH}: let the path of the address end like that, or do without them"
    )]
    Acks,
    /// The token has characters that no header can bear.
    #[error("the token has characters that a token cannot have: check that it was copied as a whole, on one line")]
    Token,
    /// The proxy cannot be used.
    #[error("the address of the proxy cannot be used: give it as http://host:3128, in {PROXY} for example")]
    Proxy,
    /// The file with certificates cannot be read.
    #[error("the file that {CA_FILE} names cannot be read: name one that exists and may be read")]
    AuthorityFile(#[source] std::io::Error),
    /// There are no certificates where there should be some.
    #[error("there is no certificate to trust: give one or more in the PEM format (-----BEGIN CERTIFICATE-----)")]
    Authorities,
    /// The certificate of this side is not whole.
    #[error("a certificate of one's own is given in the PEM format, with its private key beside it")]
    Certificate,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

impl Hec {
    /// Starts to set up a sink for this address: `https://host:8088`, or a whole URL if the path is another one.
    pub fn builder(address: &str) -> Result<Builder, SetupError> {
        let mut url = Url::parse(address.trim()).map_err(|error| match error.to_string().as_str() {
            // What has no scheme is not an absolute URL to the parser.
            "relative URL without a base" => SetupError::Scheme,
            why => SetupError::Address(why.to_owned()),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SetupError::Scheme);
        }
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Builder { url, token: None, is_acknowledged: false, authorities: None, certificate: None, proxy: None })
    }
}

impl Builder {
    /// The token that lets in. Without one, the same is sent without `Authorization`, to a gateway that adds it.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Takes an event for delivered only when an indexer has acknowledged it. The token has to have acknowledgements
    /// switched on in Splunk; Splunk Cloud has them for one product only, which is not this one.
    pub fn acknowledged(mut self) -> Self {
        self.is_acknowledged = true;
        self
    }

    /// Certificates to trust besides those of the operating system, in the PEM format. By default they are read from the
    /// file that the variable `KTEL_CA_FILE` names, if it is set.
    pub fn authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities = Some(pem.into());
        self
    }

    /// The certificate of this side, with its private key, in the PEM format.
    pub fn certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificate = Some(pem.into());
        self
    }

    /// The proxy to go through: `http://host:3128`. By default it is the one that the variable `KTEL_HTTPS_PROXY` names,
    /// and if that is not set, the one of the variables that all programs heed (`HTTPS_PROXY`, `NO_PROXY` and so on).
    pub fn proxy(mut self, address: impl Into<String>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Checks the settings. Nothing is connected to yet.
    pub fn build(self) -> Result<Hec, SetupError> {
        let Self { url, token, is_acknowledged, authorities, certificate, proxy } = self;
        let authorization = token.map(|token| header(&token)).transpose()?;
        let acks = if is_acknowledged { Some(Acks::new(ack_url(&url).ok_or(SetupError::Acks)?)) } else { None };
        let authorities = self::authorities(authorities)?;
        let certificate =
            certificate.map(|pem| ClientCertificate::read(&pem).ok_or(SetupError::Certificate)).transpose()?;
        let tls = if url.scheme() == "https" { tls::config(authorities, certificate)? } else { tls::unused()? };
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_DEADLINE)
            .timeout(DEADLINE)
            .pool_idle_timeout(KEEP)
            .user_agent(concat!("ktel/", env!("CARGO_PKG_VERSION")));
        let proxy = proxy.or_else(|| variable(PROXY).map(|value| value.to_string_lossy().into_owned()));
        if let Some(proxy) = proxy {
            // The error would quote the address, which may hold a password.
            client = client.proxy(Proxy::all(&proxy).map_err(|_| SetupError::Proxy)?);
        }
        Ok(Hec::new(client.build()?, url, authorization, acks))
    }
}

/// The certificates to trust besides those of the operating system: those given, else those of the file that a variable names.
pub(crate) fn authorities(given: Option<Vec<u8>>) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let pem = match (given, variable(CA_FILE)) {
        (None, Some(path)) => Some(fs::read(path).map_err(SetupError::AuthorityFile)?),
        (given, _) => given,
    };
    pem.map_or_else(|| Ok(Vec::new()), |pem| tls::certificates(&pem).ok_or(SetupError::Authorities))
}

/// A variable of the environment, if it is set to anything.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn header(token: &Token) -> Result<HeaderValue, SetupError> {
    let mut header = HeaderValue::from_str(&token.header()).map_err(|_| SetupError::Token)?;
    // Whoever prints the headers prints this one as a secret.
    header.set_sensitive(true);
    Ok(header)
}

/// Where acknowledgements are asked for, beside where events go; `None` if that is nowhere near.
fn ack_url(url: &Url) -> Option<Url> {
    let path = url.path().trim_end_matches('/').trim_end_matches("/1.0").trim_end_matches("/event");
    let mut url = url.clone();
    let path = path.ends_with("/collector").then(|| format!("{path}/ack"))?;
    url.set_path(&path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_are_asked_for_beside_events() {
        let ack = |path: &str| {
            let url = Url::parse(&format!("https://splunk:8088{path}")).ok()?;
            Some(ack_url(&url)?.path().to_owned())
        };
        for path in ["", "/event", "/event/", "/event/1.0"] {
            assert_eq!(
                ack(&format!("/services/collector{path}")).as_deref(),
                Some("/services/collector/ack"),
                "{path}"
            );
        }
        assert_eq!(
            ack("/behind/a/gateway/services/collector").as_deref(),
            Some("/behind/a/gateway/services/collector/ack")
        );
        assert_eq!(ack("/telemetry"), None);
    }
}
