//! The occasion of a report: everything in the envelope, which no cluster tells.

use std::time::{Duration, UNIX_EPOCH};

use ktel_types::{
    Absence,
    report::{Category, IdSource, Scope, Signal},
};

use crate::{generated::probe, identity::Identity, reading::Reading};

/// Why, when and by whom a report is made.
#[derive(Debug, Clone)]
pub(crate) struct Occasion {
    pub(crate) report_id: String,
    pub(crate) signal: Signal,
    pub(crate) sequence: u32,
    /// When the collection began, since the beginning of 1970 in UTC.
    pub(crate) collected_at: Duration,
    pub(crate) collection: Duration,
    /// The time since the process began.
    pub(crate) uptime: Duration,
    /// The time since the previous report.
    pub(crate) window: Option<Duration>,
    pub(crate) consented: Vec<Category>,
    pub(crate) identity: Identity,
    pub(crate) product: String,
    /// The version of the product, as its own pod tells it.
    pub(crate) product_version: Reading<String>,
    pub(crate) scope: Scope,
    pub(crate) cluster_count: u32,
    pub(crate) dropped: u32,
}

impl Occasion {
    pub(crate) fn has_consent_to(&self, category: Category) -> bool {
        self.consented.contains(&category)
    }
}

impl probe::Report for Occasion {
    fn collector_version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn report_id(&self) -> String {
        self.report_id.clone()
    }

    fn signal(&self) -> Signal {
        self.signal
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn sequence(&self) -> u32 {
        self.sequence
    }

    fn collected_at(&self) -> String {
        humantime::format_rfc3339_seconds(UNIX_EPOCH + self.collected_at).to_string()
    }

    fn collection_seconds(&self) -> Reading<f64> {
        // Milliseconds are as fine as a network is.
        Ok((self.collection.as_secs_f64() * 1000.0).round() / 1000.0)
    }

    fn window_seconds(&self) -> Reading<u32> {
        whole_seconds(self.window.ok_or(Absence::NotApplicable)?)
    }

    fn uptime_seconds(&self) -> Reading<u32> {
        whole_seconds(self.uptime)
    }

    fn consented(&self) -> Reading<Vec<Category>> {
        Ok(self.consented.clone())
    }
}

impl probe::Identity for Occasion {
    fn cluster_id(&self) -> String {
        self.identity.cluster.clone()
    }

    fn installation_id(&self) -> String {
        self.identity.installation.clone()
    }

    fn instance_id(&self) -> String {
        self.identity.instance.clone()
    }

    fn id_source(&self) -> IdSource {
        self.identity.source
    }

    fn cluster_count(&self) -> u32 {
        self.cluster_count
    }
}

impl probe::Product for Occasion {
    fn name(&self) -> String {
        self.product.clone()
    }

    fn version(&self) -> Reading<String> {
        self.product_version.clone()
    }
}

impl probe::Delivery for Occasion {
    fn dropped_count(&self) -> Reading<u32> {
        Ok(self.dropped)
    }
}

fn whole_seconds(time: Duration) -> Reading<u32> {
    u32::try_from(time.as_secs()).map_err(|_| Absence::Failed)
}
