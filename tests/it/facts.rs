//! What a controller in another language tells, on its way into reports.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread,
};

use ktel_facts::{Facts, Place};
use ktel_sim::{Cluster, DEMO};
use tokio::sync::Mutex;

use crate::support::{builder, event, events, serve};

/// Serves metrics of a controller that has pushed its configuration so many times, a number a scrape. Returns the address.
pub(crate) fn controller(pushes: &'static [u32]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for pushed in pushes {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            let body = format!(
                "# TYPE ingress_controller_configuration_push_count counter\n\
                 ingress_controller_configuration_push_count{{success=\"true\"}} {pushed}\ngo_threads 12\n"
            );
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    format!("http://{address}/metrics")
}

/// A collector asks for metrics at each report, and tells what was counted since the one before.
#[tokio::test]
async fn metrics_are_scraped_at_each_report() {
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let facts = Facts::new(reqwest::Client::new()).metrics(Place::parse(&controller(&[100, 142, 7])));
    let facts = Arc::new(Mutex::new(facts));
    let mut collector = builder(&server)
        .host_facts_from(move || {
            let facts = Arc::clone(&facts);
            async move { facts.lock().await.gather().await.unwrap_or_default() }
        })
        .build()
        .unwrap();
    let mut counts = Vec::new();
    for _ in 0..4 {
        let events = events(&mut collector).await;
        let performance = &event(&events, "PERFORMANCE")["performance"];
        counts.push((performance["config_push_count"].as_u64(), performance["thread_count"].as_u64()));
    }
    let gone = (None, None);
    assert_eq!(counts, [(None, Some(12)), (Some(42), Some(12)), (Some(7), Some(12)), gone]);
}
