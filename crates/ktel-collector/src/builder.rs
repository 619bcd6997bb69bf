//! The builder of a collector: every setting, checked.

use std::sync::{Arc, Mutex};

use ktel_outbox::{Journal, Store};
use ktel_types::{fields, host::HostFacts};
use kube::Client;

use crate::{
    collector::Collector,
    consent::{Environment, Setting},
    host::{Leadership, SelfRef},
    identity::SALT_VARIABLE,
    limits::Limits,
    names::{is_index, is_namespace},
    outside,
    schedule::{LONGEST, SHORTEST_PERIOD, Schedule},
    setup::Setup,
};

/// Sets up a [`Collector`].
#[must_use]
pub struct Builder {
    setup: Setup,
}

/// What a collector cannot be set up with.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The name of the product is not one.
    #[error("the name of a product is at most 40 lower-case letters, digits and hyphens, such as `kong-operator`")]
    Product,
    /// The period is too short, or it or the grace is too long.
    #[error("the period between two reports is at least 15 minutes, and it and the grace are no longer than a year")]
    Period,
    /// The number of clusters is not one.
    #[error("an installation reports on at least one cluster, and at most 100000")]
    ClusterCount,
    /// A name of a namespace is not one.
    #[error("the name of a namespace is at most 63 lower-case letters, digits and hyphens, such as `kong-system`")]
    Namespace,
    /// The name of an index is not one.
    #[error(
        "the name of an index is lower-case letters, digits, hyphens and underscores, none of the latter two in front, such as `kong_telemetry`"
    )]
    Index,
}

impl Collector {
    /// Starts to set up a collector for the product of this name, on the cluster of this client.
    ///
    /// `consent` is what the host says. It has to say something: there is no default. Other sources can make it stricter.
    pub fn builder(client: Client, product: impl Into<String>, consent: Setting) -> Builder {
        Builder::new(client, product.into(), consent)
    }
}

impl Builder {
    /// The product of this name on the cluster of this client, everything else as it is by default.
    fn new(client: Client, product: String, consent: Setting) -> Self {
        Self {
            setup: Setup {
                client,
                product,
                host_facts: Box::new(|| Box::pin(std::future::ready(HostFacts::default()))),
                own: None,
                leadership: Leadership::Always,
                schedule: Schedule::default(),
                limits: Limits::default(),
                cluster_count: 1,
                namespaces: Vec::new(),
                home: None,
                index: None,
                store: None,
                journal: None,
                salt: outside::variable(SALT_VARIABLE),
                consent,
                environment: Environment::read(),
            },
        }
    }

    /// How the collector asks the controller, once a report, for what only that knows.
    pub fn host_facts(self, facts: impl Fn() -> HostFacts + Send + Sync + 'static) -> Self {
        self.host_facts_from(move || std::future::ready(facts()))
    }

    /// The same for facts that have to be waited for, such as those that another process serves. They are waited for no longer
    /// than for one read of the cluster; what comes later is not told.
    pub fn host_facts_from<F>(mut self, facts: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = HostFacts> + Send + 'static,
    {
        self.setup.host_facts = Box::new(move || Box::pin(facts()));
        self
    }

    /// The pod that the collector runs in.
    pub fn own_pod(mut self, own: SelfRef) -> Self {
        self.setup.own = Some(own);
        self
    }

    /// Which of several replicas reports. By default, this one does.
    pub fn leadership(mut self, leadership: Leadership) -> Self {
        self.setup.leadership = leadership;
        self
    }

    /// When reports are due.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.setup.schedule = schedule;
        self
    }

    /// How much a collection may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.setup.limits = limits;
        self
    }

    /// The number of clusters that the installation reports on, if that is not one.
    pub fn cluster_count(mut self, count: u32) -> Self {
        self.setup.cluster_count = count;
        self
    }

    /// The only namespaces that may be read, for an installation without rights on the whole cluster.
    ///
    /// Objects outside of namespaces are not asked for then, but for the namespace `kube-system` that tells the cluster. The pod
    /// that reports and the Service that it publishes are read by name, wherever they are: the host has named them.
    pub fn namespaces<T: Into<String>>(mut self, namespaces: impl IntoIterator<Item = T>) -> Self {
        self.setup.namespaces = namespaces.into_iter().map(Into::into).collect();
        self
    }

    /// The cluster that the installation is at home in, if it is not the one that is reported on: an installation that
    /// reports on several clusters is one and the same in all reports.
    pub fn home(mut self, home: Client) -> Self {
        self.setup.home = Some(home);
        self
    }

    /// The index of Splunk that events name. By default they name none and are filed where the token says.
    pub fn index(mut self, name: impl Into<String>) -> Self {
        self.setup.index = Some(name.into());
        self
    }

    /// Where events that wait survive this process: the next one sends what this one has left. By default they wait in memory
    /// alone. Each product has its own receiver, and should have its own store; what another product has left is not sent.
    /// Lines are not kept: nobody could tell that one has arrived twice.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.setup.store = Some(Arc::new(Mutex::new(store)));
        self
    }

    /// Where the last reports lie for people to read, whether they are sent or not. Without a journal, nothing is collected while
    /// telemetry is `local`: nobody could read it.
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.setup.journal = Some(Arc::new(Mutex::new(journal)));
        self
    }

    /// A salt for the identifiers, in place of that of the variable [`SALT_VARIABLE`]: another one makes other identifiers, which
    /// nobody can join with the ones before. An empty one is none.
    pub fn id_salt(mut self, salt: impl Into<String>) -> Self {
        self.setup.salt = Some(salt.into());
        self
    }

    /// What the environment says about consent, in place of the variables of this process.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.setup.environment = environment;
        self
    }

    /// Checks the settings.
    pub fn build(self) -> Result<Collector, BuildError> {
        let Self { setup } = self;
        if !fields::PRODUCT_NAME.admits(&setup.product) {
            return Err(BuildError::Product);
        }
        if !(SHORTEST_PERIOD..=LONGEST).contains(&setup.schedule.period) || setup.schedule.grace > LONGEST {
            return Err(BuildError::Period);
        }
        if !fields::IDENTITY_CLUSTER_COUNT.admits(&setup.cluster_count) {
            return Err(BuildError::ClusterCount);
        }
        if setup.namespaces.iter().any(|namespace| !is_namespace(namespace)) {
            return Err(BuildError::Namespace);
        }
        if setup.index.as_deref().is_some_and(|index| !is_index(index)) {
            return Err(BuildError::Index);
        }
        Ok(Collector::new(setup))
    }
}
