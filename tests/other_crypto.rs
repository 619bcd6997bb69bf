//! A host that has chosen its cryptography, and not ours.
//!
//! This process has two providers compiled in, so that nobody can guess which one is meant: whoever does not say so panics.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use ktel_outbox::{Envelope, Outcome, Sink as _};
use ktel_splunk::Hec;
use rustls::crypto::{CryptoProvider, aws_lc_rs};

fn envelope() -> Arc<Envelope> {
    let event = "{}".to_owned();
    Arc::new(Envelope {
        time: std::time::Duration::ZERO,
        source: String::new(),
        sourcetype: String::new(),
        index: None,
        event,
        fields: Vec::new(),
    })
}

/// A server that does not speak TLS: a client gets as far as the first message, and no further.
async fn attempt() -> Outcome {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        drop(stream);
        std::future::pending::<()>().await;
    };
    let mut sink = Hec::builder(&address).unwrap().build().unwrap();
    tokio::select! {
        outcome = async { sink.post(&[envelope()]).await } => outcome,
        () = server => Outcome::Gone,
    }
}

#[tokio::test]
async fn a_sink_uses_the_hosts_cryptography_and_its_own_where_there_is_none() {
    assert!(CryptoProvider::get_default().is_none());
    assert_eq!(attempt().await, Outcome::Retry { after: None });

    aws_lc_rs::default_provider().install_default().unwrap();
    assert_eq!(attempt().await, Outcome::Retry { after: None });

    // The host's client for the cluster goes by the same choice.
    let config = kube::Config::new("https://127.0.0.1:1".parse().unwrap());
    assert!(kube::Client::try_from(config).is_ok());
}
