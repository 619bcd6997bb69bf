//! Lines over TLS: one connection each, and what becomes of those that are broken off.

use std::{sync::Arc, time::Duration};

use ktel_collector::{Schedule, SendError, Sinks};
use ktel_outbox::{Envelope, Line, Outcome, Sink};
use ktel_receiver::Receiver;
use ktel_sim::{Cluster, DEMO};
use ktel_splunk::{Hec, SetupError, TlsLine, TlsLineBuilder};
use rustls::version::{TLS12, TLS13};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::mpsc,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    authority::Authority,
    support::{Log, builder, builder_for, client_without_network, serve},
};

fn line(number: u32) -> Arc<Line> {
    let pairs = vec![("k8s_pods_count".into(), number.to_string())];
    Arc::new(Line { signal: "kic-ping".to_owned(), groups: vec![pairs] })
}

/// A heavy forwarder: tells of each connection what came over it, and closes nothing by itself.
struct Forwarder {
    port: u16,
    records: mpsc::UnboundedReceiver<String>,
}

impl Forwarder {
    async fn start(authority: &Authority) -> Self {
        let acceptor = TlsAcceptor::from(authority.server("127.0.0.1", &[&TLS12, &TLS13], None));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, records) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut text = String::new();
                stream.read_to_string(&mut text).await.unwrap();
                sender.send(text).unwrap();
            }
        });
        Self { port, records }
    }

    fn records(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.records.try_recv().ok()).collect()
    }
}

/// Answers always the same, and notes what it took.
struct Ear<T> {
    answer: Outcome,
    attempts: usize,
    items: Vec<Arc<T>>,
}

impl<T> Ear<T> {
    fn new(answer: Outcome) -> Self {
        Self { answer, attempts: 0, items: Vec::new() }
    }
}

impl<T: Send + Sync> Sink<T> for Ear<T> {
    async fn post(&mut self, batch: &[Arc<T>]) -> Outcome {
        self.attempts += 1;
        if self.answer == Outcome::Delivered {
            self.items.extend(batch.iter().map(Arc::clone));
        }
        self.answer
    }
}

fn sink(port: u16, authority: &Authority) -> TlsLine {
    TlsLine::builder(&format!("127.0.0.1:{port}")).unwrap().authorities(authority.pem()).build().unwrap()
}

/// What a forwarder is made of that a test attends to itself, and a sink that trusts it.
async fn unattended() -> (TlsAcceptor, TcpListener, TlsLine) {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(authority.server("127.0.0.1", &[&TLS13], None));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = sink(listener.local_addr().unwrap().port(), &authority);
    (acceptor, listener, sink)
}

#[tokio::test]
async fn each_line_has_a_connection_of_its_own() {
    let authority = Authority::new();
    let mut forwarder = Forwarder::start(&authority).await;
    let mut sink = sink(forwarder.port, &authority);
    assert_eq!(sink.post(&[line(1), line(2)]).await, Outcome::Delivered);
    assert!(sink.diagnosis().is_none());
    let expected = ["<14>signal=kic-ping;k8s_pods_count=1;\n", "<14>signal=kic-ping;k8s_pods_count=2;\n"];
    assert_eq!(forwarder.records(), expected);
}

#[tokio::test]
async fn nothing_is_said_to_a_stranger() {
    let log = Log::listen();
    let mut forwarder = Forwarder::start(&Authority::new()).await;
    let mut sink = sink(forwarder.port, &Authority::new());
    assert_eq!(sink.post(&[line(1)]).await, Outcome::ResumeAt { index: 0, after: None });
    let diagnosis = sink.diagnosis().unwrap().to_string();
    assert!(diagnosis.contains("nobody who is trusted here") && diagnosis.contains("KTEL_CA_FILE"), "{diagnosis}");
    assert!(!diagnosis.contains("127.0.0.1"), "{diagnosis}");
    assert_eq!(forwarder.records(), [""; 0]);
    let said: String = log.text().lines().filter(|line| line.contains("ktel")).collect();
    assert!(!said.contains("127.0.0.1"), "{said}");
}

