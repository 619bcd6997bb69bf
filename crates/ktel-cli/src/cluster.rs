//! From a kubeconfig to collectors.

use std::{io, path::Path, time::Duration};

use ktel_collector::{
    BuildError, Builder, CollectError, Collector, HostFacts, SelfRef,
    consent::{self, Decision, Environment, Setting},
    gather::GatherError,
};
use ktel_splunk::{JournalFile, Ndjson, Spool};
use ktel_types::report::IdSource;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};

use crate::{
    args::{ChangeArgs, ClusterArgs},
    facts,
    failure::{Failure, chain},
};

/// How long a connection to an API server may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// What is decided about consent before anything is opened: whoever runs a command says yes, the environment may say no. So
/// may the cluster, which is asked by whoever reads it.
pub(crate) fn decide() -> Decision {
    consent::decide(&Setting::on().confirmed(), &Environment::read(), &[])
}

/// A collector, and the context that it reads.
pub(crate) struct Named {
    pub(crate) collector: Collector,
    /// The context, if somebody named one.
    pub(crate) context: Option<String>,
}

/// What a command wants of its collectors, besides the clusters that the command line names.
#[derive(Default)]
pub(crate) struct Wish<'a> {
    /// Where what cannot be sent waits.
    pub(crate) spool: Option<&'a Path>,
    /// Where the last reports are written down.
    pub(crate) journal: Option<&'a Path>,
    /// The account whose rights are tried, as `namespace/name`.
    pub(crate) account: Option<&'a str>,
    /// When what the controller tells is asked for.
    pub(crate) facts: Facts,
}

/// When what the controller tells is asked for.
#[derive(Default, PartialEq, Eq)]
pub(crate) enum Facts {
    /// If the cluster does not say no.
    #[default]
    IfAllowed,
    /// Whatever anybody says: a person wants to see it.
    Always,
    /// Never.
    Never,
}

/// A collector for each cluster that the command line names. Nothing is connected to yet.
///
/// What only the controller knows belongs to the first cluster, the home of the installation: told twice, it would count twice.
pub(crate) async fn collectors(args: &ClusterArgs, wish: Wish<'_>) -> Result<Vec<Named>, Failure> {
    if let Some(twice) = args.contexts.iter().enumerate().find(|(place, name)| args.contexts[..*place].contains(name)) {
        let message = format!("the context {} is named twice", twice.1);
        return Err(Failure::new(message, "name each cluster once with --context"));
    }
    let contexts: Vec<Option<&String>> = match &args.contexts[..] {
        [] => vec![None],
        contexts => contexts.iter().map(Some).collect(),
    };
    if wish.spool.is_some() && contexts.len() > 1 {
        // One cluster's no is not another one's.
        return Err(Failure::new(
            "several clusters cannot share a --spool",
            "run it once for each, with a directory of its own",
        ));
    }
    let count = u32::try_from(contexts.len()).unwrap_or(u32::MAX);
    // What the controller tells is not asked for before the cluster is: that may say no.
    let mut facts: Option<HostFacts> = None;
    let mut home: Option<Client> = None;
    let mut named = Vec::new();
    for context in contexts {
        let client = client_of(args.kubeconfig.as_deref(), context.map(String::as_str), wish.account).await?;
        let facts = match (&facts, &wish.facts) {
            (Some(facts), _) => facts,
            (None, Facts::IfAllowed) => facts.insert(allowed_facts(args, client.clone()).await?),
            (None, Facts::Always) => facts.insert(facts::gather(args).await?),
            (None, Facts::Never) => facts.insert(HostFacts::default()),
        };
        // Whoever runs a command has confirmed it; an account that is tried has not.
        let consent = if wish.account.is_some() { Setting::on() } else { Setting::on().confirmed() };
        let mut builder = builder(args, client.clone(), consent)?.cluster_count(count);
        if let Some(directory) = wish.spool {
            builder = builder.store(Spool::new(directory));
        }
        if let Some(file) = wish.journal {
            builder = journal(builder, file);
        }
        builder = match &home {
            None => {
                let facts = facts.clone();
                builder.host_facts(move || facts.clone())
            }
            Some(home) => {
                let version = facts.product.version.clone();
                builder.home(home.clone()).host_facts(move || {
                    let mut facts = HostFacts::default();
                    facts.product.version.clone_from(&version);
                    facts
                })
            }
        };
        home.get_or_insert(client);
        let collector = builder.build().map_err(|error| unusable(&error))?;
        named.push(Named { collector, context: context.cloned() });
    }
    Ok(named)
}

/// A collector of the cluster of this client, as far as the command line says how it is set up.
pub(crate) fn builder(args: &ClusterArgs, client: Client, consent: Setting) -> Result<Builder, Failure> {
    let builder = Collector::builder(client, args.product.clone(), consent).namespaces(args.namespaces.iter().cloned());
    let builder = match own_pod(args)? {
        Some(own) => builder.own_pod(own),
        None => builder,
    };
    Ok(match &args.index {
        Some(index) => builder.index(index),
        None => builder,
    })
}

