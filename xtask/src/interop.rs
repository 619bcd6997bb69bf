//! `cargo xtask interop`: ktel held against what it has to work with, each by a program in `tests/interop`.
//!
//! Such a program ends with 0 if all is as it should be, with 77 if it cannot run here, since a tool is not to be had, and else with
//! another number. The last line of its output is its line in the table.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, bail};

/// What a program ends with that cannot run here.
const CANNOT_RUN: i32 = 77;

/// One of the programs.
struct Step {
    name: &'static str,
    /// What is compared.
    about: &'static str,
    arguments: &'static [&'static str],
}

/// All of them, those that take minutes at the end.
const STEPS: [Step; 16] = [
    Step { name: "typos", about: "spelling", arguments: &["typos.py"] },
    Step { name: "deny", about: "dependencies", arguments: &["deny.py"] },
    Step { name: "validators", about: "what is sent, and the documents with verdicts", arguments: &["check.py"] },
    // The README of tests/conformance tells what came of more reports.
    Step { name: "agreement", about: "all validators on the same reports", arguments: &["agree.py", "5000"] },
    Step { name: "protojson", about: "Go's protobuf", arguments: &["protojson.py"] },
    Step { name: "buf", about: "protobuf's own tool on the standard and its changes", arguments: &["buf.py"] },
    Step { name: "splunk-app", about: "Splunk's own inspection of the app", arguments: &["appinspect.py"] },
    Step { name: "api", about: "the public API as it was reviewed", arguments: &["api.py"] },
    Step { name: "api-server", about: "a real API server", arguments: &["apiserver.py"] },
    Step { name: "chart", about: "the chart and the manifests", arguments: &["chart.py"] },
    Step { name: "agent", about: "agents beside a controller in Go", arguments: &["agent.py"] },
    Step { name: "collector", about: "the OpenTelemetry Collector", arguments: &["collector.py"] },
    Step { name: "footprint", about: "the static binary", arguments: &["footprint.py"] },
    Step { name: "msrv", about: "the oldest Rust", arguments: &["msrv.py"] },
    Step { name: "stranger", about: "the packages, outside of the repository", arguments: &["stranger.py"] },
    Step { name: "prior", about: "the library that ktel replaces", arguments: &["prior.py"] },
];

/// What became of a step.
enum Verdict {
    Passed,
    CannotRun,
    Failed,
}

/// Runs the steps of these names, or all, and prints a table.
pub(crate) fn run(root: &Path, names: &[String], is_strict: bool) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are {}", known.join(", "));
    }
    let steps = STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name));
    let mut rows = Vec::new();
    let (mut failed, mut skipped) = (0, 0);
    for step in steps {
        println!("$ tests/interop/{}", step.arguments.join(" "));
        let began = Instant::now();
        let (verdict, last) = step.run(root)?;
        let word = match verdict {
            Verdict::Passed => "passed",
            Verdict::CannotRun => {
                skipped += 1;
                "SKIPPED"
            }
            Verdict::Failed => {
                failed += 1;
                "FAILED"
            }
        };
        rows.push(format!("{:<12} {word:<8} {:>5} s  {}: {last}", step.name, began.elapsed().as_secs(), step.about));
    }
    println!("\n{}", rows.join("\n"));
    match (failed, skipped) {
        (0, 0) => Ok(()),
        (0, _) if !is_strict => Ok(()),
        (0, _) => bail!("{skipped} steps cannot run here"),
        _ => bail!("{failed} steps failed"),
    }
}

impl Step {
    /// Runs it, shows what it prints, and answers with the last line of that.
    fn run(&self, root: &Path) -> anyhow::Result<(Verdict, String)> {
        let (program, arguments) = self.arguments.split_first().context("a step has a program")?;
        let mut command = Command::new("python3");
        command.arg(root.join("tests/interop").join(program)).args(arguments).current_dir(root).stdout(Stdio::piped());
        let Ok(mut process) = command.spawn() else {
            return Ok((Verdict::CannotRun, "Python 3 is not there".to_owned()));
        };
        let mut last = String::new();
        for line in BufReader::new(process.stdout.take().context("its output is read")?).lines() {
            let line = line?;
            println!("  {line}");
            last = line;
        }
        let verdict = match process.wait()?.code() {
            Some(0) => Verdict::Passed,
            Some(CANNOT_RUN) => Verdict::CannotRun,
            _ => Verdict::Failed,
        };
        Ok((verdict, last))
    }
}
