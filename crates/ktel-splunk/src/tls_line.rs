//! A sink for a heavy forwarder that reads lines over TLS.

use std::{fmt, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use ktel_outbox::{Line, Outcome, Sink};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

use crate::{
    builder::{SetupError, authorities},
    diagnosis::Diagnosis,
    encode_line::encode_line,
    tls::{self, ClientCertificate},
};

/// The port, where an address names none.
const PORT: u16 = 61_833;

/// How long each step of sending may take: to connect, to agree on TLS, to write, to close.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long the other side may take to close. It need not: it answers nothing.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long an attempt may take before the lines that are left are those of the next one.
const ATTEMPT: Duration = Duration::from_secs(20);

/// A sink that sends each report as a line over a TLS connection of its own. No proxy is used.
///
/// There is no answer. A line is delivered when it was written and the other side did not break the connection off.
pub struct TlsLine {
    connector: TlsConnector,
    host: String,
    port: u16,
    name: ServerName<'static>,
    diagnosis: Option<Diagnosis>,
}

/// Sets up a [`TlsLine`].
#[must_use]
pub struct TlsLineBuilder {
    host: String,
    port: u16,
    authorities: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
}

impl TlsLine {
    /// Starts to set up a sink for this address: `host`, `host:61833`, or `[::1]:61833`.
    pub fn builder(address: &str) -> Result<TlsLineBuilder, SetupError> {
        let (host, port) = split(address.trim()).ok_or(SetupError::LineAddress)?;
        Ok(TlsLineBuilder { host, port, authorities: None, certificate: None })
    }

    /// What a person should know of the latest attempt; `None` if it went well.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    async fn send(&self, text: &str) -> Result<(), Diagnosis> {
        let addresses = step("be found", lookup_host((self.host.as_str(), self.port))).await?.collect::<Vec<_>>();
        let stream = step("be reached", connect(&addresses)).await?;
        let mut stream = step("be trusted", self.connector.connect(self.name.clone(), stream)).await?;
        step("be written to", async {
            stream.write_all(text.as_bytes()).await?;
            stream.flush().await
        })
        .await?;
        step("be said goodbye to", stream.shutdown()).await?;
        // A connection that is broken off now has perhaps not taken the line; one that stays open has.
        let farewell = timeout(GOODBYE, stream.read(&mut [0; 64])).await;
        match farewell {
            Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
                Err(failed("keep the connection", &error))
            }
            _ => Ok(()),
        }
    }
}

impl TlsLineBuilder {
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

    /// Checks the settings. Nothing is connected to yet.
    pub fn build(self) -> Result<TlsLine, SetupError> {
        let Self { host, port, authorities: given, certificate } = self;
        let certificate =
            certificate.map(|pem| ClientCertificate::read(&pem).ok_or(SetupError::Certificate)).transpose()?;
        let config = tls::config(authorities(given)?, certificate)?;
        let name = ServerName::try_from(host.clone()).map_err(|_| SetupError::LineAddress)?;
        Ok(TlsLine { connector: TlsConnector::from(Arc::new(config)), host, port, name, diagnosis: None })
    }
}

impl fmt::Debug for TlsLine {
    /// Does not show the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsLine").field("diagnosis", &self.diagnosis).finish_non_exhaustive()
    }
}

impl Sink<Line> for TlsLine {
    async fn post(&mut self, batch: &[Arc<Line>]) -> Outcome {
        let mut texts = Vec::new();
        for (index, line) in batch.iter().enumerate() {
            // Nothing has been sent yet, so that nothing is sent twice.
            let Ok(text) = encode_line(line) else {
                self.diagnosis =
                    Some(Diagnosis::new("a line would not be read as it was meant", "report it as a fault"));
                return Outcome::Isolate(index);
            };
            texts.push(text);
        }
        let began = Instant::now();
        for (index, text) in texts.iter().enumerate() {
            if index > 0 && began.elapsed() > ATTEMPT {
                return Outcome::ResumeAt { index, after: Some(Duration::ZERO) };
            }
            if let Err(diagnosis) = self.send(text).await {
                tracing::debug!("{diagnosis}");
                self.diagnosis = Some(diagnosis);
                return Outcome::ResumeAt { index, after: None };
            }
        }
        self.diagnosis = None;
        Outcome::Delivered
    }
}

async fn step<T>(what: &str, work: impl Future<Output = io::Result<T>>) -> Result<T, Diagnosis> {
    match timeout(DEADLINE, work).await {
        Ok(result) => result.map_err(|error| failed(what, &error)),
        Err(_) => Err(failed(what, &io::ErrorKind::TimedOut.into())),
    }
}

/// Connects to the first of some addresses that answers; each has its share of the time, so that one that is silent does not
/// use up that of the others.
async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let share = DEADLINE / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut latest = io::ErrorKind::NotFound.into();
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => latest = error,
            Err(_) => latest = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(latest)
}

/// What the system says of an error names neither side, and neither does what is said here of a certificate.
fn failed(what: &str, error: &io::Error) -> Diagnosis {
    let certificate = error.get_ref().and_then(|error| error.downcast_ref()).and_then(tls::complaint);
    match (certificate, what) {
        (Some(complaint), _) => Diagnosis::new(format!("the receiver of lines cannot be trusted: {complaint}"), TRUST),
        (None, "be trusted") => {
            let problem = format!("the receiver of lines does not agree on TLS ({})", error.kind());
            Diagnosis::new(problem, "check that TLS is spoken at its port, and whether it asks for a certificate")
        }
        (None, _) => {
            let problem = format!("the receiver of lines cannot {what} ({})", error.kind());
            Diagnosis::new(problem, "check its address, and what stands in between")
        }
    }
}

const TRUST: &str = "check its certificate, and name its authority in KTEL_CA_FILE";

/// Takes an address apart; `None` if it is none.
fn split(address: &str) -> Option<(String, u16)> {
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':').or(port.is_empty().then_some("")))
        }
        None => address.split_once(':').map_or((address, Some("")), |(host, port)| (host, Some(port))),
    };
    let port = match port? {
        "" if address.ends_with(':') => return None,
        "" => PORT,
        port => port.parse().ok().filter(|port| *port != 0)?,
    };
    (!host.is_empty() && !host.contains('/')).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_perhaps_a_port() {
        for (address, expected) in [
            ("forwarder", Some(("forwarder", PORT))),
            ("forwarder.example.com:514", Some(("forwarder.example.com", 514))),
            ("[::1]:514", Some(("::1", 514))),
            ("[::1]", Some(("::1", PORT))),
            ("", None),
            (":514", None),
            ("forwarder:", None),
            ("forwarder:0", None),
            ("forwarder:http", None),
            ("https://forwarder:514", None),
            ("::1", None),
            ("[::1", None),
            ("[::1]514", None),
        ] {
            assert_eq!(split(address), expected.map(|(host, port)| (host.to_owned(), port)), "{address}");
        }
    }
}
