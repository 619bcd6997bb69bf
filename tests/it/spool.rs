//! What waits survives the process that made it: what is taken up again, what is not, and what a kill cannot undo.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use ktel_collector::{
    Collector, Schedule,
    consent::{Environment, Setting},
};
use ktel_outbox::{Envelope, Outcome, Sink, Store as _};
use ktel_receiver::{Receiver, Settings, Step};
use ktel_sim::{Cluster, DEMO};
use ktel_splunk::{Hec, Spool, decode};
use ktel_types::report::Category;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{client_without_network, facts};

const HOUR: Duration = Duration::from_secs(3600);

/// Answers always the same, and notes what it took.
struct Ear(Outcome, Vec<Value>);

impl Sink for Ear {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        if self.0 == Outcome::Delivered {
            self.1.extend(batch.iter().map(|envelope| serde_json::from_str::<Value>(&envelope.event).unwrap()));
        }
        self.0
    }
}

/// Lets a collector with this spool run for some hours. Answers what the receiver took.
async fn run(spool: &Path, answer: Outcome, consent: Setting, hours: u32) -> Vec<Value> {
    let client = client_without_network(Cluster::parse(DEMO).unwrap());
    let collector = Collector::builder(client, "kong-ingress-controller", consent)
        .environment(Environment::default())
        .schedule(Schedule { grace: HOUR / 6, period: HOUR })
        .store(Spool::new(spool))
        .build()
        .unwrap();
    let mut ear = Ear(answer, Vec::new());
    collector.run(&mut ear, sleep(HOUR * hours)).await;
    ear.1
}

/// All envelopes in a spool, by the paths of their files. What is still being written is none.
fn kept(spool: &Path) -> BTreeMap<PathBuf, Envelope> {
    let folders = fs::read_dir(spool).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let whole = files.filter(|path| path.extension().is_some_and(|extension| extension == "event"));
    whole.map(|path| (path.clone(), decode(&fs::read_to_string(&path).unwrap()).unwrap())).collect()
}

