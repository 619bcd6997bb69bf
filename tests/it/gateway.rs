//! The gateway that adds the token, as it is deployed: Debian's nginx with `deploy/gateway` between ktel and a receiver.

mod bench;
mod nginx;

use std::{fs, os::unix::fs::symlink, time::Duration};

use ktel_outbox::{Limits, Outcome, Sink as _};
use ktel_receiver::Step;
use ktel_sim::{Cluster, DEMO};
use ktel_splunk::{Hec, encode};
use reqwest::{Method, StatusCode};
use rustls::version::{TLS12, TLS13};

use crate::{
    authority::Authority,
    support::{builder, serve},
};
use bench::{Bench, event};
use nginx::{SPLUNK, TOKEN};

const PATH: &str = "/services/collector/event";

/// Headers that tell of a client.
const TELLING: [&str; 16] = [
    "authorization",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "origin",
    "referer",
    "traceparent",
    "true-client-ip",
    "user-agent",
    "via",
    "x-client",
    "x-forwarded-for",
    "x-real-ip",
    "x-request-id",
    "x-splunk-request-channel",
];

#[tokio::test]
async fn a_report_arrives_with_a_token_that_only_the_gateway_has() {
    let Some(bench) = Bench::new().await else { return };
    let cluster = serve(Cluster::parse(DEMO).unwrap()).await;
    let mut collector = builder(&cluster).build().unwrap();
    // Who does not name the authority of the gateway does not trust it.
    let mut stranger = Hec::builder(&bench.nginx.url()).unwrap().build().unwrap();
    assert!(collector.send_once(&mut stranger, Duration::ZERO).await.is_err());
    assert!(stranger.diagnosis().unwrap().problem.contains("certificate"), "{:?}", stranger.diagnosis());
    collector.send_once(&mut bench.sink(), Duration::ZERO).await.unwrap();
    assert_eq!(bench.receiver.events().len(), 5);
    let request = bench.only_request();
    assert_eq!(request.header("authorization"), Some(&*format!("Splunk {TOKEN}")));
    assert_eq!(request.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn of_the_client_only_its_events_are_passed_on() {
    let Some(bench) = Bench::new().await else { return };
    let mut request = bench.request(Method::POST, &format!("{PATH}?token=parameter&channel=parameter&index=parameter"));
    for name in TELLING {
        request = request.header(name, "127.0.0.1");
    }
    let answer = request.body(encode([event(0, 10).as_ref()])).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let request = bench.only_request();
    assert_eq!((request.method.as_str(), request.path.as_str(), request.query.as_str()), ("POST", PATH, ""));
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (token, length) = (format!("Splunk {TOKEN}"), request.body.as_ref().unwrap().len().to_string());
    let expected = [
        ("authorization", &*token),
        ("content-length", &length),
        ("content-type", "application/json"),
        ("host", SPLUNK),
    ];
    assert_eq!(headers, expected);
}

#[tokio::test]
async fn whatever_else_is_asked_is_refused() {
    let Some(bench) = Bench::new().await else { return };
    let event = encode([event(0, 10).as_ref()]);
    for path in ["/", "/services/collector", "/services/collector/raw", "/services/collector/health"] {
        let answer = bench.request(Method::POST, path).body(event.clone()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.headers()["server"], "nginx", "no version is told");
    }
    for path in ["/ack", "/event/", "/event/1.0", "/event/../raw", "/EVENT"] {
        let answer = bench.request(Method::POST, &format!("/services/collector{path}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        let answer = bench.request(method.clone(), PATH).body(event.clone()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.headers()["allow"], "POST");
    }
    assert!(bench.receiver.requests().is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_halved_and_the_largest_batch_is_not() {
    let Some(bench) = Bench::new().await else { return };
    let limits = Limits { max_batch_bytes: 2_000_000, ..Limits::default() };
    assert_eq!(bench.send([event(0, 500_000), event(1, 500_000)], limits).await, 0);
    assert_eq!(bench.arrived(), [0, 1]);
    assert_eq!(bench.receiver.requests().len(), 2, "the first attempt did not get through");
    assert_eq!(bench.send([event(2, 1_000_000)], limits).await, 1);

    // Not packed, as it is sent to who once did not understand that: as large as a batch of ktel can be.
    let frame = event(3, 0).bytes();
    let full = encode([event(3, Limits::default().max_batch_bytes - frame).as_ref()]);
    assert!(full.len() > 499_000);
    let answer = bench.request(Method::POST, PATH).body(full).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(bench.arrived(), [0, 1, 3]);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let Some(bench) = Bench::new().await else { return };
    let mut sink = bench.sink();
    let mut taken = 0;
    let outcome = loop {
        match sink.post(&[event(taken, 10)]).await {
            Outcome::Delivered if taken < 100 => taken += 1,
            outcome => break outcome,
        }
    };
    assert_eq!(outcome, Outcome::Retry { after: Some(Duration::from_secs(60)) }, "{:?}", sink.diagnosis());
    assert!(taken > 20, "many clusters behind one address report at once: {taken}");
    assert_eq!(bench.receiver.requests().len() as u64, taken);
}

/// Each asks no more often than it may. Other systems do not have all of these addresses.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_all_ask_together_is_bounded_too() {
    let Some(bench) = Bench::new().await else { return };
    let mut taken = 0;
    for last in 2..255 {
        let client = bench.client([127, 0, 0, last].into());
        for _ in 0..15 {
            let answer = client.post(format!("{}{PATH}", bench.nginx.url())).send().await.unwrap();
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                assert_eq!(answer.headers()["retry-after"], "60");
                assert!(taken > 100, "{taken}");
                return;
            }
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "there is nothing in it");
            taken += 1;
        }
    }
    panic!("{taken} requests were taken");
}

#[tokio::test]
async fn the_kill_switch_stops_everybody_for_good() {
    let Some(bench) = Bench::new().await else { return };
    let switch = bench.nginx.path("ktel/gone");
    fs::write(&switch, "").unwrap();
    assert_eq!(bench.post().await, Outcome::Gone);
    assert_eq!(bench.sink().post(&[event(0, 1_000_000)]).await, Outcome::Gone, "before it is found to be too large");
    assert_eq!(bench.send((0..3).map(|number| event(number, 10)), Limits::default()).await, 3);
    assert!(bench.receiver.requests().is_empty());
    fs::remove_file(switch).unwrap();
    assert_eq!(bench.post().await, Outcome::Delivered);
}

#[tokio::test]
async fn what_splunk_answers_is_passed_on() {
    let Some(bench) = Bench::new().await else { return };
    let after = Some(Duration::from_secs(7));
    for (step, outcome) in [
        (Step::hec(503, 9, Some(3)).header("retry-after", "7"), Outcome::ResumeAt { index: 3, after }),
        (Step::hec(400, 6, Some(2)), Outcome::Isolate(2)),
        (Step::hec(429, 26, None), Outcome::Retry { after: None }),
        (Step::hec(200, 24, None), Outcome::DeliveredSlowDown),
        (Step::hec(403, 4, None), Outcome::Misconfigured),
        (Step::page(410), Outcome::Gone),
        (Step::page(413), Outcome::Halve),
    ] {
        bench.receiver.script([step.clone()]);
        assert_eq!(bench.post().await, outcome, "{step:?}");
    }
}

/// Neither is it followed by the gateway, nor is a client led astray or known again.
#[tokio::test]
async fn redirects_cookies_and_orders_to_nginx_end_at_the_gateway() {
    let Some(bench) = Bench::new().await else { return };
    let elsewhere = format!("{}/elsewhere", bench.receiver.url());
    let redirect = Step::page(307).header("location", elsewhere).header("set-cookie", "known=again");
    bench.receiver.script([redirect.clone(), redirect]);
    let answer = bench.request(Method::POST, PATH).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
    assert!(answer.headers().get("location").is_none() && answer.headers().get("set-cookie").is_none());
    assert_eq!(bench.post().await, Outcome::Misconfigured);
    bench.receiver.script([Step::hec(200, 24, None).header("x-accel-redirect", "/")]);
    assert_eq!(bench.post().await, Outcome::DeliveredSlowDown);
    assert!(bench.receiver.requests().iter().all(|request| request.path == PATH));
    assert_eq!(bench.receiver.requests().len(), 3);
}

#[tokio::test]
async fn who_only_claims_to_be_splunk_does_not_get_the_token() {
    let (splunk, other) = (Authority::new(), Authority::new());
    for (theirs, name) in [(&other, SPLUNK), (&splunk, "other.example.com")] {
        let tls = theirs.server(name, &[&TLS12, &TLS13], None);
        let Some(bench) = Bench::with(tls, &splunk).await else { return };
        assert_eq!(bench.post().await, Outcome::Retry { after: None });
        assert!(bench.receiver.requests().is_empty());
    }
}

/// Splunk Cloud is many, and chooses its certificate by the name that is asked for.
#[tokio::test]
async fn splunk_is_asked_for_by_its_name() {
    let splunk = Authority::new();
    let Some(bench) = Bench::with(splunk.server_by_name(SPLUNK), &splunk).await else { return };
    assert_eq!(bench.post().await, Outcome::Delivered);
}

#[tokio::test]
async fn no_log_has_an_address_or_the_token() {
    let Some(bench) = Bench::new().await else { return };
    let event = event(0, 10);
    assert_eq!(bench.post().await, Outcome::Delivered);
    let refused = [(Method::GET, PATH), (Method::POST, "/who?is=127.0.0.1"), (Method::POST, "/..%2f")];
    for (method, path) in refused {
        let mut request = bench.request(method, path);
        for name in TELLING {
            request = request.header(name, "somebody");
        }
        request.send().await.unwrap();
    }
    assert_eq!(bench.sink().post(&[self::event(0, 1_000_000)]).await, Outcome::Halve);
    // Who does not trust it, who does not speak TLS, and who does not speak HTTP.
    let mut stranger = Hec::builder(&bench.nginx.url()).unwrap().build().unwrap();
    stranger.post(std::slice::from_ref(&event)).await;
    let mut plain = Hec::builder(&bench.nginx.url().replace("https", "http")).unwrap().build().unwrap();
    plain.post(std::slice::from_ref(&event)).await;
    nonsense(&bench);
    bench.receiver.script([Step::Reset, Step::hec(503, 9, None)]);
    bench.post().await;
    bench.post().await;
    // What nginx complains of most loudly: whether the kill switch is there cannot be found out.
    let switch = bench.nginx.path("ktel/gone");
    symlink(&switch, &switch).unwrap();
    bench.post().await;
    // One connection, so that even a slow machine asks more often than it may.
    let mut sink = bench.sink();
    for number in 0..500 {
        if sink.post(&[self::event(number, 10)]).await != Outcome::Delivered {
            break;
        }
    }
    let Bench { receiver, nginx, .. } = bench;
    drop(receiver);
    let log = nginx.stop_and_read_logs();
    for status in [200, 404, 405, 413, 400, 502, 503, 429] {
        assert!(log.contains(&format!(" {status} ")), "no {status} in what was to be looked at: {log}");
    }
    for secret in ["127.0.0.1", "client", "somebody", TOKEN] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// Sends what is neither TLS nor HTTP, and waits until the gateway has done with it.
fn nonsense(bench: &Bench) {
    use std::io::{Read as _, Write as _};
    for bytes in [&b"\x16\x03\x01\x00\x05nonsense, which is no greeting"[..], b"nonsense\r\n\r\n"] {
        let mut stream = std::net::TcpStream::connect(bench.nginx.address()).unwrap();
        stream.write_all(bytes).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
}
