//! Why a field is not there.

/// Why a field could not be measured. The report names the field under the reason, in its section `absent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Absence {
    /// The cluster does not permit the collector to read what the field needs.
    Forbidden,
    /// The cluster does not serve the kind of object that the field is about.
    NotInstalled,
    /// The field has no meaning here.
    NotApplicable,
    /// The API server did not answer in time.
    TimedOut,
    /// Reading failed, or what was read could not be understood or is outside of the field's bounds.
    Failed,
    /// Nobody told.
    Unknown,
    /// The field is not collected any more.
    Expired,
    /// The field is read once a day, and an earlier report of that day has it.
    NotDue,
}