#[tokio::test]
async fn what_was_taken_before_a_fault_is_not_sent_again() {
    let (acceptor, listener, mut sink) = unattended().await;
    let forwarder = async {
        let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
        drop(stream);
        // The second connection is broken off before anything is read.
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_zero_linger().unwrap();
    };
    let (outcome, ()) = tokio::join!(async { sink.post(&[line(1), line(2), line(3)]).await }, forwarder);
    assert_eq!(outcome, Outcome::ResumeAt { index: 1, after: None });
    assert!(sink.diagnosis().is_some());
}

/// A receiver that takes the whole line and then breaks off has perhaps not passed it on.
#[tokio::test]
async fn a_connection_that_is_broken_off_at_the_end_is_no_delivery() {
    let (acceptor, listener, mut sink) = unattended().await;
    let forwarder = async {
        let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
        stream.get_ref().0.set_zero_linger().unwrap();
    };
    let (outcome, ()) = tokio::join!(async { sink.post(&[line(1)]).await }, forwarder);
    assert_eq!(outcome, Outcome::ResumeAt { index: 0, after: None });
}

/// Whoever accepts and then says nothing, or something else than TLS, holds nobody up for longer than a step may take.
#[tokio::test]
async fn every_step_has_its_deadline() {
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut sink = sink(listener.local_addr().unwrap().port(), &authority);
    assert_eq!(sink.post(&[line(1)]).await, Outcome::ResumeAt { index: 0, after: None });
    assert!(began.elapsed() < Duration::from_secs(11), "{:?}", began.elapsed());
    assert!(sink.diagnosis().unwrap().problem.contains("timed out"), "{:?}", sink.diagnosis());

    let plain = async {
        let _silent = listener.accept().await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example.com\r\n").await.unwrap();
    };
    let began = tokio::time::Instant::now();
    let (outcome, ()) = tokio::join!(async { sink.post(&[line(1)]).await }, plain);
    assert_eq!(outcome, Outcome::ResumeAt { index: 0, after: None });
    assert!(began.elapsed() < Duration::from_secs(1), "it is no TLS, which shows at once: {:?}", began.elapsed());
    assert!(sink.diagnosis().unwrap().problem.contains("does not agree on TLS"), "{:?}", sink.diagnosis());
}

/// A forwarder that closes nothing by itself makes each line take a moment; many lines are several attempts, so that another
/// sink has its turn.
#[tokio::test]
async fn many_lines_are_several_attempts() {
    let (acceptor, listener, mut sink) = unattended().await;
    let forwarder = async {
        let mut open = Vec::new();
        loop {
            let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.unwrap();
            open.push(stream);
        }
    };
    tokio::time::pause();
    let lines: Vec<Arc<Line>> = (0..100).map(line).collect();
    let outcome = tokio::select! {
        outcome = async { sink.post(&lines).await } => outcome,
        () = forwarder => unreachable!("it never ends"),
    };
    let Outcome::ResumeAt { index, after: Some(Duration::ZERO) } = outcome else { panic!("{outcome:?}") };
    assert!((5..50).contains(&index), "{index}");
}

#[tokio::test]
async fn who_has_to_show_a_certificate_can() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let acceptor = TlsAcceptor::from(authority.server("127.0.0.1", &[&TLS12, &TLS13], Some(&clients)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let build = |certificate: Option<String>| {
        let builder = TlsLine::builder(&address).unwrap().authorities(authority.pem());
        certificate.into_iter().fold(builder, TlsLineBuilder::certificate).build().unwrap()
    };
    for (certificate, arrives) in [(Some(clients.issue_pem("ktel")), true), (None, false)] {
        let mut sink = build(certificate);
        let forwarder = async {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                stream.read_to_end(&mut Vec::new()).await.unwrap();
            }
        };
        let (outcome, ()) = tokio::join!(async { sink.post(&[line(1)]).await }, forwarder);
        assert_eq!(outcome == Outcome::Delivered, arrives, "{outcome:?} {:?}", sink.diagnosis());
    }
    let refused = TlsLine::builder(&address).unwrap().certificate("none").build();
    assert!(matches!(refused, Err(SetupError::Certificate)));
}

