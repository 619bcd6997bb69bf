//! The collector, as a controller sees it.

use std::sync::Arc;

use ktel_outbox::{Entry, Envelope};
use ktel_types::{
    Invalid, Valid, fields,
    host::HostFacts,
    report::{Report, Signal},
};
use kube::Client;
use tokio::time::Instant;

use crate::{
    assembly::Sources,
    consent::{self, Decision, Environment, Setting},
    gather::{GatherError, Reader},
    generated::{assemble, reads, snapshot::Snapshot},
    host::{Leadership, SelfRef},
    identity::{Instance, report_id},
    limits::Limits,
    occasion::Occasion,
    outside,
    schedule::{SHORTEST_PERIOD, Schedule},
    seal,
};

/// Collects reports from one cluster, for one installation of one product.
///
/// See the [crate documentation](crate) for a whole program.
pub struct Collector {
    pub(crate) setup: Setup,
    pub(crate) decision: Decision,
    instance: Instance,
    /// The number of the latest report.
    sequence: u32,
    /// When the latest report was made.
    previous: Option<Instant>,
}

/// Sets up a [`Collector`].
#[must_use]
pub struct Builder {
    setup: Setup,
    consent: Setting,
    environment: Environment,
}

/// What does not change while the collector lives.
pub(crate) struct Setup {
    pub(crate) client: Client,
    pub(crate) product: String,
    pub(crate) host_facts: Box<dyn Fn() -> HostFacts + Send + Sync>,
    pub(crate) own: Option<SelfRef>,
    pub(crate) leadership: Leadership,
    pub(crate) schedule: Schedule,
    pub(crate) limits: Limits,
    pub(crate) cluster_count: u32,
}

/// What a collector cannot be set up with.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The name of the product is not one.
    #[error("the name of a product is at most 40 lower-case letters, digits and hyphens, such as `kong-operator`")]
    Product,
    /// The period is too short.
    #[error("the period between two reports is at least 15 minutes")]
    Period,
    /// The number of clusters is not one.
    #[error("an installation reports on at least one cluster, and at most 100000")]
    ClusterCount,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// There is no consent.
    #[error("{0}")]
    Off(Decision),
    /// The cluster could not be read at all.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// A report broke its own contract, which is a fault of the collector.
    #[error("a report broke its contract: {0}")]
    Invalid(#[from] Invalid),
}

impl Collector {
    /// Starts to set up a collector for the product of this name, on the cluster of this client.
    ///
    /// `consent` is what the host says. It has to say something: there is no default. Other sources can make it stricter.
    pub fn builder(client: Client, product: impl Into<String>, consent: Setting) -> Builder {
        Builder {
            setup: Setup {
                client,
                product: product.into(),
                host_facts: Box::new(HostFacts::default),
                own: None,
                leadership: Leadership::Always,
                schedule: Schedule::default(),
                limits: Limits::default(),
                cluster_count: 1,
            },
            consent,
            environment: Environment::read(),
        }
    }

    /// What was decided about consent, and why.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Makes a report as it would be sent now, for a person to look at. Nothing is sent.
    ///
    /// Returns one envelope an event; the bytes of each are what a sink would get.
    pub async fn preview(&mut self) -> Result<Vec<Arc<Envelope>>, CollectError> {
        let (sequence, previous) = (self.sequence, self.previous);
        let entries = self.collect(Signal::OnDemand, 0).await;
        // Somebody looked; that is no report.
        (self.sequence, self.previous) = (sequence, previous);
        Ok(entries?.into_iter().map(|entry| entry.item).collect())
    }

    /// Makes a report: reads the cluster, asks the probes, validates, seals.
    ///
    /// `dropped` is the number of events that were given up so far.
    pub(crate) async fn collect(
        &mut self,
        signal: Signal,
        dropped: u32,
    ) -> Result<Vec<Entry<Arc<Envelope>>>, CollectError> {
        if !self.decision.may_collect() {
            return Err(CollectError::Off(self.decision.clone()));
        }
        let (began, collected_at) = (Instant::now(), outside::now());
        // All reads are under way at once, which makes a large future; the host is not to carry it around.
        let snapshot = Box::pin(Snapshot::gather(&self.reader().await?)).await;
        self.instance.learn(&snapshot);
        let occasion = Occasion {
            report_id: report_id(u64::try_from(collected_at.as_millis()).unwrap_or(u64::MAX)),
            signal,
            sequence: self.sequence + 1,
            collected_at,
            collection: began.elapsed(),
            window: self.previous.map(|previous| began.duration_since(previous)),
            consented: self.decision.setting().categories().to_vec(),
            identity: self.instance.identify(&self.setup.product, self.setup.own.as_ref()),
            product: self.setup.product.clone(),
            cluster_count: self.setup.cluster_count,
            dropped,
        };
        let host = (self.setup.host_facts)();
        let reports = assemble::reports(&Sources { occasion: &occasion, snapshot: &snapshot, host: &host });
        let reports: Vec<Valid<Report>> = reports.into_iter().map(Valid::new).collect::<Result<_, _>>()?;
        self.sequence += 1;
        self.previous = Some(began);
        Ok(seal::seal(&reports, collected_at))
    }

    /// Learns who reports, without making a report.
    pub(crate) async fn learn_identity(&mut self) -> Result<(), GatherError> {
        let reader = self.reader().await?;
        let snapshot = Snapshot {
            namespaces_kube_system_metadata: reader.object(&reads::NAMESPACES_KUBE_SYSTEM_METADATA).await,
            own_pods_metadata: reader.object(&reads::OWN_PODS_METADATA).await,
            ..Snapshot::default()
        };
        self.instance.learn(&snapshot);
        Ok(())
    }

    /// The identifier of the installation, as far as is known by now.
    pub(crate) fn installation(&self) -> String {
        self.instance.identify(&self.setup.product, self.setup.own.as_ref()).installation
    }

    /// Whether a report was made yet.
    pub(crate) fn has_reported(&self) -> bool {
        self.sequence > 0
    }

    async fn reader(&self) -> Result<Reader<'_>, GatherError> {
        let Setup { client, limits, own, .. } = &self.setup;
        Reader::open(client, limits, self.decision.setting().categories(), own.as_ref()).await
    }
}

impl Builder {
    /// How the collector asks the controller, once a report, for what only that knows.
    pub fn host_facts(mut self, facts: impl Fn() -> HostFacts + Send + Sync + 'static) -> Self {
        self.setup.host_facts = Box::new(facts);
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

    /// What the environment says about consent, in place of the variables of this process.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Checks the settings, and decides about consent.
    pub fn build(self) -> Result<Collector, BuildError> {
        let Self { setup, consent, environment } = self;
        if !fields::PRODUCT_NAME.admits(&setup.product) {
            return Err(BuildError::Product);
        }
        if setup.schedule.period < SHORTEST_PERIOD {
            return Err(BuildError::Period);
        }
        if !fields::IDENTITY_CLUSTER_COUNT.admits(&setup.cluster_count) {
            return Err(BuildError::ClusterCount);
        }
        let decision = consent::decide(&consent, &environment);
        Ok(Collector { setup, decision, instance: Instance::new(), sequence: 0, previous: None })
    }
}
