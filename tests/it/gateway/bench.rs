//! A receiver, the gateway before it, and who asks the gateway.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ktel_outbox::{Entry, Envelope, Limits, Next, Outbox, Outcome, Sink as _, Tag};
use ktel_receiver::{Receiver, Request, Settings, Token};
use ktel_splunk::Hec;
use reqwest::{Client, Method, RequestBuilder, redirect};
use rustls::{
    ClientConfig, ServerConfig,
    crypto::ring,
    version::{TLS12, TLS13},
};
use serde_json::json;

use super::nginx::{Nginx, SPLUNK, TOKEN};
use crate::authority::Authority;

/// A receiver that lets in who has the token, and a gateway before it.
pub(crate) struct Bench {
    pub(crate) receiver: Receiver,
    pub(crate) nginx: Nginx,
    /// Who has signed the certificate of the gateway.
    authority: Authority,
}

impl Bench {
    /// Nothing where there is no nginx.
    pub(crate) async fn new() -> Option<Self> {
        let splunk = Authority::new();
        Self::with(splunk.server(SPLUNK, &[&TLS12, &TLS13], None), &splunk).await
    }

    /// With a receiver that speaks TLS like this, and a gateway that trusts this authority.
    pub(crate) async fn with(tls: Arc<ServerConfig>, trusted: &Authority) -> Option<Self> {
        let settings = Settings::default().tokens([Token::new(TOKEN)]).tls(tls);
        let receiver = Receiver::start_with(settings).await.unwrap();
        let authority = Authority::new();
        let upstream = receiver.url().replace("https://", "");
        let nginx = Nginx::start(&upstream, &authority, trusted)?;
        Some(Self { receiver, nginx, authority })
    }

    /// A sink that has no token.
    pub(crate) fn sink(&self) -> Hec {
        Hec::builder(&self.nginx.url()).unwrap().authorities(self.authority.pem()).build().unwrap()
    }

    pub(crate) async fn post(&self) -> Outcome {
        self.sink().post(&[event(0, 10)]).await
    }

    /// Sends until nothing waits any more. Answers how many events were dropped.
    pub(crate) async fn send(&self, events: impl IntoIterator<Item = Arc<Envelope>>, limits: Limits) -> u32 {
        let mut outbox = Outbox::new(limits);
        for event in events {
            outbox.put(Duration::ZERO, Entry { bytes: event.bytes(), item: event, tag: Tag("USAGE") });
        }
        let mut sink = self.sink();
        while let Next::Send(batch) = outbox.next(Duration::ZERO) {
            let outcome = sink.post(&batch).await;
            outbox.settle(Duration::ZERO, 1.0, outcome);
        }
        assert_eq!(outbox.len(), 0, "{:?}", sink.diagnosis());
        outbox.dropped()
    }

    /// A request of somebody who is not ktel.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client(Ipv4Addr::LOCALHOST).request(method, format!("{}{path}", self.nginx.url()))
    }

    /// Somebody who is not ktel, at this address.
    pub(crate) fn client(&self, address: Ipv4Addr) -> Client {
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.authority.roots())
            .with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).local_address(IpAddr::from(address));
        client.redirect(redirect::Policy::none()).no_proxy().build().unwrap()
    }

    /// The numbers of the events that the receiver has.
    pub(crate) fn arrived(&self) -> Vec<u64> {
        self.receiver.events().iter().map(|event| event.report["n"].as_u64().unwrap()).collect()
    }

    /// The only request that the receiver had.
    pub(crate) fn only_request(&self) -> Request {
        let requests = self.receiver.requests();
        assert_eq!(requests.len(), 1);
        requests.into_iter().next().unwrap()
    }
}

/// An event with so many bytes of text that does not become much shorter when it is packed.
pub(crate) fn event(number: u64, bytes: usize) -> Arc<Envelope> {
    let mut state = number;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    });
    let mut text = BASE64_STANDARD.encode(noise.take(bytes).collect::<Vec<u8>>());
    text.truncate(bytes);
    Arc::new(Envelope {
        time: Duration::from_secs(1_795_482_000),
        source: "test".to_owned(),
        sourcetype: "kong:telemetry:v1".to_owned(),
        index: None,
        event: json!({ "n": number, "text": text }).to_string(),
        fields: Vec::new(),
    })
}
