//! The collector, as a controller sees it.

use std::{sync::Arc, time::Duration};

use ktel_outbox::{Entry, Envelope};
use ktel_types::{
    Invalid, Valid,
    host::HostFacts,
    report::{Report, Scope, Signal},
};
use tokio::time::{Instant, timeout};

use crate::{
    assembly::Sources,
    consent::Decision,
    gather::{Discovery, GatherError, Reader, Task},
    generated::{assemble, reads, snapshot::Snapshot},
    identity::{Instance, report_id},
    occasion::Occasion,
    outside, probe, seal,
    setup::Setup,
};

/// Collects reports from one cluster, for one installation of one product.
///
/// See the [crate documentation](crate) for a whole program.
pub struct Collector {
    pub(crate) setup: Setup,
    pub(crate) decision: Decision,
    instance: Instance,
    /// When it was built, which is taken for the start of the process.
    built: Instant,
    /// The number of the latest report.
    sequence: u32,
    /// When the latest report was made.
    previous: Option<Instant>,
    /// When what is read once a day was last read.
    previous_daily: Option<Instant>,
    /// What the cluster served the last time.
    discovery: Option<Arc<Discovery>>,
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
    /// All that was asked of the cluster was refused, or failed: there is nothing to report.
    #[error("nothing could be read of the cluster")]
    Nothing,
    /// A report broke its own contract, which is a fault of the collector.
    #[error("a report broke its contract: {0}")]
    Invalid(#[from] Invalid),
}

impl Collector {
    /// A collector of which nothing is known yet but how it is set up.
    pub(crate) fn new(setup: Setup, decision: Decision) -> Self {
        Self {
            setup,
            decision,
            instance: Instance::new(),
            built: Instant::now(),
            sequence: 0,
            previous: None,
            previous_daily: None,
            discovery: None,
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
        let before = (self.sequence, self.previous, self.previous_daily);
        let entries = self.collect(Signal::OnDemand, 0).await;
        // Somebody looked; that is no report.
        (self.sequence, self.previous, self.previous_daily) = before;
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
        let is_daily_due = signal != Signal::Stop
            && (signal == Signal::OnDemand
                || self.previous_daily.is_none_or(|previous| began.duration_since(previous) > SHORTEST_DAY));
        self.learn_home().await;
        let (snapshot, discovery) = self.gather(is_daily_due).await?;
        self.discovery = discovery;
        self.instance.learn(&snapshot);
        let occasion = Occasion {
            report_id: report_id(u64::try_from(collected_at.as_millis()).unwrap_or(u64::MAX)),
            signal,
            sequence: self.sequence + 1,
            collected_at,
            collection: began.elapsed(),
            uptime: began.duration_since(self.built),
            window: self.previous.map(|previous| began.duration_since(previous)),
            consented: self.decision.setting().categories().to_vec(),
            identity: self.instance.identify(&self.setup.product, self.setup.own.as_ref()),
            product: self.setup.product.clone(),
            product_version: probe::product::version(&snapshot),
            scope: if self.setup.namespaces.is_empty() { Scope::Cluster } else { Scope::Namespaced },
            cluster_count: self.setup.cluster_count,
            dropped,
        };
        let host = self.ask_host().await;
        let reports = assemble::reports(&Sources { occasion: &occasion, snapshot: &snapshot, host: &host });
        if is_nothing(&reports) {
            return Err(CollectError::Nothing);
        }
        let reports: Vec<Valid<Report>> = reports.into_iter().map(Valid::new).collect::<Result<_, _>>()?;
        self.sequence += 1;
        self.previous = Some(began);
        if is_daily_due {
            self.previous_daily = Some(began);
        }
        Ok(seal::seal(&reports, collected_at))
    }

    /// Asks the host for what only that knows. What no standard knows of it stays here.
    async fn ask_host(&self) -> HostFacts {
        let told = timeout(self.setup.limits.read_deadline, (self.setup.host_facts)()).await;
        let mut facts = told.unwrap_or_else(|_| {
            tracing::debug!("the host did not tell its facts in time");
            HostFacts::default()
        });
        probe::features::keep_known(&mut facts);
        facts
    }

    /// Reads the cluster, and learns what it serves.
    async fn gather(&self, is_daily_due: bool) -> Result<(Snapshot, Option<Arc<Discovery>>), GatherError> {
        let mut reader = self.reader().await?;
        let mut snapshot = Snapshot::default();
        // All reads are under way at once, which makes a large future; the host is not to carry it around.
        Box::pin(snapshot.gather(&reader)).await;
        if is_daily_due && probe::mesh::is_any_deployed(&snapshot) {
            if !probe::mesh::annotates_services(&snapshot) {
                reader.leave_out(&reads::SERVICES_METADATA);
            }
            Box::pin(snapshot.gather_daily(&reader)).await;
        }
        Ok((snapshot, reader.discovery()))
    }

    /// Learns who reports, without making a report.
    pub(crate) async fn learn_identity(&mut self) -> Result<(), GatherError> {
        self.learn_home().await;
        let reader = self.reader().await?;
        let snapshot = Snapshot {
            namespaces_kube_system_metadata: reader.object(&reads::NAMESPACES_KUBE_SYSTEM_METADATA).await,
            pods_own: reader.object(&reads::PODS_OWN).await,
            ..Snapshot::default()
        };
        self.instance.learn(&snapshot);
        Ok(())
    }

    /// Learns which cluster the installation is at home in, if it is not the one that is reported on.
    async fn learn_home(&mut self) {
        let Some(home) = self.setup.home.as_ref().filter(|_| !self.instance.knows_home()) else { return };
        let task = Task { client: home, own: None, namespaces: &[], ..self.task() };
        let namespace = match Reader::open(task, None).await {
            Ok(reader) => reader.object(&reads::NAMESPACES_KUBE_SYSTEM_METADATA).await,
            Err(error) => return tracing::debug!("the home of the installation is not known yet: {error}"),
        };
        if let Ok(namespace) = &namespace {
            self.instance.learn_home(namespace);
        }
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
        Reader::open(self.task(), self.discovery.as_ref()).await
    }

    fn task(&self) -> Task<'_> {
        let Setup { client, limits, own, namespaces, .. } = &self.setup;
        Task { client, limits, consented: self.decision.setting().categories(), own: own.as_ref(), namespaces }
    }
}

/// A little less than a day: what is read once a day is read by each report of a daily schedule.
const SHORTEST_DAY: Duration = Duration::from_secs(23 * 60 * 60);

/// Whether nothing was measured, and not because there is nothing.
fn is_nothing(reports: &[Report]) -> bool {
    let was_refused = |report: &Report| {
        let absent = report.absent.as_ref();
        absent.is_some_and(|absent| {
            [&absent.forbidden, &absent.timed_out, &absent.failed].into_iter().any(|paths| !paths.is_empty())
        })
    };
    reports.iter().all(assemble::is_empty) && reports.iter().any(was_refused)
}
