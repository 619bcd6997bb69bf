//! Leases, which are all of a simulated cluster that can be written: processes agree by them on who does the work.
//!
//! A write is refused if the object has changed since it was read, as real servers do it. What a file describes stays as it is.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    change::{Change, Verb},
    kind::Kind,
    refusal,
};

/// The leases that were written. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases(Arc<Mutex<Written>>);

#[derive(Debug, Default)]
struct Written {
    /// By namespace and name.
    objects: BTreeMap<(String, String), Value>,
    /// How many writes there were.
    writes: u64,
}

impl Leases {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was written.
    pub(crate) fn get(&self, namespace: Option<&str>, name: &str) -> Option<Value> {
        self.written().objects.get(&(namespace?.to_owned(), name.to_owned())).cloned()
    }

    /// Whether there is none that was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.written().objects.is_empty()
    }

    /// Answers a change of one, which the file describes or not.
    pub(crate) fn change(
        &self,
        kind: &Kind,
        namespace: &str,
        name: &str,
        is_described: bool,
        change: &Change,
    ) -> Answer {
        let place = (namespace.to_owned(), name.to_owned());
        let mut written = self.written();
        let found = written.objects.get(&place);
        match (change.verb, found) {
            (Verb::Create, None) if !is_described => {}
            (Verb::Create, _) => return refusal::already_exists(kind, name),
            (_, None) if is_described => return refusal::not_simulated("changes of what the file describes"),
            (_, None) => return refusal::not_found(kind, name),
            (Verb::Replace, Some(found)) => {
                let version = &change.object["metadata"]["resourceVersion"];
                if !version.is_null() && *version != found["metadata"]["resourceVersion"] {
                    return refusal::conflict(kind, name);
                }
            }
            (Verb::Delete, Some(_)) => {
                written.objects.remove(&place);
                return Answer::json(
                    200,
                    &json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success" }),
                );
            }
        }
        written.writes += 1;
        let mut object = change.object.clone();
        object["apiVersion"] = kind.api_version().into();
        object["kind"] = kind.name.clone().into();
        object["metadata"]["namespace"] = namespace.into();
        object["metadata"]["resourceVersion"] = (written.writes + 1).to_string().into();
        written.objects.insert(place, object.clone());
        Answer::json(if change.verb == Verb::Create { 201 } else { 200 }, &object)
    }
}
