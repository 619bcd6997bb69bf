//! Gateways.

use serde::Deserialize;

use super::{Changed, Key};

/// All Gateways.
pub(crate) type List = Vec<Object>;

/// A Gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Object {
    /// Which one it is.
    pub(crate) key: Key,
    /// The name of its class.
    pub(crate) class: Box<str>,
    /// Its listeners.
    pub(crate) listeners: Vec<Listener>,
    /// Whether it is ready to serve.
    pub(crate) is_programmed: bool,
    /// The number of routes at its listeners, those at two listeners counted twice.
    pub(crate) attached_routes: usize,
    /// When it was last configured.
    pub(crate) changed: Changed,
}

/// Where a Gateway listens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "RawListener")]
pub(crate) struct Listener {
    pub(crate) name: Box<str>,
    pub(crate) protocol: Listens,
}

/// What a listener is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listens {
    Http,
    Https,
    TlsTerminate,
    TlsPassthrough,
    Tcp,
    Udp,
    /// A protocol of somebody's own.
    Other,
}

#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default, rename = "managedFields")]
    changed: Changed,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    gateway_class_name: Box<str>,
    listeners: Vec<Listener>,
}

#[derive(Deserialize)]
struct RawListener {
    #[serde(default)]
    name: Box<str>,
    #[serde(default)]
    protocol: String,
    #[serde(default)]
    tls: Tls,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tls {
    mode: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Vec<Condition>,
    listeners: Vec<ListenerStatus>,
}

#[derive(Deserialize)]
struct Condition {
    r#type: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListenerStatus {
    #[serde(default)]
    attached_routes: u32,
}

impl From<Raw> for Object {
    fn from(Raw { metadata, spec, status }: Raw) -> Self {
        let is_programmed = |condition: &Condition| condition.r#type == "Programmed" && condition.status == "True";
        Self {
            key: Key::new(&metadata.namespace, &metadata.name),
            class: spec.gateway_class_name,
            listeners: spec.listeners,
            is_programmed: status.conditions.iter().any(is_programmed),
            attached_routes: status.listeners.iter().map(|listener| listener.attached_routes as usize).sum(),
            changed: metadata.changed,
        }
    }
}

impl From<RawListener> for Listener {
    fn from(RawListener { name, protocol, tls }: RawListener) -> Self {
        let protocol = match (protocol.as_str(), tls.mode.as_deref()) {
            ("HTTP", _) => Listens::Http,
            ("HTTPS", _) => Listens::Https,
            ("TLS", Some("Passthrough")) => Listens::TlsPassthrough,
            ("TLS", _) => Listens::TlsTerminate,
            ("TCP", _) => Listens::Tcp,
            ("UDP", _) => Listens::Udp,
            _ => Listens::Other,
        };
        Self { name, protocol }
    }
}
