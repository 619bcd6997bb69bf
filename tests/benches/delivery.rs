//! What it costs to send a report: reports a second through an outbox and the sink for HEC, with the sender's memory, and how
//! many instructions it takes to encode, to compress and to validate one.
//!
//! ```text
//! cargo bench -p ktel-tests --bench delivery
//! ```
//!
//! The sender is a process of its own, which measures its memory; the receivers are on loopback, in the process that starts it.
//! Instructions are counted by valgrind, where it is installed. Fails if a report takes more requests, memory or instructions
//! than it may; times are told, and never held against a limit.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of the terminal, which stops if it cannot go on"
)]

use std::{
    env, fs,
    hint::black_box,
    io::{self, ErrorKind, Write as _},
    net::Ipv4Addr,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use ktel_collector::{
    Collector, HostFacts, SelfRef,
    consent::{Environment, Setting},
};
use ktel_outbox::{Entry, Envelope, Limits, Next, Outbox, Outcome, Sink as _, Tag};
use ktel_receiver::Receiver;
use ktel_sim::{Cluster, Server};
use ktel_splunk::{Hec, Token, decode, encode};
use ktel_types::{Described as _, Valid, check, report::Report};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "child") {
        return child(&arguments[place + 1..]);
    }
    // `cargo test --benches` only wants to know whether it can be built and run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return println!("run it with `cargo bench -p ktel-tests --bench delivery`");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.ndjson");
    fs::write(&file, runtime.block_on(collect())).unwrap();
    let sample = Sample::read(&file);
    let (events, bytes, compressed) = (sample.envelopes.len(), sample.body.len(), gzip(&sample.body).len());
    println!(
        "a report has {events} events; as it is encoded, {bytes} bytes; alone in a request, {compressed} compressed\n"
    );
    tell_rates(&runtime, &file, &sample);
    println!();
    tell_steps(&file, &sample);
}

/// A report, encoded, of a cluster with something of everything.
async fn collect() -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("clusters/everything.yaml");
    let server = Server::start(Cluster::parse(&fs::read_to_string(path).unwrap()).unwrap()).await.unwrap();
    let client = Client::try_from(Config::new(server.url().parse().unwrap())).unwrap();
    let mut collector = Collector::builder(client, "kong-ingress-controller", Setting::on())
        .environment(Environment::default())
        .own_pod(SelfRef::new("kong", "controller-6c9f7d5b8-x2x4k"))
        .host_facts(|| {
            let mut facts = HostFacts::default();
            facts.product.version = Some("3.6.0".to_owned());
            facts
        })
        .build()
        .unwrap();
    let envelopes = collector.preview().await.unwrap();
    encode(envelopes.iter().map(AsRef::as_ref))
}

/// A report that was made before.
struct Sample {
    envelopes: Vec<Envelope>,
    report_id: String,
    /// As it is encoded.
    body: String,
}

impl Sample {
    fn read(file: &Path) -> Self {
        let body = fs::read_to_string(file).unwrap();
        let envelopes: Vec<Envelope> = body.lines().map(|line| decode(line).unwrap()).collect();
        let report_id = Valid::<Report>::parse(&envelopes[0].event).unwrap().into_inner().report_id;
        Self { envelopes, report_id, body }
    }

    /// How much of an outbox it takes.
    fn bytes(&self) -> usize {
        self.envelopes.iter().map(Envelope::bytes).sum()
    }

    /// The same under another identifier, as a later report of a cluster that does not change would be.
    fn copy(&self, number: usize) -> Vec<Entry<Arc<Envelope>>> {
        let report_id = format!("019ab3c2-5f10-7c3e-9a51-{number:012x}");
        let copy = |envelope: &Envelope| {
            let event = envelope.event.replace(&self.report_id, &report_id);
            let envelope = Envelope { event, ..envelope.clone() };
            Entry { bytes: envelope.bytes(), item: Arc::new(envelope), tag: Tag("a copy") }
        };
        self.envelopes.iter().map(copy).collect()
    }
}

/// How often an outbox is filled with how many reports, and emptied.
#[derive(Clone, Copy)]
struct Pace {
    rounds: usize,
    reports: usize,
}

/// What sending costs.
struct Cost {
    reports: usize,
    requests: usize,
    /// Of the bodies on the wire.
    bytes: usize,
    mebibytes: f64,
    seconds: f64,
}

impl Cost {
    #[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
    fn a_second(&self, count: usize) -> f64 {
        count as f64 / self.seconds
    }
}

