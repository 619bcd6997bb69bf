//! Where the last reports lie for a person to read.

use std::sync::Arc;

use crate::Envelope;

/// Something that shows a person the reports that were made, whether they are sent or not: a file, for example.
pub trait Journal: Send {
    /// Writes down a report, given as the envelopes of its events; answers whether that is done. What cannot be written down is
    /// nothing to the report.
    fn record(&mut self, report: &[Arc<Envelope>]) -> bool;
}
