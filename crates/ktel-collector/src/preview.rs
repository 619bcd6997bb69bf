//! A report for a person to look at. Nothing is sent, and nothing counts as a report.

use std::sync::Arc;

use ktel_outbox::Envelope;
use ktel_types::report::Category;

use crate::collector::{CollectError, Collector};

impl Collector {
    /// Makes a report as it would be sent now. Returns one envelope an event; the bytes of each are what a sink would get.
    pub async fn preview(&mut self) -> Result<Vec<Arc<Envelope>>, CollectError> {
        let decision = self.consult().await;
        if !decision.may_collect() {
            return Err(CollectError::Off(decision.clone()));
        }
        let categories = decision.setting().categories().to_vec();
        self.look(&categories).await
    }

    /// The same also where somebody says no: what would be sent if telemetry were on. For a person who asks for it, and reads the
    /// cluster with rights of their own. What was decided stands in [`decision`](Self::decision).
    pub async fn preview_if_on(&mut self) -> Result<Vec<Arc<Envelope>>, CollectError> {
        let decision = self.consult().await;
        let allowed = if decision.may_collect() { decision.setting().categories() } else { Category::ALL };
        let categories = allowed.to_vec();
        self.look(&categories).await
    }
}
