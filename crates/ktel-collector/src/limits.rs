//! All limits of a collection, each with its reason.

use std::time::Duration;

/// How much a collection may cost, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most requests at a time. The API server gives each client a share of its own; a few do not use it up.
    pub requests_in_flight: usize,
    /// The longest that one request may take. What takes longer is a server in trouble, which is not to be bothered.
    pub read_deadline: Duration,
    /// The longest that a whole collection may take.
    pub collection_deadline: Duration,
    /// Objects a page: what API servers themselves page by.
    pub page_items: u32,
    /// The most pages of a list: more objects than any cluster holds.
    pub pages: usize,
    /// Objects of a kind of which one page is enough.
    pub first_page_items: u32,
    /// The most bytes of an answer, unpacked: several times what a page of large objects has. What is longer is not read.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_in_flight: 4,
            read_deadline: Duration::from_secs(15),
            collection_deadline: Duration::from_secs(60),
            page_items: 500,
            pages: 20_000,
            first_page_items: 100,
            answer_bytes: 32 * 1024 * 1024,
        }
    }
}
