//! The collector, as a controller sees it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use ktel_outbox::Envelope;
use ktel_types::{
    Absence, Invalid, Valid,
    host::HostFacts,
    report::{Category, Report, Scope, Signal},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    aside,
    assembly::Sources,
    consent::{Decision, Heard, decide},
    gather::{Discovery, GatherError, Hearing, Reader, Task, hear, hear_controller},
    generated::{assemble, reads, snapshot::Snapshot},
    identity::{Identity, Instance, report_id},
    metrics::Metrics,
    occasion::Occasion,
    outside, probe,
    seal::{self, Sealed},
    setup::Setup,
};

/// Collects reports from one cluster, for one installation of one product.
///
/// See the [crate documentation](crate) for a whole program.
pub struct Collector {
    pub(crate) setup: Setup,
    /// What was decided the last time that everybody was asked.
    pub(crate) decision: Decision,
    /// What the cluster said then.
    heard: Vec<Heard>,
    instance: Instance,
    life: Life,
    metrics: Metrics,
    /// Whether the latest report was written down, if there is a journal.
    is_written_down: Option<bool>,
    /// What the cluster served the last time.
    discovery: Option<Arc<Discovery>>,
}

/// What a collector remembers of its reports, all of them under one identifier of the process.
#[derive(Debug, Clone)]
struct Life {
    /// That identifier. Under another one it is another process.
    instance: String,
    began: Instant,
    /// How many reports were made to be sent.
    count: u32,
    /// When the latest report was made.
    latest: Option<Instant>,
    /// When what is read once a day was last read.
    daily: Option<Instant>,
}