/// Sends reports to a receiver that looks at nothing, so that the sender is what is measured, and to one that holds each event
/// against the JSON Schema.
fn tell_rates(runtime: &Runtime, file: &Path, sample: &Sample) {
    let events = sample.envelopes.len();
    let Limits { max_bytes, max_batch_entries, .. } = Limits::default();
    let single = Pace { rounds: 2_000, reports: 1 };
    // As many as an outbox holds: what waits when a receiver has been away for long.
    let full = Pace { rounds: 8, reports: max_bytes / sample.bytes() };
    println!("                                reports/s   events/s   MB/s, compressed   requests   MiB of memory");
    let row = |name: &str, pace: Pace, cost: &Cost| {
        println!(
            "{name:<30} {:>10.0} {:>10.0} {:>6.1} {:>11.2} {:>10} {:>15.1}",
            cost.a_second(cost.reports),
            cost.a_second(cost.reports * events),
            cost.a_second(cost.reports * sample.body.len()) / 1e6,
            cost.a_second(cost.bytes) / 1e6,
            cost.requests,
            cost.mebibytes
        );
        let requests = pace.rounds * (pace.reports * events).div_ceil(max_batch_entries);
        assert_eq!(cost.requests, requests, "each request is as full as it may be, and none is sent twice");
    };
    for (name, pace, most_mebibytes) in [("one by one", single, 8.0), ("a full outbox", full, 16.0)] {
        let (url, lengths) = runtime.block_on(bare());
        let cost = send_to(&url, file, pace, || lengths.try_iter().collect());
        row(&format!("{name}, bare receiver"), pace, &cost);
        assert!(cost.mebibytes < most_mebibytes, "{name}: a sender adds less than {most_mebibytes} MiB of memory");
    }
    for (name, pace) in [("one by one", single), ("a full outbox", full)] {
        let receiver = runtime.block_on(Receiver::start(None)).unwrap();
        let cost = send_to(&receiver.url(), file, pace, || {
            receiver.requests().into_iter().map(|request| request.body.unwrap().len()).collect()
        });
        row(&format!("{name}, ktel-receiver"), pace, &cost);
        let kept = receiver.events();
        assert!(!kept.is_empty() && kept.iter().all(|event| event.violations.is_empty()), "what arrives is valid");
    }
}

/// Sends in a process of its own, and asks the receiver how long the bodies were.
fn send_to(url: &str, file: &Path, pace: Pace, lengths: impl Fn() -> Vec<usize>) -> Cost {
    let mut sender = Command::new(env::current_exe().unwrap());
    sender.args(["child", "send"]).arg(file).args([url, &pace.rounds.to_string(), &pace.reports.to_string()]);
    let output = sender.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "cannot send");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lengths = lengths();
    Cost {
        reports: pace.rounds * pace.reports,
        requests: lengths.len(),
        bytes: lengths.iter().sum(),
        mebibytes: told["kibibytes"].as_f64().unwrap() / 1024.0,
        seconds: told["seconds"].as_f64().unwrap(),
    }
}

/// A receiver that takes everything and looks at nothing, until the process ends: its address, and how long each body was.
async fn bare() -> (String, mpsc::Receiver<usize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, lengths) = mpsc::channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take(stream, tell.clone()));
        }
    });
    (url, lengths)
}

/// Answers each request of a connection as Splunk answers one that is well.
async fn take(stream: TcpStream, tell: mpsc::Sender<usize>) -> io::Result<()> {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"text\":\"Success\",\"code\":0}";
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            stream.read_exact(&mut vec![0; length]).await?;
            tell.send(length).unwrap();
            stream.write_all(answer).await?;
        }
    }
}

/// Something that is done with a report.
struct Step {
    name: &'static str,
    once: fn(&Sample),
    /// About twice as many as it takes.
    most_instructions: u64,
}

const STEPS: [Step; 5] = [
    Step { name: "encode", once: |sample| drop(black_box(encode(&sample.envelopes))), most_instructions: 200_000 },
    Step { name: "gzip", once: |sample| drop(black_box(gzip(&sample.body))), most_instructions: 2_600_000 },
    Step {
        name: "validate",
        once: |sample| each(sample, |event| assert!(check(Report::message(), event).unwrap().is_empty())),
        most_instructions: 400_000,
    },
    Step {
        name: "validate and read",
        once: |sample| each(sample, |event| drop(black_box(Valid::<Report>::parse(event).unwrap()))),
        most_instructions: 800_000,
    },
    // What validation is compared with: nothing but the way from the same bytes to the types.
    Step {
        name: "read",
        once: |sample| each(sample, |event| drop(black_box(serde_json::from_str::<Report>(event).unwrap()))),
        most_instructions: 400_000,
    },
];

fn each(sample: &Sample, once: impl Fn(&str)) {
    sample.envelopes.iter().for_each(|envelope| once(black_box(&envelope.event)));
}

