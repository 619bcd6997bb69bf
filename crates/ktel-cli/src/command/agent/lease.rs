//! The Lease by which replicas agree on the one that reports: what is asked of the API server, and what is said of it.

mod election;

use std::{
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use k8s_openapi::{api::coordination::v1::Lease, apimachinery::pkg::apis::meta::v1::MicroTime, jiff::Timestamp};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use crate::{
    cluster::is_name,
    failure::{Failure, chain},
};
use election::{Election, LEASE, RENEW, RETRY};

/// How long a request may take. A holder has time for a second one before it has to stop.
const DEADLINE: Duration = Duration::from_secs(4);

/// How long it may take to give the lease up. The process is about to end.
const RELEASE: Duration = Duration::from_secs(1);

/// A process that stands for election.
pub(super) struct Candidate {
    api: Api<Lease>,
    name: String,
    election: Election,
    /// What this process has written last, as long as nobody has written since.
    held: Option<Lease>,
    leading: watch::Sender<bool>,
    pulse: Pulse,
    began: Instant,
    /// What was said last; a change is said.
    said: String,
}

/// When the election last came round, for whoever asks whether it still does.
#[derive(Debug, Clone)]
pub(super) struct Pulse(Arc<Mutex<Instant>>);

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Whether it has stopped: a round takes no longer than a few deadlines.
    pub(super) fn is_gone(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > 2 * LEASE
    }
}

/// Takes the name of a lease apart.
pub(super) fn parse(text: &str) -> Result<(String, String), Failure> {
    let parts = text.split_once('/').filter(|(namespace, name)| is_name(namespace) && is_name(name));
    let (namespace, name) = parts.ok_or_else(|| {
        Failure::new(
            "a Lease is named by namespace and name",
            "give --lease as NAMESPACE/NAME, such as kong/ktel-agent",
        )
    })?;
    Ok((namespace.to_owned(), name.to_owned()))
}

impl Candidate {
    /// One that stands for the lease of this name, and is known by that of its pod. What is decided can be watched.
    pub(super) fn new(
        client: Client,
        (namespace, name): (String, String),
        pod: Option<&str>,
    ) -> (Self, watch::Receiver<bool>) {
        let (leading, leadership) = watch::channel(false);
        let candidate = Self {
            api: Api::namespaced(client, &namespace),
            name,
            election: Election::new(identity(pod)),
            held: None,
            leading,
            pulse: Pulse::new(),
            began: Instant::now(),
            said: String::new(),
        };
        (candidate, leadership)
    }

    pub(super) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Stands for election until `stop` is ready, and gives the lease up then.
    pub(super) async fn stand(mut self, stop: impl Future<Output = ()>) {
        let campaign = async {
            // Replicas that are started together do not ask together.
            let stagger = RETRY.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 1024.0);
            loop {
                self.round().await;
                let pause = if *self.leading.borrow() { RETRY } else { RETRY + stagger };
                sleep(self.left().map_or(pause, |left| left.min(pause))).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = campaign => {}
        }
        if timeout(RELEASE, self.release()).await.is_err() {
            tracing::debug!("the lease was not given up: the API server does not answer");
        }
    }

    /// Looks at the lease, and takes or renews it if that can be done.
    async fn round(&mut self) {
        let began = self.now();
        // Whoever could not renew in time leads no more, whatever becomes of the next attempt.
        self.show();
        let deadline = self.left().map_or(DEADLINE, |left| left.min(DEADLINE));
        let problem = match timeout(deadline, self.attempt(began)).await {
            Ok(Ok(())) => None,
            // Somebody was faster, which is how it is meant to be.
            Ok(Err(kube::Error::Api(status))) if status.code == 409 => None,
            Ok(Err(error)) => Some(problem(&error)),
            Err(_) => Some("the API server does not answer".to_owned()),
        };
        if problem.is_some() {
            self.held = None;
        }
        let is_leader = self.show();
        self.pulse.beat();
        self.tell(is_leader, problem);
    }

