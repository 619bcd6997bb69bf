//! The protocols that a route serves.

use serde::Deserialize;

/// A protocol, as Kong names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
    Grpc,
    Grpcs,
    Ws,
    Wss,
    Tcp,
    Tls,
    TlsPassthrough,
    Udp,
}

/// The names of the protocols, in their order.
const NAMES: [(&str, Protocol); 10] = [
    ("http", Protocol::Http),
    ("https", Protocol::Https),
    ("grpc", Protocol::Grpc),
    ("grpcs", Protocol::Grpcs),
    ("ws", Protocol::Ws),
    ("wss", Protocol::Wss),
    ("tcp", Protocol::Tcp),
    ("tls", Protocol::Tls),
    ("tls_passthrough", Protocol::TlsPassthrough),
    ("udp", Protocol::Udp),
];

/// Several protocols.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Protocols(u16);

impl Protocols {
    /// These protocols.
    #[must_use]
    pub(crate) fn of(protocols: &[Protocol]) -> Self {
        Self(protocols.iter().fold(0, |bits, protocol| bits | bit(*protocol)))
    }

    /// Whether this is one of them.
    #[must_use]
    pub(crate) fn contains(self, protocol: Protocol) -> bool {
        self.0 & bit(protocol) != 0
    }

    /// These, or others if there are none.
    #[must_use]
    pub(crate) fn or(self, others: Self) -> Self {
        if self == Self::default() { others } else { self }
    }
}

impl From<String> for Protocols {
    /// The protocols of an annotation, `grpc,grpcs`. What is none is passed over, as Kong does.
    fn from(text: String) -> Self {
        let named = text.split(',').filter_map(|name| {
            NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())).map(|(_, protocol)| *protocol)
        });
        Self::of(&named.collect::<Vec<_>>())
    }
}

fn bit(protocol: Protocol) -> u16 {
    1 << protocol as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_names_protocols() {
        let named = Protocols::from("grpc, GRPCS,carrier-pigeon".to_owned());
        assert_eq!(named, Protocols::of(&[Protocol::Grpc, Protocol::Grpcs]));
        assert!(named.contains(Protocol::Grpc) && !named.contains(Protocol::Http));
        let http = Protocols::of(&[Protocol::Http]);
        assert_eq!(named.or(http), named);
        assert_eq!(Protocols::from(String::new()).or(http), http);
    }
}
