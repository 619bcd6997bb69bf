//! What it takes to validate, beside what others take on the same bytes in the same run: serde's way into the types, which finds no
//! rule broken but those of types; the `jsonschema` crate; and Ajv in Node.
//!
//! ```text
//! cargo bench -p ktel-tests --bench validate
//! ```
//!
//! The reports are of the simulated clusters in `clusters`, each many times, with numbers and identifiers of its own. Instructions are
//! counted by valgrind, where it is installed, and held against a limit; times are told, and never held against anything. Ajv is
//! installed by npm into `target`, where there is Node.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of the terminal, which stops if it cannot go on"
)]

use std::{
    collections::BTreeSet,
    env, fs,
    hint::black_box,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use jsonschema::Validator;
use ktel_collector::{
    Collector, SelfRef,
    consent::{Environment, Setting},
};
use ktel_sim::{Cluster, Server};
use ktel_types::{
    Described as _, Valid, check, contract, fields,
    report::Report,
    table::{Kind, Presence},
};
use kube::{Client, Config};
use serde_json::Value;

/// How many times as many instructions as reading into the types validation may take.
const MOST: f64 = 1.3;

/// How often each event is there.
const COPIES: u64 = 60;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "child") {
        return child(&arguments[place + 1..]);
    }
    // `cargo test --benches` only wants to know whether it can be built and run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return println!("run it with `cargo bench -p ktel-tests --bench validate`");
    }
    let folder = tempfile::tempdir().unwrap();
    let documents = documents();
    let others = documents.iter().map(|document| sorted(document)).collect();
    let corpora = [("as they are sent", documents), ("in another order", others)];
    for (name, documents) in corpora {
        let file = folder.path().join("reports.ndjson");
        fs::write(&file, documents.join("\n")).unwrap();
        let bytes: usize = documents.iter().map(String::len).sum();
        println!("{} different events, {bytes} bytes, the fields {name}", documents.len());
        let ajv = ajv(&file, bytes);
        tell(&file, &Corpus::new(documents), ajv);
    }
}

/// Different events that keep the contract, as they are sent.
fn documents() -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let clusters = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("clusters")).unwrap();
    let mut clusters: Vec<PathBuf> = clusters.map(|entry| entry.unwrap().path()).collect();
    clusters.sort();
    let events: Vec<String> = clusters.iter().flat_map(|path| runtime.block_on(collect(path))).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut varied = || events.iter().map(|event| vary(event, &mut dice)).collect::<Vec<_>>();
    let documents: Vec<String> = (0..COPIES).flat_map(|_| varied()).collect();
    let different: BTreeSet<&String> = documents.iter().collect();
    assert!(different.len() == documents.len() && documents.len() >= 2000, "{} documents", different.len());
    documents
}

/// The events of a report of a cluster.
async fn collect(path: &Path) -> Vec<String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(Cluster::parse(&fs::read_to_string(path).unwrap()).unwrap()).await.unwrap();
    let client = Client::try_from(Config::new(server.url().parse().unwrap())).unwrap();
    let collector = Collector::builder(client, "kong-ingress-controller", Setting::on().confirmed())
        .environment(Environment::default())
        .own_pod(SelfRef::new("kong", "controller-6c9f7d5b8-x2x4k"));
    let envelopes = collector.build().unwrap().preview().await.unwrap();
    envelopes.iter().map(|envelope| envelope.event.clone()).collect()
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// The same event with other numbers, each within its bounds and as long as any, and with other identifiers.
fn vary(event: &str, dice: &mut Dice) -> String {
    let mut report: Value = serde_json::from_str(event).unwrap();
    for field in fields::ALL.iter().filter(|field| !matches!(field.presence, Presence::List { .. })) {
        let Some(value) = report.pointer_mut(&format!("/{}", field.path.replace('.', "/"))) else { continue };
        let digits = u32::try_from(dice.throw() % 7).unwrap();
        let number = dice.throw() % 10_u64.pow(digits + 1);
        match &field.kind {
            Kind::Whole { min, max } => *value = i64::try_from(number).unwrap().clamp(*min, *max).into(),
            Kind::Number { max, .. } => *value = (f64::from(u32::try_from(number).unwrap()) / 1000.0).min(*max).into(),
            Kind::Text { pattern, .. } if pattern.as_str().starts_with("[0-9a-f]{8}-") => {
                let (high, low) = (dice.throw(), dice.throw());
                let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
                let (fourth, last) = (low >> 48, low & 0xffff_ffff_ffff);
                *value = format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{last:012x}").into();
            }
            _ => {}
        }
    }
    let report: Report = serde_json::from_value(report).unwrap();
    Valid::new(report).unwrap().json().to_owned()
}

/// The same with the fields of each section in the order of their names, as many a tool leaves them.
fn sorted(document: &str) -> String {
    serde_json::from_str::<Value>(document).unwrap().to_string()
}

/// Documents, and what holds them against the published schema.
struct Corpus {
    documents: Vec<String>,
    values: Vec<Value>,
    strict: Validator,
}

