//! The settings of a collector, once they are checked.

use std::pin::Pin;

use ktel_outbox::{Journal, Store};
use ktel_types::host::HostFacts;
use kube::Client;

use crate::{
    aside::Aside,
    consent::{Environment, Setting},
    host::{Leadership, SelfRef},
    limits::Limits,
    schedule::Schedule,
};

/// What does not change while the collector lives.
pub(crate) struct Setup {
    pub(crate) client: Client,
    pub(crate) product: String,
    pub(crate) host_facts: Box<dyn Fn() -> Told + Send + Sync>,
    pub(crate) own: Option<SelfRef>,
    pub(crate) leadership: Leadership,
    pub(crate) schedule: Schedule,
    pub(crate) limits: Limits,
    pub(crate) cluster_count: u32,
    /// The only namespaces that may be read; all of the cluster if there are none.
    pub(crate) namespaces: Vec<String>,
    /// The cluster that the installation is at home in, if that is not the one reported on.
    pub(crate) home: Option<Client>,
    /// The index of Splunk that events name, if they name any.
    pub(crate) index: Option<String>,
    /// Where events that wait survive the process.
    pub(crate) store: Option<Aside<dyn Store>>,
    /// Where the last reports lie for people to read.
    pub(crate) journal: Option<Aside<dyn Journal>>,
    /// A salt for the identifiers.
    pub(crate) salt: Option<String>,
    /// What the host says about consent.
    pub(crate) consent: Setting,
    /// What the variables of the process say about consent.
    pub(crate) environment: Environment,
}

/// What the host tells, as soon as it has it.
pub(crate) type Told = Pin<Box<dyn Future<Output = HostFacts> + Send>>;
