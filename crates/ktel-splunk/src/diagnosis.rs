//! What a person should know of an attempt that did not succeed.

use std::fmt;

/// What went wrong, and what to do about it. Names no token and no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What went wrong.
    pub problem: String,
    /// What to do.
    pub remedy: &'static str,
}

impl Diagnosis {
    pub(crate) fn new(problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { problem: problem.into(), remedy }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem, self.remedy)
    }
}
