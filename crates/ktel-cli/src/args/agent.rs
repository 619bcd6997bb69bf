//! What can be said to `ktel agent`.

use std::net::SocketAddr;

use super::{ClusterArgs, SendingArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct AgentArgs {
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) sending: SendingArgs,
    /// The Lease by which the replicas agree on the one that reports. Needs the verbs get and update on it, and create on leases in
    /// its namespace. By default nobody is asked, and this one reports
    #[arg(long, value_name = "NAMESPACE/NAME", env = "KTEL_LEASE")]
    pub(crate) lease: Option<String>,
    /// Where /healthz and /metrics are served; by default nowhere
    #[arg(long, value_name = "ADDRESS:PORT", env = "KTEL_LISTEN")]
    pub(crate) listen: Option<String>,
    /// For how many seconds after the start nothing is read and sent
    #[arg(long, value_name = "SECONDS", env = "KTEL_GRACE", default_value_t = 600)]
    pub(crate) grace: u64,
    /// How many seconds lie between two reports
    #[arg(long, value_name = "SECONDS", env = "KTEL_PERIOD", default_value_t = 86_400)]
    pub(crate) period: u64,
    /// The name of the pod that this process runs in, by which people know it in the Lease; by default that of the machine
    #[arg(long, env = "POD_NAME", hide = true)]
    pub(crate) pod_name: Option<String>,
}

impl AgentArgs {
    /// The same without variables that are set to nothing, as manifests set what nobody has chosen.
    pub(crate) fn without_blanks(self) -> Self {
        let is_said = |text: &String| !text.is_empty();
        Self {
            cluster: self.cluster.without_blanks(),
            sending: self.sending.without_blanks(),
            lease: self.lease.filter(is_said),
            listen: self.listen.filter(is_said),
            pod_name: self.pod_name.filter(is_said),
            ..self
        }
    }

    /// Where to listen, if that is said.
    pub(crate) fn listens_at(&self) -> Option<Result<SocketAddr, std::net::AddrParseError>> {
        self.listen.as_ref().map(|text| text.parse())
    }
}
