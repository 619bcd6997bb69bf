//! What only the controller knows, from where the command line says that it is told.

use ktel_collector::HostFacts;
use ktel_facts::{Facts, FactsError, Place};

use crate::{
    args::ClusterArgs,
    failure::{Failure, chain},
};

/// Reads all facts that the command line names.
pub(crate) async fn gather(args: &ClusterArgs) -> Result<HostFacts, Failure> {
    let mut told = named(args)?.gather().await.map_err(|error| unreadable(&error))?;
    if let Some(version) = version(args) {
        told.product.version = Some(version);
    }
    Ok(told)
}

/// The version that the command line names, or that of this program if it reports on nothing else.
fn version(args: &ClusterArgs) -> Option<String> {
    match &args.product_version {
        None if args.product == env!("CARGO_BIN_NAME") => Some(env!("CARGO_PKG_VERSION").to_owned()),
        version => version.clone(),
    }
}

fn named(args: &ClusterArgs) -> Result<Facts, Failure> {
    let is_stdin = |facts: &&String| Place::parse(facts) == Place::Stdin;
    if args.facts.iter().filter(is_stdin).count() > 1 {
        return Err(Failure::new("the standard input can be read only once", "name it once with --facts"));
    }
    if args.metrics_urls.iter().any(|url| !matches!(Place::parse(url), Place::Url(_))) {
        let help = "give --metrics-url as http://127.0.0.1:10255/metrics";
        return Err(Failure::new("the address of the metrics starts with neither http:// nor https://", help));
    }
    let client = reqwest::Client::builder().user_agent(concat!("ktel/", env!("CARGO_PKG_VERSION"))).build();
    let client = client.map_err(|error| Failure::new(chain(&error), "report this as a fault of ktel"))?;
    let with_documents = args.facts.iter().fold(Facts::new(client), |facts, text| facts.document(Place::parse(text)));
    Ok(args.metrics_urls.iter().fold(with_documents, |facts, url| facts.metrics(Place::parse(url))))
}

fn unreadable(error: &FactsError) -> Failure {
    let help = match error {
        FactsError::Document(_) => "name a file that is there, or an address that answers, with --facts",
        FactsError::Invalid(_) => "see `ktel schema host-facts` for what it may hold",
        FactsError::Metrics(_) => "check --metrics-url, and that it can be reached from here",
        FactsError::NoMetrics => "name the metrics of Kong's controller with --metrics-url, not those of its gateway",
    };
    Failure::new(chain(error), help)
}
