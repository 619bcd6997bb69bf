//! What can be said on the command line.

#![allow(clippy::doc_markdown, reason = "the comments are shown in a terminal, as they are")]

mod agent;
mod sending;

use std::path::PathBuf;

use clap::{
    ArgGroup, ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, error::ErrorKind,
    parser::ValueSource,
};

pub(crate) use agent::AgentArgs;
pub(crate) use sending::SendingArgs;

/// See what is reported of a Kubernetes cluster before it is sent; send it; validate it
#[derive(Debug, Parser)]
#[command(
    name = "ktel",
    version,
    after_help = "Telemetry is switched off for a whole cluster by `ktel opt-out`, for a process by DO_NOT_TRACK=1 or\n\
                  KTEL_TELEMETRY=off; the other values of KTEL_TELEMETRY are local, on, or categories:\n\
                  KTEL_TELEMETRY=environment,usage. `ktel status` shows who says what."
)]
pub(crate) struct Args {
    /// Show on the standard error what is done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// What is said on the command line and by variables. Ends the process where that makes no sense.
    pub(crate) fn read() -> Self {
        let told = Self::command().get_matches();
        let mut args = Self::from_arg_matches(&told).unwrap_or_else(|error| error.exit());
        if let (Command::Send(args), Some((_, told))) = (&mut args.command, told.subcommand()) {
            args.keep_to_file(told).unwrap_or_else(|error| error.exit());
        }
        args
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Send a report of an embedded cluster to an embedded receiver, and show both sides
    ///
    /// Needs no cluster, no Splunk and no network. Nothing real is read and nothing leaves this machine, so that it runs
    /// whatever DO_NOT_TRACK says.
    #[cfg(feature = "demo")]
    Demo,
    /// Show what would be sent, without sending it
    Preview(PreviewArgs),
    /// Make one report and send it
    Send(SendArgs),
    /// Make reports when they are due and send them, until it is stopped: beside a controller that is not in Rust
    Agent(Box<AgentArgs>),
    /// Show whether anything is read and sent, who says what, and how that is changed
    Status(ClusterArgs),
    /// Switch telemetry off for a whole cluster: every ktel in it obeys, whatever the product
    OptOut(OptArgs),
    /// Take back what opt-out has said
    OptIn(OptArgs),
    /// Give a cluster and all that reports in it other identifiers, which nobody can join with those before
    RotateId(RotateArgs),
    /// Hold reports against the contract
    ///
    /// Reads reports or envelopes of the HTTP Event Collector, one JSON document a line (or spread over several, as
    /// pretty-printers do). Prints each violation with its line and path, never with its value.
    ///
    /// Exit codes: 0 all valid, 1 something is not, 2 something cannot be read, or the output cannot be written.
    Validate(ValidateArgs),
    /// Say what a field, a section or a question of the standard is, why it is asked and where it is read
    Explain(ExplainArgs),
    /// Print a contract
    Schema(SchemaArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OptArgs {
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
    /// The namespace that bears the annotation: kube-system, or default, where nobody may change that
    #[arg(long = "in", value_name = "NAMESPACE", default_value = "kube-system", value_parser = ["kube-system", "default"])]
    pub(crate) namespace: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
    /// The salt that the identifiers are made with from now on; by default random
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) salt: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ChangeArgs {
    /// The kubeconfig file; by default $KUBECONFIG, ~/.kube/config, or the pod's own account
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; by default the current one
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// Change nothing, and show what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Change nothing, and print a manifest to be applied by others
    #[arg(short, long, value_enum)]
    pub(crate) output: Option<Manifest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Manifest {
    /// A manifest for GitOps
    Yaml,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    /// The kubeconfig file; by default $KUBECONFIG, ~/.kube/config, or the pod's own account
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; by default the current one. Several make a report each, of one installation, which is
    /// at home in the first one
    #[arg(long = "context", value_name = "NAME")]
    pub(crate) contexts: Vec<String>,
    /// The only namespaces to read, for accounts without rights on the whole cluster; besides, `kube-system` is asked for its
    /// identifier, namespaces are asked whether they say no, and what --pod and --publish-service name is read
    #[arg(long = "namespace", value_name = "NAMES", value_delimiter = ',', env = "KTEL_NAMESPACES")]
    pub(crate) namespaces: Vec<String>,
    /// The product that reports
    #[arg(long, value_name = "NAME", env = "KTEL_PRODUCT", default_value = "ktel")]
    pub(crate) product: String,
    /// The version of the product that reports
    #[arg(long, value_name = "VERSION", env = "KTEL_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// The index of Splunk that the events name; by default none, and they are filed where the token says
    #[arg(long, value_name = "NAME", env = "KTEL_INDEX")]
    pub(crate) index: Option<String>,
    /// The pod of the controller that the report is about
    #[arg(long, value_name = "NAMESPACE/NAME", env = "KTEL_POD")]
    pub(crate) pod: Option<String>,
    /// The Service behind which the gateway stands; by default the one that the controller's pod names
    #[arg(long, value_name = "NAMESPACE/NAME", requires = "pod")]
    pub(crate) publish_service: Option<String>,
    /// A JSON document with what only the controller knows (see `ktel schema host-facts`): a file, - for the standard
    /// input, or an address. Several are control planes of one installation
    #[arg(long, value_name = "FILE|-|URL", env = "KTEL_FACTS", hide_env_values = true)]
    pub(crate) facts: Vec<String>,
    /// The controller's metrics, in the text format of Prometheus: http://127.0.0.1:10255/metrics. Several are control
    /// planes of one installation. Tells what is and how long things took; what is counted needs two reports of one process
    #[arg(long = "metrics-url", value_name = "URL", env = "KTEL_METRICS_URL", hide_env_values = true)]
    pub(crate) metrics_urls: Vec<String>,
}

impl ClusterArgs {
    /// The same without variables that are set to nothing, as manifests set what nobody has chosen.
    pub(crate) fn without_blanks(mut self) -> Self {
        let is_said = |text: &String| !text.is_empty();
        for list in [&mut self.namespaces, &mut self.facts, &mut self.metrics_urls] {
            list.retain(is_said);
        }
        for value in [&mut self.product_version, &mut self.index, &mut self.pod, &mut self.publish_service] {
            *value = value.take().filter(is_said);
        }
        if self.product.is_empty() {
            env!("CARGO_BIN_NAME").clone_into(&mut self.product);
        }
        self
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct PreviewArgs {
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    /// How to show it; by default json
    #[arg(short, long, value_enum)]
    pub(crate) output: Option<Output>,
    /// Show a table with what each field means, why it is asked for and where it is read
    #[arg(long)]
    pub(crate) annotate: bool,
    /// Show what has changed since the last report in a file: one that `ktel send --journal` or `ktel preview` has written
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "annotate"])]
    pub(crate) diff: Option<PathBuf>,
    /// Read with the rights of this ServiceAccount, as the controller does; you need the right to impersonate it
    #[arg(long = "as", value_name = "NAMESPACE/NAME")]
    pub(crate) account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// The reports, one a line, byte for byte as they travel
    Json,
    /// The body of the request to Splunk, byte for byte: each report in its envelope
    Hec,
    /// A table for people
    Table,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("address").args(["hec_url", "line_to", "to"]).required(true).multiple(true)))]
pub(crate) struct SendArgs {
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    #[command(flatten)]
    pub(crate) sending: SendingArgs,
    /// Write the report there in place of sending it: to a file, at its end, or `-`, the standard output. Nothing is sent then
    #[arg(long, value_name = "FILE", conflicts_with = "line_to")]
    pub(crate) to: Option<PathBuf>,
    /// Send what --to has written, perhaps on the other side of an air gap, and read no cluster: a file, or `-`, the standard
    /// input. Identifiers stay as they are, so that what arrives twice is known to be the same
    #[arg(long, value_name = "FILE", conflicts_with = "line_to")]
    pub(crate) from: Option<PathBuf>,
    /// How many seconds to try for
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) patience: u64,
}

