//! A gigabyte of reports through `ktel validate`: how much memory that takes, and how long.
//!
//! ```text
//! cargo bench -p ktel-cli --bench stream
//! ```
//!
//! The reports are made while they are written to its standard input, and stand nowhere. Once with nothing wrong, once with a violation
//! in every tenth report, once pretty-printed. Fails if `ktel` holds more memory than it may; times are told, and never held against
//! a limit.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of the terminal, which stops if it cannot go on"
)]

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// How much is written: a gigabyte.
const BYTES: u64 = 1_000_000_000;

/// How much memory `ktel` may hold.
const MOST_MEBIBYTES: f64 = 50.0;

fn main() {
    // `cargo test --benches` only wants to know whether it can be built and run.
    if !env::args().any(|argument| argument == "--bench") {
        return println!("run it with `cargo bench -p ktel-cli --bench stream`");
    }
    let cores = thread::available_parallelism().unwrap();
    println!("a gigabyte of reports on {cores} cores, one of which is busy with writing them");
    println!("                          reports    MB/s   MiB of memory");
    let compact = |event: &Value| event.to_string();
    let pretty = |event: &Value| serde_json::to_string_pretty(event).unwrap();
    let mebibytes = [
        row("nothing wrong", &[], &compact, usize::MAX),
        row("the same, with coverage", &["--coverage"], &compact, usize::MAX),
        row("a violation in every tenth", &[], &compact, 10),
        row("pretty-printed", &[], &pretty, usize::MAX),
    ];
    for mebibytes in mebibytes {
        assert!(mebibytes < MOST_MEBIBYTES, "ktel holds less than {MOST_MEBIBYTES} MiB: {mebibytes:.1}");
    }
}

/// Validates a gigabyte, tells what that took, and returns how many MiB of memory `ktel` held at most.
#[allow(clippy::cast_precision_loss, reason = "far fewer than a float can count")]
fn row(name: &str, arguments: &[&str], show: &dyn Fn(&Value) -> String, broken: usize) -> f64 {
    let events = events(show);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ktel"));
    command.args(["validate", "-"]).args(arguments);
    let began = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    // What is said is counted and forgotten.
    let listener = thread::spawn(move || {
        let (mut part, mut bytes) = (vec![0; 64 * 1024], 0);
        while let Ok(read @ 1..) = output.read(&mut part) {
            bytes += read;
        }
        bytes
    });
    let (reports, bytes, most) = write(input, &events, broken, &child);
    let mebibytes = wait(&mut child).max(most);
    let seconds = began.elapsed().as_secs_f64();
    let said = listener.join().unwrap();
    let mut summary = String::new();
    child.stderr.take().unwrap().read_to_string(&mut summary).unwrap();
    let invalid = reports / broken;
    let expected = format!("{reports} documents: {} valid, {invalid} not\n", reports - invalid);
    assert!(summary.starts_with(&expected), "{summary}is not {expected}");
    assert!((said > 0) == (invalid > 0 || !arguments.is_empty()), "what is wrong is said, and nothing else");
    println!("{name:<26} {reports:>7} {:>7.0} {mebibytes:>15.1}", bytes as f64 / 1e6 / seconds);
    mebibytes
}

/// The valid events of the corpus, cut in two where the number of the report stands.
fn events(show: &dyn Fn(&Value) -> String) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/report/valid");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let events = paths.iter().map(|path| {
        let mut event: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        event["sequence"] = 7_654_321.into();
        let text = show(&event) + "\n";
        let (before, behind) = text.split_once("7654321").unwrap();
        (before.to_owned(), behind.to_owned())
    });
    events.collect()
}

/// Writes reports until there are enough, and tells how many of how many bytes there were, and how much memory was held meanwhile.
fn write(mut input: ChildStdin, events: &[(String, String)], broken: usize, child: &Child) -> (usize, u64, f64) {
    let (mut chunk, mut reports, mut bytes) = (String::new(), 0, 0);
    while bytes < BYTES {
        chunk.clear();
        while chunk.len() < 256 * 1024 {
            let (before, behind) = &events[reports % events.len()];
            reports += 1;
            let sequence = if reports.is_multiple_of(broken) { 0 } else { reports };
            write!(chunk, "{before}{sequence}{behind}").unwrap();
        }
        input.write_all(chunk.as_bytes()).unwrap();
        bytes += u64::try_from(chunk.len()).unwrap();
    }
    (reports, bytes, mebibytes(child).unwrap())
}

/// Waits for the end, and tells how much memory was held until then.
fn wait(child: &mut Child) -> f64 {
    let mut most = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        most = most.max(mebibytes(child).unwrap_or_default());
        thread::sleep(Duration::from_millis(1));
    }
    most
}

/// The most memory that a process has held at any time, as the kernel tells it; `None` if it is no more.
fn mebibytes(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