impl Life {
    fn new(instance: &Instance) -> Self {
        Self { instance: instance.id().to_owned(), began: Instant::now(), count: 0, latest: None, daily: None }
    }
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
    /// The cluster that the installation is at home in could not be read: nobody would know who reports.
    #[error("the cluster that the installation is at home in cannot be read")]
    Home(#[source] GatherError),
    /// All that was asked of the cluster was refused, or failed: there is nothing to report.
    #[error("nothing could be read of the cluster")]
    Nothing,
    /// A report broke its own contract, which is a fault of the collector.
    #[error("a report broke its contract: {0}")]
    Invalid(#[from] Invalid),
}

impl Collector {
    /// A collector of which nothing is known yet but how it is set up.
    ///
    /// The cluster is not asked yet: what is decided holds only if it is no.
    pub(crate) fn new(setup: Setup) -> Self {
        let decision = decide(&setup.consent, &setup.environment, &[]);
        let (instance, metrics) = (Instance::new(setup.salt.clone()), Metrics::default());
        metrics.decided(&decision);
        let life = Life::new(&instance);
        Self { decision, heard: Vec::new(), life, instance, setup, metrics, is_written_down: None, discovery: None }
    }

    /// What was decided about consent the last time that everybody was asked, and why. See [`consult`](Self::consult).
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Asks everybody who has a say about consent, and decides.
    ///
    /// The cluster is asked only if nobody says no where the collector runs: for the annotation of the namespaces `kube-system`
    /// and `default` and of the collector's own; if none of them says no either, for what the controller's pod says.
    pub async fn consult(&mut self) -> &Decision {
        let Setup { client, home, own, limits, consent, environment, .. } = &self.setup;
        self.decision = decide(consent, environment, &[]);
        if self.decision.may_collect() {
            // The namespace of the collector is at home.
            let at_home = home.as_ref().unwrap_or(client);
            // All of it takes no longer than one read of the cluster may.
            let half = limits.read_deadline / 2;
            let deadline = Instant::now() + half;
            let Hearing { mut heard, of } =
                hear(at_home, limits, deadline, own.as_ref().map(|own| own.namespace.as_str())).await;
            if home.is_some() {
                let hearing = hear(client, limits, deadline, None).await;
                heard.extend(hearing.heard);
                if of.is_some() {
                    self.instance.learn_home(of.as_ref());
                }
                self.instance.learn_cluster(hearing.of.as_ref());
            } else {
                self.instance.learn_cluster(of.as_ref());
            }
            let allowed = decide(consent, environment, &heard).may_collect();
            if let Some(own) = own.as_ref().filter(|_| allowed) {
                let Hearing { heard: mut said, of } =
                    hear_controller(at_home, limits, Instant::now() + half, own).await;
                // Where ktel stands in for what they switch off, they say nothing.
                said.retain(|heard| !(environment.replaces() && heard.is_of_switches()));
                heard.extend(said);
                self.instance.learn_pod(of.as_ref());
            }
            // What could be read before, and cannot be read now, still says what it said.
            let earlier: Vec<Heard> =
                self.heard.iter().filter(|word| word.is_word() && word.is_unread_in(&heard)).cloned().collect();
            heard.extend(earlier);
            self.decision = decide(consent, environment, &heard);
            self.heard = heard;
        }
        self.metrics.decided(&self.decision);
        &self.decision
    }

    /// What the collector has done so far, for whoever watches the controller.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Makes a report that is to be sent, if that is allowed. Who calls it has consulted before.
    ///
    /// `dropped` is the number of events that were given up so far.
    pub(crate) async fn report(&mut self, signal: Signal, dropped: u32) -> Result<Sealed, CollectError> {
        if !self.decision.may_collect() {
            return Err(CollectError::Off(self.decision.clone()));
        }
        let (began, before) = (Instant::now(), self.life.clone());
        let categories = self.decision.setting().categories().to_vec();
        let sealed = self.collect(signal, dropped, &categories).await.inspect_err(|_| self.metrics.failed())?;
        self.metrics.made(began.elapsed());
        if !self.decision.may_send() {
            // What nobody is sent is not missed by anybody who counts.
            self.life.count = if self.life.instance == before.instance { before.count } else { 0 };
        }
        Ok(sealed)
    }

    /// Makes a report for a person to look at, of these categories.
    pub(crate) async fn look(&mut self, categories: &[Category]) -> Result<Vec<Arc<Envelope>>, CollectError> {
        let life = self.life.clone();
        let sealed = self.collect(Signal::OnDemand, 0, categories).await;
        // Somebody looked; that is no report.
        self.life = life;
        Ok(sealed?.envelopes())
    }

    /// Whether a report that is made now would be of use to anybody.
    pub(crate) fn may_report(&self) -> bool {
        self.decision.may_send() || (self.decision.may_collect() && self.setup.journal.is_some())
    }

    /// Writes a report down for people to read, if there is a journal.
    pub(crate) async fn write_down(&mut self, report: Vec<Arc<Envelope>>) {
        let Some(journal) = &self.setup.journal else { return };
        // A disk that has not answered yet is not asked again.
        let is_busy = journal.try_lock().is_err();
        let written = if is_busy {
            None
        } else {
            aside::ask(journal, move |journal| journal.record(&report)).await.ok().flatten()
        };
        if written.is_none() {
            tracing::warn!("a telemetry report was not written down: the disk does not answer");
        }
        self.is_written_down = Some(written == Some(true));
    }

    /// Whether the latest report was written down for people to read; `None` if there is no journal, or was no report.
    #[must_use]
    pub fn is_written_down(&self) -> Option<bool> {
        self.is_written_down
    }

    /// Reads the cluster, asks the probes, validates, seals.
    async fn collect(&mut self, signal: Signal, dropped: u32, categories: &[Category]) -> Result<Sealed, CollectError> {
        let (began, collected_at) = (Instant::now(), outside::now());
        let is_daily_due = signal != Signal::Stop
            && (signal == Signal::OnDemand
                || self.life.daily.is_none_or(|previous| began.duration_since(previous) > SHORTEST_DAY));
        let deadline = began + self.setup.limits.collection_deadline;
        self.learn_home(deadline, categories).await?;
        let (snapshot, discovery) = self.gather(is_daily_due, deadline, categories).await?;
        self.discovery = discovery;
        self.instance.learn(&snapshot);
        if self.life.instance != self.instance.id() {
            self.life = Life::new(&self.instance);
        }
        let mut occasion = Occasion {
            report_id: report_id(u64::try_from(collected_at.as_millis()).unwrap_or(u64::MAX)),
            signal,
            sequence: self.life.count + 1,
            collected_at,
            collection: began.elapsed(),
            uptime: began.duration_since(self.life.began),
            window: self.life.latest.map(|previous| began.duration_since(previous)),
            consented: categories.to_vec(),
            identity: self.identity(),
            product: self.setup.product.clone(),
            product_version: unpanicked(|| probe::product::version(&snapshot)).unwrap_or(Err(Absence::Failed)),
            scope: if self.setup.namespaces.is_empty() { Scope::Cluster } else { Scope::Namespaced },
            cluster_count: self.setup.cluster_count,
            dropped,
        };
        let reports =
            |occasion: &Occasion, host: &HostFacts| assemble::reports(&Sources { occasion, snapshot: &snapshot, host });
        // The host is asked only if there is something to report: what it has counted since the last time it tells once.
        if is_nothing(&reports(&occasion, &HostFacts::default())) {
            return Err(CollectError::Nothing);
        }
        let host = self.ask_host(deadline).await;
        occasion.collection = began.elapsed();
        let reports = reports(&occasion, &host);
        let reports: Vec<Valid<Report>> = reports.into_iter().map(Valid::new).collect::<Result<_, _>>()?;
        self.life.count += 1;
        self.life.latest = Some(began);
        if is_daily_due {
            self.life.daily = Some(began);
        }
        Ok(seal::seal(&reports, collected_at, self.setup.index.as_deref()))
    }

    /// Asks the host for what only that knows. What no standard knows of it stays here.
    async fn ask_host(&self, deadline: Instant) -> HostFacts {
        let deadline = deadline.min(Instant::now() + self.setup.limits.read_deadline);
        let told = timeout_at(deadline, (self.setup.host_facts)()).await;
        let mut facts = told.unwrap_or_else(|_| {
            tracing::debug!("the host did not tell its facts in time");
            HostFacts::default()
        });
        probe::features::keep_known(&mut facts);
        probe::configuration::keep_hour(&mut facts);
        probe::product::keep_versions(&mut facts);
        facts
    }

    /// Reads the cluster, and learns what it serves.
    async fn gather(
        &self,
        is_daily_due: bool,
        deadline: Instant,
        categories: &[Category],
    ) -> Result<(Snapshot, Option<Arc<Discovery>>), GatherError> {
        let mut reader = Reader::open(self.task(deadline, categories), self.discovery.as_ref()).await?;
        let mut snapshot = Snapshot::default();
        // All reads are under way at once, which makes a large future; the host is not to carry it around.
        Box::pin(snapshot.gather(&reader)).await;
        let is_any_deployed = || unpanicked(|| probe::mesh::is_any_deployed(&snapshot)).unwrap_or(false);
        if is_daily_due && is_any_deployed() {
            if !unpanicked(|| probe::mesh::annotates_services(&snapshot)).unwrap_or(false) {
                reader.leave_out(&reads::SERVICES_METADATA);
            }
            Box::pin(snapshot.gather_daily(&reader)).await;
        }
        Ok((snapshot, reader.discovery()))
    }

    /// Learns who reports, without making a report, and tells it. For whoever is asked under which identifiers is reported.
    pub async fn identify(&mut self) -> Result<Identity, CollectError> {
        let deadline = Instant::now() + self.setup.limits.collection_deadline;
        // Who reports is of no category.
        self.learn_home(deadline, &[]).await?;
        let reader = Reader::open(self.task(deadline, &[]), self.discovery.as_ref()).await?;
        let snapshot = Snapshot {
            namespaces_kube_system_metadata: reader.object(&reads::NAMESPACES_KUBE_SYSTEM_METADATA).await,
            pods_own: reader.object(&reads::PODS_OWN).await,
            ..Snapshot::default()
        };
        self.instance.learn(&snapshot);
        Ok(self.identity())
    }

    /// Learns which cluster the installation is at home in, if it is not the one that is reported on, and what makes its pod.
    async fn learn_home(&mut self, deadline: Instant, categories: &[Category]) -> Result<(), CollectError> {
        let Some(home) = self.setup.home.as_ref() else { return Ok(()) };
        if self.instance.knows_home() && (self.instance.knows_workload() || self.setup.own.is_none()) {
            return Ok(());
        }
        let task =
            Task { client: home, own: self.setup.own.as_ref(), namespaces: &[], ..self.task(deadline, categories) };
        let reader = match Reader::open(task, None).await {
            // What is not known of the pod is guessed.
            Err(_) if self.instance.knows_home() => return Ok(()),
            reader => reader.map_err(CollectError::Home)?,
        };
        let namespace = reader.object(&reads::NAMESPACES_KUBE_SYSTEM_METADATA).await;
        let pod = reader.object(&reads::PODS_OWN).await;
        self.instance.learn_home(namespace.as_ref().ok());
        self.instance.learn_pod(pod.as_ref().ok());
        Ok(())
    }

    /// Who reports, as far as is known by now.
    pub(crate) fn identity(&self) -> Identity {
        self.instance.identify(&self.setup.product, self.setup.own.as_ref())
    }

    /// The identifier of the process, which is another one as soon as there is another salt.
    pub(crate) fn instance(&self) -> &str {
        self.instance.id()
    }

    /// Begins anew, as a process that has made no report yet.
    pub(crate) fn begin_anew(&mut self) {
        self.life = Life::new(&self.instance);
    }

    /// Whether a report was made yet to be sent.
    pub(crate) fn has_reported(&self) -> bool {
        self.life.count > 0
    }

    fn task<'a>(&'a self, deadline: Instant, categories: &'a [Category]) -> Task<'a> {
        let Setup { client, limits, own, namespaces, home, .. } = &self.setup;
        // The pod that reports is at home, not in the other clusters.
        let own = own.as_ref().filter(|_| home.is_none());
        Task { client, limits, consented: categories, own, namespaces, deadline }
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

/// What a function of ours answers; `None` if it panics, which is nothing to the host.
fn unpanicked<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