impl SendArgs {
    /// Where a report goes into a file or comes out of one, nothing waits and nothing is written down: variables that say where
    /// are for others, and who says it here is told that it makes no sense.
    fn keep_to_file(&mut self, told: &ArgMatches) -> Result<(), clap::Error> {
        let file = match (&self.to, &self.from) {
            (Some(_), _) => "--to",
            (None, Some(_)) => "--from",
            (None, None) => return Ok(()),
        };
        for flag in ["spool", "journal"] {
            if told.value_source(flag) == Some(ValueSource::CommandLine) {
                let message = format!("the argument '--{flag}' cannot be used with '{file}'");
                return Err(Args::command().error(ErrorKind::ArgumentConflict, message));
            }
        }
        (self.sending.spool, self.sending.journal) = (None, None);
        Ok(())
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ValidateArgs {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Show of each field in how many of the valid reports it is, and why it is not in the others
    #[arg(long)]
    pub(crate) coverage: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A path such as cluster.node_count or kong.plugins, or the id of a question; by default all sections and questions are listed
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// Which one
    #[arg(value_enum, default_value_t = Contract::Strict)]
    pub(crate) contract: Contract,
    /// Every field with all that is said of it, as JSON: the same as `dictionary`
    #[arg(long, conflicts_with = "contract")]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contract {
    /// The JSON Schema of what is sent, with all bounds
    Strict,
    /// The JSON Schema of what is received, open to later versions
    Tolerant,
    /// The JSON Schema of what a controller tells the collector
    HostFacts,
    /// Every field with all that is said of it, as JSON
    Dictionary,
}
