//! TLS between sink and receiver: who trusts whom, and which versions are spoken.

use std::sync::Arc;

use ktel_outbox::{Envelope, Outcome, Sink as _};
use ktel_receiver::{Receiver, Settings};
use ktel_splunk::{Builder, Hec, SetupError};
use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};

use crate::authority::Authority;

/// A receiver that shows a certificate of this authority, speaks this version, and asks to be shown one of those.
async fn receiver(
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
    clients: Option<&Authority>,
) -> Receiver {
    let tls = authority.server("127.0.0.1", &[version], clients);
    Receiver::start_with(Settings::default().tls(tls)).await.unwrap()
}

/// Sends one event. Answers what became of it, and why, if it did not arrive.
async fn send(receiver: &Receiver, setup: impl Fn(Builder) -> Builder) -> (Outcome, String) {
    let mut sink = setup(Hec::builder(&receiver.url()).unwrap()).build().unwrap();
    let envelope = Envelope {
        time: std::time::Duration::ZERO,
        source: "test".to_owned(),
        sourcetype: "test".to_owned(),
        index: None,
        event: r#"{"n":1}"#.to_owned(),
        fields: Vec::new(),
    };
    let outcome = sink.post(&[Arc::new(envelope)]).await;
    (outcome, sink.diagnosis().map(ToString::to_string).unwrap_or_default())
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let authority = Authority::new();
    for version in [&TLS12, &TLS13] {
        let receiver = receiver(&authority, version, None).await;
        let (outcome, why) = send(&receiver, |sink| sink).await;
        assert_eq!(outcome, Outcome::Retry { after: None });
        assert!(why.contains("certificate"), "{why}");
        let (outcome, why) = send(&receiver, |sink| sink.authorities(Authority::new().pem())).await;
        assert_eq!(outcome, Outcome::Retry { after: None }, "another one of the same name: {why}");
        assert!(receiver.requests().is_empty());

        let (outcome, why) = send(&receiver, |sink| sink.authorities(authority.pem())).await;
        assert_eq!(outcome, Outcome::Delivered, "{why}");
        assert_eq!(receiver.events().len(), 1);
    }
}

#[tokio::test]
async fn who_has_to_show_a_certificate_can() {
    let (authority, clients) = (Authority::new(), Authority::new());
    for version in [&TLS12, &TLS13] {
        let receiver = receiver(&authority, version, Some(&clients)).await;
        let trusting = |sink: Builder| sink.authorities(authority.pem());
        let (outcome, why) = send(&receiver, trusting).await;
        assert_eq!(outcome, Outcome::Retry { after: None }, "{why}");
        assert!(receiver.requests().is_empty());
        let (outcome, why) = send(&receiver, |sink| trusting(sink).certificate(clients.issue_pem("ktel"))).await;
        assert_eq!(outcome, Outcome::Delivered, "{why}");
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    let build = |setup: &dyn Fn(Builder) -> Builder| {
        setup(Hec::builder("https://127.0.0.1:8088").unwrap()).build().unwrap_err()
    };
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA"] {
        assert!(matches!(build(&|sink| sink.authorities(pem)), SetupError::Authorities), "{pem}");
        assert!(matches!(build(&|sink| sink.certificate(pem)), SetupError::Certificate), "{pem}");
    }
    // A certificate without its key is not whole.
    let certificate = Authority::new().pem();
    assert!(matches!(build(&|sink| sink.certificate(certificate.clone())), SetupError::Certificate));
    assert!(matches!(build(&|sink| sink.proxy("no proxy://at all")), SetupError::Proxy));
}