/// The same, which writes reports down in a file of this name, or on the standard output.
pub(crate) fn journal(builder: Builder, file: &Path) -> Builder {
    if file == Path::new("-") {
        builder.journal(Ndjson::new(io::stdout()))
    } else {
        builder.journal(JournalFile::new(file))
    }
}

/// The identifier that a cluster has now, if that can be known.
pub(crate) async fn cluster_id(args: &ChangeArgs) -> Option<String> {
    let client = client(args.kubeconfig.as_deref(), args.context.as_deref()).await.ok()?;
    let mut collector = Collector::builder(client, env!("CARGO_BIN_NAME"), Setting::off()).build().ok()?;
    let identity = collector.identify().await.ok()?;
    (identity.source == IdSource::KubeSystemUid).then_some(identity.cluster)
}

/// What the controller tells, if its cluster does not say no.
async fn allowed_facts(args: &ClusterArgs, client: Client) -> Result<HostFacts, Failure> {
    let builder = builder(args, client, Setting::on().confirmed())?;
    let mut collector = builder.build().map_err(|error| unusable(&error))?;
    if collector.consult().await.may_collect() { facts::gather(args).await } else { Ok(HostFacts::default()) }
}

/// What a person should do if a collector cannot be set up.
pub(crate) fn unusable(error: &BuildError) -> Failure {
    let option = match error {
        BuildError::Product => "name the product with --product",
        BuildError::Namespace => "name namespaces with --namespace, separated by commas",
        BuildError::Index => "name the index with --index, or leave it to the token",
        BuildError::Period => "give --period and --grace in seconds, such as --period 86400 --grace 600",
        BuildError::ClusterCount => "name fewer clusters with --context",
    };
    Failure::new(error.to_string(), option)
}

/// The pod of the controller.
fn own_pod(args: &ClusterArgs) -> Result<Option<SelfRef>, Failure> {
    let Some(pod) = &args.pod else { return Ok(None) };
    let refuse = |what: &str, option: &str| {
        Failure::new(format!("{what} is named by namespace and name"), format!("give {option} as NAMESPACE/NAME"))
    };
    let (namespace, name) = pod.split_once('/').ok_or_else(|| refuse("a pod", "--pod"))?;
    let own = SelfRef::new(namespace, name);
    match &args.publish_service {
        Some(service) if !service.contains('/') => Err(refuse("a Service", "--publish-service")),
        Some(service) => Ok(Some(own.publish_service(service))),
        None => Ok(Some(own)),
    }
}

/// A client of a cluster: of this file's, or of the one that is configured, and of this context or the current one.
pub(crate) async fn client(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Client, Failure> {
    client_of(kubeconfig, context, None).await
}

/// The same, perhaps with the rights of an account, as `namespace/name`.
async fn client_of(kubeconfig: Option<&Path>, context: Option<&str>, account: Option<&str>) -> Result<Client, Failure> {
    let mut config = config(kubeconfig, context).await?;
    config.connect_timeout = Some(CONNECT_DEADLINE);
    if let Some(account) = account {
        let Some((namespace, name)) =
            account.split_once('/').filter(|(namespace, name)| is_name(namespace) && is_name(name))
        else {
            let message = "a ServiceAccount is named by namespace and name";
            return Err(Failure::new(message, "give --as as NAMESPACE/NAME"));
        };
        // Whomever the kubeconfig stands for, and with which groups, is not what is tried.
        let auth = &mut config.auth_info;
        auth.impersonate = Some(format!("system:serviceaccount:{namespace}:{name}"));
        (auth.impersonate_uid, auth.impersonate_groups, auth.impersonate_user_extra) = (None, None, None);
    }
    Client::try_from(config)
        .map_err(|error| Failure::new(format!("the kubeconfig cannot be used: {}", chain(&error)), KUBECONFIG))
}

/// Whether an object of Kubernetes may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    !name.is_empty() && name.bytes().all(is_plain)
}

const KUBECONFIG: &str = "name another file with --kubeconfig or $KUBECONFIG, or another context with --context";

async fn config(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Config, Failure> {
    if kubeconfig.is_none() && context.is_none() {
        let failure = |error| Failure::new(format!("no cluster is configured: {}", chain(&error)), KUBECONFIG);
        return Config::infer().await.map_err(failure);
    }
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let config = match kubeconfig {
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
        CollectError::Off(_) => "see `ktel status`",
        CollectError::Gather(GatherError::Unauthorized) => {
            "log in to the cluster again, or renew the token in the kubeconfig"
        }
        CollectError::Home(_) => {
            "name first with --context the cluster that the controller runs in, and see that it can be read"
        }
        CollectError::Gather(_) => "check that the server of the kubeconfig is up and can be reached from here",
        CollectError::Nothing => {
            "bind the roles of docs/generated/rbac/roles.yaml to the account that reads, or try again later"
        }
        CollectError::Invalid(_) => "report this as a fault of ktel",
    };
    Failure::new(chain(error), help)
}
