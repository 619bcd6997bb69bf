//! What the objects of a list are kept in.

use serde::de::DeserializeOwned;

/// What the objects of a list are kept in: all of them, or what is left of them when they are folded.
pub(crate) trait Collection: Default {
    /// What each object is decoded into.
    type Item: DeserializeOwned;

    /// Takes up an object.
    fn take(&mut self, item: Self::Item);

    /// The number of objects that were taken up.
    fn count(&self) -> usize;
}

impl<T: DeserializeOwned> Collection for Vec<T> {
    type Item = T;

    fn take(&mut self, item: T) {
        self.push(item);
    }

    fn count(&self) -> usize {
        self.len()
    }
}