impl Corpus {
    fn new(documents: Vec<String>) -> Self {
        let values = documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect();
        Self { documents, values, strict: jsonschema::draft202012::new(&json(contract::STRICT)).unwrap() }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(black_box(text)).unwrap()
}

/// Something that is done with all documents.
struct Way {
    name: &'static str,
    all: fn(&Corpus),
}

const WAYS: [Way; 4] = [
    Way {
        name: "validate",
        all: |corpus| each(corpus, |document| assert!(check(Report::message(), document).unwrap().is_empty())),
    },
    Way {
        name: "serde_json into the types",
        all: |corpus| each(corpus, |document| drop(black_box(serde_json::from_str::<Report>(document).unwrap()))),
    },
    Way {
        name: "jsonschema, parsed before",
        all: |corpus| corpus.values.iter().for_each(|value| assert!(corpus.strict.is_valid(black_box(value)))),
    },
    Way {
        name: "serde_json and jsonschema",
        all: |corpus| each(corpus, |document| assert!(corpus.strict.is_valid(&json(document)))),
    },
];

fn each(corpus: &Corpus, once: impl Fn(&str)) {
    corpus.documents.iter().for_each(|document| once(black_box(document)));
}

/// Tells what each way takes, and fails if validation takes too much.
#[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
fn tell(file: &Path, corpus: &Corpus, ajv: Result<Duration, String>) {
    let bytes: usize = corpus.documents.iter().map(String::len).sum();
    let counted: Option<Vec<u64>> = WAYS.iter().take(2).map(|way| instructions(file, way)).collect();
    let times = times(corpus);
    println!("on one core                        MB/s   microseconds an event   times as long   instructions an event");
    let row = |name: &str, time: Duration, instructions: Option<u64>| {
        let an_event = time.as_secs_f64() * 1e6 / corpus.documents.len() as f64;
        let beside = time.as_secs_f64() / times[0].as_secs_f64();
        let rate = bytes as f64 / 1e6 / time.as_secs_f64();
        let counted = instructions.map_or(String::new(), |all| (all / corpus.documents.len() as u64).to_string());
        println!("{name:<30} {rate:>8.1} {an_event:>23.2} {beside:>15.2} {counted:>23}");
    };
    for (place, (way, time)) in WAYS.iter().zip(&times).enumerate() {
        row(way.name, *time, counted.as_ref().and_then(|counted| counted.get(place).copied()));
    }
    match ajv {
        Ok(time) => row("JSON.parse and Ajv in Node", time, None),
        Err(why) => println!("AJV IS LEFT OUT: {why}"),
    }
    let Some([validate, read]) = counted.as_deref() else {
        return println!("VALGRIND IS NOT INSTALLED: no instructions are counted, and none are held against a limit\n");
    };
    let ratio = *validate as f64 / *read as f64;
    println!("to validate takes {ratio:.2} times as many instructions as to read into the types\n");
    assert!(ratio <= MOST, "validation takes no more than {MOST} times as many instructions as reading");
}

/// How many instructions a way takes: what once more of it takes, so that all else a process does falls out. `None` if there is
/// nothing to count them with.
fn instructions(file: &Path, way: &Way) -> Option<u64> {
    let count = |times: u64| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(env::current_exe().unwrap());
        let output = match valgrind.args(["child", way.name]).arg(file).arg(times.to_string()).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            output => output.unwrap(),
        };
        let told = String::from_utf8_lossy(&output.stderr);
        let collected = told.lines().find_map(|line| line.split_once("Collected : "));
        let (_, count) = collected.unwrap_or_else(|| panic!("valgrind does not count: {told}"));
        assert!(output.status.success(), "{told}");
        Some(count.trim().parse::<u64>().unwrap())
    };
    Some(count(2)? - count(1)?)
}

/// A process whose instructions are counted.
fn child(arguments: &[String]) {
    let documents = fs::read_to_string(&arguments[1]).unwrap().lines().map(str::to_owned).collect();
    let corpus = Corpus::new(documents);
    let way = WAYS.iter().find(|way| way.name == arguments[0]).unwrap();
    (0..arguments[2].parse().unwrap()).for_each(|_| (way.all)(&corpus));
}

/// How long each way takes: the shortest of many tries, for what else the machine does only adds to it. They take turns, so that
/// none of them has a better hour.
fn times(corpus: &Corpus) -> [Duration; WAYS.len()] {
    let mut shortest = [Duration::MAX; WAYS.len()];
    for _ in 0..30 {
        for (way, shortest) in WAYS.iter().zip(&mut shortest) {
            let began = Instant::now();
            (way.all)(corpus);
            *shortest = began.elapsed().min(*shortest);
        }
    }
    shortest
}

/// How long Ajv takes for all documents, the shortest of many tries, too; or why it was not asked.
fn ajv(file: &Path, bytes: usize) -> Result<Duration, String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../target/ajv");
    fs::create_dir_all(&folder).unwrap();
    let strict = folder.join("strict.json");
    fs::write(&strict, contract::STRICT).unwrap();
    let run = |command: &mut Command| match command.current_dir(&folder).output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let node = |why| format!("Node cannot be run: {why}");
    run(Command::new("node").arg("--version")).map_err(node)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix", ".", "ajv@8"]);
    run(&mut npm).map_err(|why| format!("npm cannot install it: {why}"))?;
    let script = fs::read_to_string(here.join("benches/ajv.mjs")).unwrap();
    let arguments = ["--input-type=module", "--eval", &script];
    let told = run(Command::new("node").args(arguments).args(["--"]).arg(&strict).arg(file)).map_err(node)?;
    let told = json(&String::from_utf8(told).unwrap());
    assert_eq!(told["bytes"], bytes, "the same bytes");
    Ok(Duration::from_secs_f64(told["seconds"].as_f64().unwrap()))
}
