//! The version of a standard inside of its major version.

/// The version of sources of which nothing has been released.
#[must_use]
pub(crate) fn of_unreleased() -> String {
    "1.0-dev".to_owned()
}
