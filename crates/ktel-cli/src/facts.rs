//! What only the controller knows, from where the command line says that it is told.

use std::sync::Arc;

use ktel_collector::HostFacts;
use ktel_facts::{Facts, FactsError, Place};
use tokio::sync::Mutex;

use crate::{
    args::ClusterArgs,
    failure::{Failure, chain},
};

/// Reads all facts that the command line names, and says on the standard error what was left out of them.
pub(crate) async fn gather(args: &ClusterArgs) -> Result<HostFacts, Failure> {
    let mut facts = named(args)?;
    let mut told = facts.gather().await.map_err(|error| unreadable(&error))?;
    if let Some(left_out) = left_out(&facts) {
        eprintln!("{left_out}");
    }
    if let Some(version) = version(args) {
        told.product.version = Some(version);
    }
    Ok(told)
}

/// Facts that are asked for again and again. What cannot be had is said in the log, and not told.
#[derive(Clone)]
pub(crate) struct Repeated {
    source: Arc<Mutex<Source>>,
    version: Option<String>,
}

struct Source {
    facts: Facts,
    /// What was wrong the last time; a change is said.
    problem: Option<String>,
}

impl Repeated {
    /// All facts that the command line names.
    pub(crate) fn named(args: &ClusterArgs) -> Result<Self, Failure> {
        if args.facts.iter().any(|facts| Place::parse(facts) == Place::Stdin) {
            let message = "the standard input can be read only once, and facts are asked for at each report";
            return Err(Failure::new(message, "let --facts name an address, or a file that the controller writes"));
        }
        let source = Source { facts: named(args)?, problem: None };
        Ok(Self { source: Arc::new(Mutex::new(source)), version: version(args) })
    }

    /// Asks for them once more.
    pub(crate) async fn ask(self) -> HostFacts {
        let mut facts = self.source.lock().await.ask().await;
        if let Some(version) = self.version {
            facts.product.version = Some(version);
        }
        facts
    }
}

impl Source {
    async fn ask(&mut self) -> HostFacts {
        let (facts, problem) = match self.facts.gather().await {
            Ok(facts) => (facts, left_out(&self.facts)),
            Err(error) => {
                (HostFacts::default(), Some(format!("reports go without what the controller tells: {}", chain(&error))))
            }
        };
        if problem != self.problem {
            if let Some(problem) = &problem {
                tracing::warn!("{problem}");
            } else {
                tracing::info!("what the controller tells is known again");
            }
            self.problem = problem;
        }
        facts
    }
}

/// What the controller told that this version of the standard does not take, in a sentence.
fn left_out(facts: &Facts) -> Option<String> {
    let left_out: Vec<String> = facts.left_out().iter().map(ToString::to_string).collect();
    let known = ktel_types::contract::SCHEMA;
    (!left_out.is_empty())
        .then(|| format!("left out of what the controller tells, by {known}: {}", left_out.join("; ")))
}

/// The version that the command line names, or that of this program if it reports on nothing else.
fn version(args: &ClusterArgs) -> Option<String> {
    match &args.product_version {
        None if args.product == env!("CARGO_BIN_NAME") => Some(env!("CARGO_PKG_VERSION").to_owned()),
        version => version.clone(),
    }
}

/// All of them. A controller that serves or writes a document may be newer than this program; whoever pipes one in is there to mend it.
fn named(args: &ClusterArgs) -> Result<Facts, Failure> {
    let is_stdin = |facts: &&String| Place::parse(facts) == Place::Stdin;
    if args.facts.iter().filter(is_stdin).count() > 1 {
        return Err(Failure::new("the standard input can be read only once", "name it once with --facts"));
    }
    if args.metrics_urls.iter().any(|url| !matches!(Place::parse(url), Place::Url(_))) {
        let help = "give --metrics-url as http://127.0.0.1:10255/metrics";
        return Err(Failure::new("the address of the metrics starts with neither http:// nor https://", help));
    }
    let builder = reqwest::Client::builder().user_agent(concat!("ktel/", env!("CARGO_PKG_VERSION")));
    let is_secure = args.facts.iter().chain(&args.metrics_urls).any(|address| address.starts_with("https://"));
    let builder = if is_secure { builder } else { builder.tls_backend_preconfigured(no_tls()) };
    let client = builder.build();
    let client = client.map_err(|error| Failure::new(chain(&error), "report this as a fault of ktel"))?;
    let facts = if args.facts.iter().any(|facts| is_stdin(&facts)) {
        Facts::new(client)
    } else {
        Facts::new(client).tolerant()
    };
    let with_documents = args.facts.iter().fold(facts, |facts, text| facts.document(Place::parse(text)));
    Ok(args.metrics_urls.iter().fold(with_documents, |facts, url| facts.metrics(Place::parse(url))))
}

/// TLS that trusts nobody, for addresses that do without: a container need not have any certificate for them.
fn no_tls() -> rustls::ClientConfig {
    let nobody = rustls::RootCertStore::empty();
    rustls::ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth()
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What a controller tells is read each time, and what was wrong is remembered until it is right again.
    #[tokio::test]
    async fn what_is_wrong_today_may_be_right_tomorrow() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("facts.json");
        let client = reqwest::Client::builder().tls_backend_preconfigured(no_tls()).build().unwrap();
        let mut source =
            Source { facts: Facts::new(client).tolerant().document(Place::File(file.clone())), problem: None };
        for (text, pushes, problem) in [
            (r#"{"performance": {"config_push_count": 1}}"#, Some(1), None),
            (
                r#"{"performance": {"config_push_count": 1, "yet_unknown": 1}}"#,
                Some(1),
                Some("by kong.telemetry.v1/1.0: performance.yet_unknown: is not part of the contract"),
            ),
            (r#"{"performance": {"config_push_count": "x"}}"#, None, Some("must be a whole number")),
            ("", None, Some("is not valid")),
            (r#"{"performance": {"config_push_count": 2}}"#, Some(2), None),
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(source.ask().await.performance.config_push_count, pushes, "{text}");
            let said = source.problem.as_deref();
            assert_eq!(said.is_some(), problem.is_some(), "{said:?}");
            assert!(problem.is_none_or(|problem| said.unwrap().contains(problem)), "{said:?}");
        }
    }
}