fn id(event: &Value) -> (String, String) {
    (event["report_id"].as_str().unwrap().to_owned(), event["event"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_one_process_could_not_send_the_next_one_sends() {
    tokio::time::pause();
    let spool = TempDir::new().unwrap();
    let away = Outcome::Retry { after: None };
    assert_eq!(run(spool.path(), away, Setting::on(), 3).await, [Value::Null; 0]);
    let waiting: BTreeSet<_> =
        kept(spool.path()).values().map(|envelope| id(&serde_json::from_str(&envelope.event).unwrap())).collect();
    assert!(waiting.len() >= 4 * 5, "a start, heartbeats and a stop, of five events each: {}", waiting.len());

    // In the grace nothing is sent, whoever made it.
    assert_eq!(run(spool.path(), Outcome::Delivered, Setting::on(), 0).await, [Value::Null; 0]);
    let arrived = run(spool.path(), Outcome::Delivered, Setting::on(), 2).await;
    let ids: BTreeSet<_> = arrived.iter().map(id).collect();
    assert!(ids.is_superset(&waiting) && ids.len() == arrived.len(), "each arrives once");
    assert!(arrived.iter().all(|event| event["delivery"]["dropped_count"] == 0));
    assert_eq!(kept(spool.path()), BTreeMap::new());
}

/// What nobody wants sent any more, what is too old and what is no report is not sent; what is lost is told.
#[tokio::test]
async fn what_is_taken_up_is_looked_at_first() {
    tokio::time::pause();
    let spool = TempDir::new().unwrap();
    run(spool.path(), Outcome::Retry { after: None }, Setting::on(), 1).await;
    let reports = kept(spool.path()).len() / 5;
    let mut store = Spool::new(spool.path());
    let (_, mut envelope) = store.recover(&BTreeSet::new()).items.remove(0);
    envelope.event = r#"{"event":"USAGE","secret":"a secret"}"#.to_owned();
    store.keep(&envelope).unwrap();
    let old =
        kept(spool.path()).into_values().find(|envelope| envelope.event.contains("\"PERFORMANCE\",\"sig")).unwrap();
    store.keep(&Envelope { time: old.time.saturating_sub(31 * 24 * HOUR), ..old }).unwrap();
    drop(store);

    let arrived =
        run(spool.path(), Outcome::Delivered, Setting::on().only(&[Category::Usage, Category::Performance]), 1).await;
    let count = |name: &str| arrived.iter().filter(|event| event["event"] == name).count();
    assert_eq!((count("ENVIRONMENT"), count("MESH")), (0, 0), "there is no consent to them any more");
    // Those of before, a start and a stop.
    assert_eq!((count("USAGE"), count("ROUTES")), (reports + 2, reports + 2));
    let last = arrived.last().unwrap();
    assert_eq!(last["delivery"]["dropped_count"], 2, "one is too old, and one is no report");
    assert_eq!(kept(spool.path()), BTreeMap::new());
}

/// The variables that make a test a sender that is to be killed: where it sends, and where it keeps.
const URL: &str = "KTEL_TEST_CRASH_URL";
const SPOOL: &str = "KTEL_TEST_CRASH_SPOOL";

/// A collector of which all reports are one event.
fn collector(spool: &Path) -> Collector {
    let client = client_without_network(Cluster::parse("{ version: v1.34.1 }").unwrap());
    Collector::builder(client, "kong-ingress-controller", Setting::on().only(&[Category::Performance]))
        .environment(Environment::default())
        .host_facts(facts)
        .store(Spool::new(spool))
        .build()
        .unwrap()
}

fn hec(url: &str) -> Hec {
    Hec::builder(url).unwrap().build().unwrap()
}

/// Not a test by itself: what `nothing_is_lost_when_a_sender_is_killed` starts and kills. Says who it is, and then after
/// each report that it is made.
#[test]
#[allow(clippy::print_stdout, reason = "it is read by another process")]
fn sender() {
    let (Ok(url), Ok(spool)) = (env::var(URL), env::var(SPOOL)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut collector = collector(Path::new(&spool));
        let preview: Value = serde_json::from_str(&collector.preview().await.unwrap()[0].event).unwrap();
        println!("\ninstance {}", preview["identity"]["instance_id"].as_str().unwrap());
        let mut sink = hec(&url);
        loop {
            // Whether it arrives now or waits, it is made.
            let _ = collector.send_once(&mut sink, Duration::ZERO).await;
            println!("made");
        }
    });
}

/// Starts a sender, and kills it some time after it has made so many reports. Answers who it was, and how many it made.
fn run_and_kill(url: &str, spool: &Path, reports: u32, moment: Duration) -> (String, u32) {
    let mut sender = Command::new(env::current_exe().unwrap())
        .args(["--exact", "spool::sender", "--nocapture"])
        .envs([(URL, url.as_ref()), (SPOOL, spool.as_os_str())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(sender.stdout.take().unwrap()).lines().map(Result::unwrap);
    let instance = said.by_ref().find_map(|line| line.strip_prefix("instance ").map(str::to_owned)).unwrap();
    let mut made =
        u32::try_from(said.by_ref().take_while(|line| line == "made").take(reports as usize).count()).unwrap();
    std::thread::sleep(moment);
    sender.kill().unwrap();
    sender.wait().unwrap();
    // What it said before it was killed may still be on its way.
    made += u32::try_from(said.filter(|line| line == "made").count()).unwrap();
    (instance, made)
}

/// Two hundred senders are killed in the middle of what they do, in front of a receiver that fails one request in five.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_a_sender_is_killed() {
    const RUNS: u32 = 200;
    const REPORTS: u32 = 10_000;
    let mut settings = Settings::default();
    settings.kept_events = 100_000;
    let receiver = Receiver::start_with(settings).await.unwrap();
    let faults =
        [Step::hec(503, 9, None), Step::TakenAndReset, Step::page(502), Step::Reset, Step::hec(503, 9, Some(0))];
    let steps = faults.into_iter().cycle().flat_map(|fault| [Step::Well, Step::Well, Step::Well, Step::Well, fault]);
    receiver.script(steps.take(40_000));
    let spool = TempDir::new().unwrap();

    let mut made: BTreeMap<String, u32> = BTreeMap::new();
    for run in 0.. {
        let missing = REPORTS.saturating_sub(made.values().sum());
        if run >= RUNS && missing == 0 {
            break;
        }
        let (url, place) = (receiver.url(), spool.path().to_owned());
        // As many as are still needed, a few more or less; the moment moves through what is done for a report.
        let mean = missing.div_ceil(RUNS.saturating_sub(run).max(1)).max(1);
        let reports = mean * 3 / 4 + mean * (run * 7 % 13) / 24 + 1;
        let moment = Duration::from_micros(u64::from(run * 7919 % 6000));
        let killed = tokio::task::spawn_blocking(move || run_and_kill(&url, &place, reports, moment));
        let (instance, count) = killed.await.unwrap();
        assert!(made.insert(instance, count).is_none());
    }
    // The next process sends what the last one has left.
    receiver.script([]);
    let left = kept(spool.path()).len();
    let sent = collector(spool.path()).send_once(&mut hec(&receiver.url()), HOUR).await.unwrap();
    assert_eq!(sent.events, left + 1);
    assert_eq!(kept(spool.path()), BTreeMap::new());

    let mut arrived: BTreeMap<(String, u64), Value> = BTreeMap::new();
    let mut twice = 0;
    for event in receiver.events() {
        assert_eq!(event.violations, [""; 0], "nothing torn was sent");
        assert_eq!(event.report["delivery"]["dropped_count"], 0, "nothing torn was found");
        let instance = event.report["identity"]["instance_id"].as_str().unwrap().to_owned();
        let key = (instance, event.report["sequence"].as_u64().unwrap());
        if let Some(earlier) = arrived.get(&key) {
            assert_eq!(*earlier, event.report, "what comes twice is the same, its identifier above all");
            twice += 1;
        }
        arrived.insert(key, event.report.clone());
    }
    let ids: BTreeSet<_> = arrived.values().map(id).collect();
    assert_eq!(ids.len(), arrived.len());
    for (instance, count) in &made {
        for sequence in 1..=u64::from(*count) {
            assert!(arrived.contains_key(&(instance.clone(), sequence)), "report {sequence} of {count} is lost");
        }
    }
    assert!(twice > 100, "the receiver took hardly anything twice: {twice}");
}
