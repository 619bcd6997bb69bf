//! Where reports go, and what they go with: what `send` and `agent` have in common.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

#[derive(Debug, clap::Args)]
pub(crate) struct SendingArgs {
    /// The address of Splunk's HTTP Event Collector: https://host:8088
    #[arg(long, value_name = "URL", env = "KTEL_HEC_URL", hide_env_values = true)]
    pub(crate) hec_url: Option<String>,
    /// The address of a heavy forwarder that reads lines over TLS: host:61833. Reports go there, too, or there alone
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) line_to: Option<String>,
    /// A file with the token; by default the token is $KTEL_HEC_TOKEN. Without any, none is sent, as to a gateway
    #[arg(long, value_name = "FILE", env = "KTEL_TOKEN_FILE", value_parser = path())]
    pub(crate) token_file: Option<PathBuf>,
    /// Wait until an indexer has acknowledged all; the token has to have that switched on in Splunk
    #[arg(long)]
    pub(crate) acknowledged: bool,
    /// A file with the certificate to show, and its private key (PEM). Certificates to trust besides those of the operating
    /// system are read from the file $KTEL_CA_FILE; the proxy is $KTEL_HTTPS_PROXY, or $HTTPS_PROXY
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// A directory in which events wait that cannot be sent, for the next process with the same one
    #[arg(long, value_name = "DIRECTORY", env = "KTEL_SPOOL", value_parser = path())]
    pub(crate) spool: Option<PathBuf>,
    /// A file that shows the last ten reports to people, whether they are sent or not, or `-`, the standard output. Where telemetry is
    /// `local`, reports are written there and nowhere else
    #[arg(long, value_name = "FILE", env = "KTEL_JOURNAL", value_parser = path())]
    pub(crate) journal: Option<PathBuf>,
}

impl SendingArgs {
    /// The same without variables that are set to nothing, as manifests set what nobody has chosen.
    pub(crate) fn without_blanks(mut self) -> Self {
        let is_said = |text: &String| !text.is_empty();
        let is_named = |path: &PathBuf| !path.as_os_str().is_empty();
        self.hec_url = self.hec_url.filter(is_said);
        self.token_file = self.token_file.filter(is_named);
        self.spool = self.spool.filter(is_named);
        self.journal = self.journal.filter(is_named);
        self
    }
}

/// A path, or nothing.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}
