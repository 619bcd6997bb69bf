//! A page of a list.

use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// A page of a list, with what its objects were decoded into.
#[derive(Deserialize)]
#[serde(from = "List<T>", bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
    /// How many objects are left after this page. Absent where the server does not know, and on the last page.
    pub(super) remaining: Option<usize>,
}

/// An object of which only the existence counts.
pub(super) struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct List<T> {
    #[serde(default)]
    metadata: ListMetadata,
    /// `null` where there is nothing.
    items: Option<Vec<T>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListMetadata {
    #[serde(rename = "continue")]
    next: Option<String>,
    remaining_item_count: Option<usize>,
}

impl<T> From<List<T>> for Page<T> {
    fn from(list: List<T>) -> Self {
        let ListMetadata { next, remaining_item_count } = list.metadata;
        Self {
            items: list.items.unwrap_or_default(),
            next: next.filter(|token| !token.is_empty()),
            remaining: remaining_item_count,
        }
    }
}