/// As the sink does it, which does it in private.
fn gzip(body: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(black_box(body).as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Does each step with a report, and tells how many instructions that takes.
#[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
fn tell_steps(file: &Path, sample: &Sample) {
    let instructions: Option<Vec<u64>> = STEPS.iter().map(|step| instructions(file, step)).collect();
    let microseconds = microseconds(sample);
    if instructions.is_none() {
        println!("VALGRIND IS NOT INSTALLED: no instructions are counted, and none are held against their limits");
    }
    println!("a report                instructions   microseconds");
    for (place, step) in STEPS.iter().enumerate() {
        let counted = instructions.as_ref().map_or("?".to_owned(), |instructions| instructions[place].to_string());
        println!("{:<22} {counted:>13} {:>14.1}", step.name, microseconds[place]);
    }
    let [.., validate, _, read] = microseconds.as_slice() else { panic!("no steps") };
    println!("\nto validate takes {:.2} times as long as to read", validate / read);
    let Some(instructions) = instructions else { return };
    let [.., validate, _, read] = instructions.as_slice() else { panic!("no steps") };
    println!("to validate takes {:.2} times as many instructions as to read", *validate as f64 / *read as f64);
    for (step, counted) in STEPS.iter().zip(instructions) {
        assert!(counted <= step.most_instructions, "{}: {counted} of {}", step.name, step.most_instructions);
    }
}

/// How many instructions a step takes: what a hundred more of it take, so that all else a process does falls out. `None` if there
/// is nothing to count them with.
fn instructions(file: &Path, step: &Step) -> Option<u64> {
    let count = |times: u64| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(env::current_exe().unwrap());
        let output = match valgrind.args(["child", step.name]).arg(file).arg(times.to_string()).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            output => output.unwrap(),
        };
        let told = String::from_utf8_lossy(&output.stderr);
        let collected = told.lines().find_map(|line| line.split_once("Collected : "));
        let (_, count) = collected.unwrap_or_else(|| panic!("valgrind does not count: {told}"));
        assert!(output.status.success(), "{told}");
        Some(count.trim().parse::<u64>().unwrap())
    };
    Some((count(110)? - count(10)?) / 100)
}

/// How long each step takes: the shortest of many tries, for what else the machine does only adds to it. They take turns, so that
/// none of them has a better hour.
fn microseconds(sample: &Sample) -> Vec<f64> {
    let mut shortest = [Duration::MAX; STEPS.len()];
    for _ in 0..200 {
        for (step, shortest) in STEPS.iter().zip(&mut shortest) {
            let began = Instant::now();
            (0..5).for_each(|_| (step.once)(sample));
            *shortest = began.elapsed().min(*shortest);
        }
    }
    shortest.iter().map(|shortest| shortest.as_secs_f64() * 1e6 / 5.0).collect()
}

/// A process that is measured.
fn child(arguments: &[String]) {
    let sample = Sample::read(Path::new(&arguments[1]));
    let number = |place: usize| arguments[place].parse::<usize>().unwrap();
    match arguments[0].as_str() {
        "send" => send(&sample, &arguments[2], Pace { rounds: number(3), reports: number(4) }),
        name => {
            let step = STEPS.iter().find(|step| step.name == name).unwrap();
            (0..number(2)).for_each(|_| (step.once)(&sample));
        }
    }
}

/// Sends reports, and tells how long that took, and how much memory.
fn send(sample: &Sample, url: &str, pace: Pace) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = kibibytes("VmRSS");
    let mut sink = Hec::builder(url).unwrap().token(Token::new("a token")).build().unwrap();
    let mut outbox = Outbox::new(Limits::default());
    let (epoch, mut sending) = (Instant::now(), Duration::ZERO);
    for round in 0..pace.rounds {
        // The copies are made beforehand: in a controller, that is the collector's work.
        let reports: Vec<_> = (0..pace.reports).map(|number| sample.copy(round * pace.reports + number)).collect();
        let began = Instant::now();
        for entry in reports.into_iter().flatten() {
            outbox.put(epoch.elapsed(), entry);
        }
        runtime.block_on(flush(&mut outbox, &mut sink, epoch));
        sending += began.elapsed();
    }
    assert_eq!(outbox.dropped(), 0, "an outbox holds what it is given");
    println!("{}", json!({ "kibibytes": kibibytes("VmHWM") - before, "seconds": sending.as_secs_f64() }));
}

/// Sends all that waits.
async fn flush(outbox: &mut Outbox<Arc<Envelope>>, sink: &mut Hec, epoch: Instant) {
    while !outbox.is_empty() {
        let Next::Send(batch) = outbox.next(epoch.elapsed()) else { panic!("nothing keeps an outbox from sending") };
        let outcome = sink.post(&batch).await;
        assert_eq!(outcome, Outcome::Delivered, "{:?}", sink.diagnosis());
        outbox.settle(epoch.elapsed(), 0.0, outcome);
    }
}

/// A figure of this process's memory, in KiB, as the kernel tells it.
fn kibibytes(name: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
