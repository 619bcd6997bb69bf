//! A cluster that changes its mind while a collector runs in it, and a sink that opens when it is told to.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ktel_collector::consent::ANNOTATION;
use ktel_outbox::{Envelope, Outcome, Sink};
use ktel_sim::{Answer, Api, Cluster, Request};
use serde_json::json;

/// A cluster that changes its mind: it says what it says at this stage, and notes what it is asked.
pub(crate) struct Changing {
    stages: Vec<Cluster>,
    pub(crate) stage: Arc<AtomicUsize>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Changing {
    pub(crate) fn new(stages: Vec<Cluster>) -> Self {
        Self { stages, stage: Arc::default(), asked: Arc::default() }
    }
}

impl Api for Changing {
    fn answer(&self, request: &Request) -> Answer {
        self.asked.lock().unwrap().push(request.path.clone());
        self.stages[self.stage.load(Ordering::SeqCst)].answer(request)
    }
}

/// A cluster of which a namespace bears the annotation, or may not be read.
pub(crate) fn saying(namespace: &str, text: Option<&str>) -> Cluster {
    let annotated = |name: &str| {
        let annotations = if name == namespace { json!({ ANNOTATION: text }) } else { json!({}) };
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "uid": "1", "annotations": annotations } })
    };
    let objects = ["kube-system", "default", "kong"].map(annotated);
    Cluster::parse(&json!({ "version": "v1.34.1", "objects": objects }).to_string()).unwrap()
}

pub(crate) fn hushed() -> Cluster {
    Cluster::parse("{ version: v1.34.1, forbidden: [namespaces] }").unwrap()
}

/// Only these paths are asked for before there is consent.
pub(crate) fn is_question(path: &String) -> bool {
    ["kube-system", "default", "kong"].iter().any(|name| *path == format!("/api/v1/namespaces/{name}"))
}

/// Takes nothing until it is told to, and notes what it took.
pub(crate) struct Gate<T = Envelope> {
    pub(crate) is_open: Arc<AtomicUsize>,
    pub(crate) attempts: Arc<AtomicUsize>,
    pub(crate) taken: Arc<AtomicUsize>,
    pub(crate) items: Arc<Mutex<Vec<Arc<T>>>>,
}

impl<T> Default for Gate<T> {
    fn default() -> Self {
        Self { is_open: Arc::default(), attempts: Arc::default(), taken: Arc::default(), items: Arc::default() }
    }
}

impl<T> Clone for Gate<T> {
    fn clone(&self) -> Self {
        let Self { is_open, attempts, taken, items } = self;
        Self { is_open: is_open.clone(), attempts: attempts.clone(), taken: taken.clone(), items: items.clone() }
    }
}

impl<T: Send + Sync> Sink<T> for Gate<T> {
    async fn post(&mut self, batch: &[Arc<T>]) -> Outcome {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        if self.is_open.load(Ordering::SeqCst) == 0 {
            return Outcome::Retry { after: Some(Duration::from_secs(60)) };
        }
        self.taken.fetch_add(batch.len(), Ordering::SeqCst);
        self.items.lock().unwrap().extend(batch.iter().map(Arc::clone));
        Outcome::Delivered
    }
}
