//! From a kubeconfig to a collector.

use std::time::Duration;

use ktel_collector::{
    CollectError, Collector, HostFacts,
    consent::{self, Decision, Environment, Setting},
    gather::GatherError,
};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};

use crate::{
    args::ClusterArgs,
    failure::{Failure, chain},
};

/// How long a connection to an API server may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// What is decided about consent before anything is opened: whoever runs a command says yes, the environment may say no.
pub(crate) fn decide() -> Decision {
    consent::decide(&Setting::on(), &Environment::read())
}

/// A collector for the cluster that the command line names. Nothing is connected to yet.
pub(crate) async fn collector(args: &ClusterArgs) -> Result<Collector, Failure> {
    // A process may have chosen its cryptography before; then it stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = config(args).await?;
    config.connect_timeout = Some(CONNECT_DEADLINE);
    let client = Client::try_from(config)
        .map_err(|error| Failure::new(format!("the kubeconfig cannot be used: {}", chain(&error)), KUBECONFIG))?;
    let version = match &args.product_version {
        None if args.product == env!("CARGO_BIN_NAME") => Some(env!("CARGO_PKG_VERSION").to_owned()),
        version => version.clone(),
    };
    Collector::builder(client, args.product.clone(), Setting::on())
        .host_facts(move || {
            let mut facts = HostFacts::default();
            facts.product.version.clone_from(&version);
            facts
        })
        .build()
        .map_err(|error| Failure::new(error.to_string(), "name the product with --product"))
}

const KUBECONFIG: &str = "name another file with --kubeconfig or $KUBECONFIG, or another context with --context";

async fn config(args: &ClusterArgs) -> Result<Config, Failure> {
    if args.kubeconfig.is_none() && args.context.is_none() {
        let failure = |error| Failure::new(format!("no cluster is configured: {}", chain(&error)), KUBECONFIG);
        return Config::infer().await.map_err(failure);
    }
    let options = KubeConfigOptions { context: args.context.clone(), ..KubeConfigOptions::default() };
    let config = match &args.kubeconfig {
        Some(path) => match Kubeconfig::read_from(path) {
            Ok(kubeconfig) => Config::from_custom_kubeconfig(kubeconfig, &options).await,
            Err(error) => Err(error),
        },
        None => Config::from_kubeconfig(&options).await,
    };
    config.map_err(|error| Failure::new(format!("the kubeconfig cannot be read: {}", chain(&error)), KUBECONFIG))
}

/// What a person should do if a cluster cannot be read.
pub(crate) fn unreadable(error: &CollectError) -> Failure {
    let help = match error {
        CollectError::Off(_) => "unset the variable to allow it",
        CollectError::Gather(GatherError::Unauthorized) => {
            "log in to the cluster again, or renew the token in the kubeconfig"
        }
        CollectError::Gather(_) => "check that the server of the kubeconfig is up and can be reached from here",
        CollectError::Invalid(_) => "report this as a fault of ktel",
    };
    Failure::new(chain(error), help)
}
