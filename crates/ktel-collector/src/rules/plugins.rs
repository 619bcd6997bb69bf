//! The plugins that come with Kong Gateway.

/// A plugin and the first version of Kong Gateway that it comes with.
pub(crate) static BUNDLED: &[(&str, &str)] = &[("acl", "")];

/// Whether a plugin comes with Kong Gateway, in whichever version and edition.
#[must_use]
pub(crate) fn is_bundled(name: &str) -> bool {
    BUNDLED.binary_search_by_key(&name, |(known, _)| known).is_ok()
}
