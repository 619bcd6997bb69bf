//! Which object of its kind it is, without its name.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What stands for the namespace and the name of an object, in this process alone: joins objects that name each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u64);

impl Key {
    /// The object of this name in this namespace; objects outside of namespaces have an empty one.
    #[must_use]
    pub(crate) fn new(namespace: &str, name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (namespace, name).hash(&mut hasher);
        Self(hasher.finish())
    }
}