    /// Tells the collector whether this process leads.
    fn show(&self) -> bool {
        let is_leader = self.election.is_leader(self.now());
        self.leading.send_if_modified(|leads| std::mem::replace(leads, is_leader) != is_leader);
        is_leader
    }

    async fn attempt(&mut self, began: Duration) -> Result<(), kube::Error> {
        // What was written last is renewed without looking; if somebody has written since, that is refused, and looked at.
        if let Some(held) = self.held.take()
            && self.election.is_leader(began)
        {
            match self.write(began, Some(held)).await {
                Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => {}
                written => return written,
            }
        }
        let found = self.api.get_opt(&self.name).await?;
        self.write(began, found).await
    }

    /// Writes what is to be written, having found this.
    async fn write(&mut self, began: Duration, found: Option<Lease>) -> Result<(), kube::Error> {
        let now = self.now();
        let spec = found.as_ref().map(|lease| lease.spec.clone().unwrap_or_default());
        let Some(wish) = self.election.decide(now, spec.as_ref(), clock()) else { return Ok(()) };
        let parameters = PostParams::default();
        let stored = if let Some(lease) = found {
            self.api.replace(&self.name, &parameters, &Lease { spec: Some(wish), ..lease }).await?
        } else {
            let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
            self.api.create(&parameters, &Lease { metadata, spec: Some(wish) }).await?
        };
        self.election.took(began, stored.spec.clone().unwrap_or_default());
        self.held = Some(stored);
        Ok(())
    }

    /// Gives the lease up, so that another one need not wait. It looks whoever leads: a claim may have arrived of which nobody heard.
    async fn release(&mut self) {
        self.leading.send_replace(false);
        if let Ok(Some(lease)) = self.api.get_opt(&self.name).await
            && let Some(wish) = self.election.release(&lease.spec.clone().unwrap_or_default(), clock())
        {
            let lease = Lease { spec: Some(wish), ..lease };
            match self.api.replace(&self.name, &PostParams::default(), &lease).await {
                Ok(_) => tracing::info!("the lease was given up"),
                Err(error) => tracing::debug!("the lease was not given up: {}", problem(&error)),
            }
        }
    }

    /// Says what has changed, without any name.
    fn tell(&mut self, is_leader: bool, problem: Option<String>) {
        let is_problem = problem.is_some();
        let sentence = match (is_leader, problem) {
            (true, None) => "this process holds the lease: it reports".to_owned(),
            (false, None) => "another process holds the lease: this one does not report".to_owned(),
            (true, Some(problem)) => {
                format!("the lease cannot be renewed, and is lost within {} s: {problem}", RENEW.as_secs())
            }
            (false, Some(problem)) => {
                format!("the lease cannot be had, so that this process does not report: {problem}")
            }
        };
        if sentence == self.said {
            return;
        }
        if is_problem {
            tracing::warn!("{sentence}");
        } else {
            tracing::info!("{sentence}");
        }
        self.said = sentence;
    }

    /// How long this process is still the holder, if it is.
    fn left(&self) -> Option<Duration> {
        self.election.held_until()?.checked_sub(self.now()).filter(|left| !left.is_zero())
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

/// What went wrong; what the server says besides may name people.
fn problem(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if status.code == 403 => {
            "the API server answers 403 Forbidden: permit the verbs get and update on the Lease, and create on leases in its \
             namespace"
                .to_owned()
        }
        kube::Error::Api(status) => format!("the API server answers {} {}", status.code, status.reason),
        error => chain(error),
    }
}

/// By what people know this process, and by what no other one is known.
fn identity(pod: Option<&str>) -> String {
    let machine = || fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    let name = pod.map(str::to_owned).or_else(machine).filter(|name| !name.is_empty());
    format!("{}_{}", name.as_deref().unwrap_or(env!("CARGO_BIN_NAME")), Uuid::new_v4())
}

/// The time as people read it in the record. It decides nothing.
fn clock() -> MicroTime {
    MicroTime(Timestamp::now())
}

#[cfg(test)]
mod tests;