#[tokio::test]
async fn a_line_that_would_forge_a_record_is_not_sent() {
    let authority = Authority::new();
    let mut forwarder = Forwarder::start(&authority).await;
    let mut sink = sink(forwarder.port, &authority);
    let evil = Arc::new(Line { signal: "kic-ping;\n<14>signal=x".to_owned(), groups: Vec::new() });
    assert_eq!(sink.post(&[line(1), evil]).await, Outcome::Isolate(1));
    // What stands before it will be sent with what is left, and so not now.
    assert_eq!(forwarder.records(), [""; 0]);
    assert!(sink.diagnosis().is_some());
}

#[test]
fn an_address_that_cannot_be_used_is_refused() {
    for address in ["", "https://forwarder:61833", "forwarder:port", "two words:61833"] {
        let error = TlsLine::builder(address).and_then(TlsLineBuilder::build).unwrap_err();
        assert!(matches!(error, SetupError::LineAddress), "{address}: {error}");
    }
}

#[tokio::test]
async fn one_report_goes_both_ways() {
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let receiver = Receiver::start(None).await.unwrap();
    let authority = Authority::new();
    let mut forwarder = Forwarder::start(&authority).await;
    let mut collector = builder(&server).build().unwrap();
    let mut hec = Hec::builder(&receiver.url()).unwrap().build().unwrap();
    let mut lines = sink(forwarder.port, &authority);
    let sent = collector.send_once(Sinks::events(&mut hec).and_lines(&mut lines), Duration::ZERO).await.unwrap();
    assert_eq!((sent.events, sent.lines), (5, 1));
    let record = forwarder.records().pop().unwrap();
    let instance = receiver.events()[0].report["identity"]["instance_id"].as_str().unwrap().to_owned();
    assert!(record.starts_with("<14>signal=kic-ping;") && record.contains(&format!(";id={instance};")), "{record}");

    // Lines alone, and a receiver of lines that is away.
    let sent = collector.send_once(Sinks::lines(&mut lines), Duration::ZERO).await.unwrap();
    assert_eq!((sent.events, sent.lines), (0, 1));
    let mut away = sink(1, &authority);
    let error = collector.send_once(Sinks::events(&mut hec).and_lines(&mut away), Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, SendError::LineNotDelivered { events: 5 }), "{error}");
    assert_eq!(receiver.events().len(), 10, "the events have arrived all the same");
}

/// Neither sink waits for the other, and the last report is no line.
#[tokio::test]
async fn one_sink_that_fails_is_nothing_to_the_other() {
    const HOUR: Duration = Duration::from_secs(3600);
    tokio::time::pause();
    for (events_answer, lines_answer) in
        [(Outcome::Delivered, Outcome::Retry { after: None }), (Outcome::Gone, Outcome::Delivered)]
    {
        let client = client_without_network(Cluster::parse(DEMO).unwrap());
        let schedule = Schedule { grace: HOUR / 6, period: HOUR };
        let collector = builder_for(client).schedule(schedule).build().unwrap();
        let (mut events, mut lines) = (Ear::<Envelope>::new(events_answer), Ear::<Line>::new(lines_answer));
        collector.run(Sinks::events(&mut events).and_lines(&mut lines), sleep(5 * HOUR)).await;
        let signals: Vec<&str> = lines.items.iter().map(|line| line.signal.as_str()).collect();
        if lines_answer == Outcome::Delivered {
            assert_eq!(signals[0], "kic-start");
            assert!(signals.len() >= 4 && signals[1..].iter().all(|signal| *signal == "kic-ping"), "{signals:?}");
            assert_eq!(events.attempts, 1, "it wants no more");
        } else {
            assert!(signals.is_empty() && lines.attempts > 4);
            assert!(events.items.len() >= 5 * 5, "{}", events.items.len());
        }
    }
}
