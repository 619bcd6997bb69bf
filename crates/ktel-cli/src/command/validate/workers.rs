//! Deals documents out to all cores, and takes in what they say in the order of the documents.
//!
//! One thread reads and cuts, and gives each worker a batch in turn; what the workers say is asked for in the same turn, so that no order
//! has to be restored. All queues are short: whoever is ahead waits.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use super::{
    batches::{Batch, Batches},
    coverage::Coverage,
    summary::Summary,
    verdict::Verdict,
};
use crate::failure::Failure;

/// How many batches wait for a worker, or for whoever listens to it.
const QUEUE: usize = 1;

/// What a worker says of a batch.
pub(crate) struct Findings {
    /// A line for each violation, in the order of the documents.
    pub(crate) lines: String,
    pub(crate) summary: Summary,
    /// How long the documents are together, with the ends of their lines.
    pub(crate) bytes: usize,
}

/// A batch of a file, and the name of the file.
type Job = (Arc<str>, Batch);

struct Worker {
    findings: Receiver<Findings>,
    thread: JoinHandle<Option<Coverage>>,
}

/// The threads at work on some files.
pub(crate) struct Workers {
    reader: JoinHandle<Option<Failure>>,
    workers: Vec<Worker>,
}

impl Workers {
    /// Sets as many workers to work as that, on files of which `-` is the standard input.
    pub(crate) fn start(files: Vec<PathBuf>, count: usize, coverage: Option<&Coverage>) -> io::Result<Self> {
        let mut queues = Vec::new();
        let mut workers = Vec::new();
        for _ in 0..count {
            let (queue, jobs) = sync_channel(QUEUE);
            let (say, findings) = sync_channel(QUEUE);
            let coverage = coverage.cloned();
            let thread = thread::Builder::new().spawn(move || work(&jobs, &say, coverage))?;
            queues.push(queue);
            workers.push(Worker { findings, thread });
        }
        let reader = thread::Builder::new().spawn(move || read(&files, &queues))?;
        Ok(Self { reader, workers })
    }

    /// Hears what is said of each batch, in the order of the batches; then what there is of each field, if that was asked for, and
    /// which file was the first that could not be read.
    pub(crate) fn listen(
        self,
        mut hear: impl FnMut(Findings) -> Result<(), Failure>,
    ) -> Result<(Option<Coverage>, Option<Failure>), Failure> {
        let mut turns = self.workers.iter().cycle();
        // Whose turn it is and who has nothing to say has not got a batch any more, and neither has anybody behind.
        while let Some(Ok(findings)) = turns.next().map(|worker| worker.findings.recv()) {
            hear(findings)?;
        }
        let mut all: Option<Coverage> = None;
        for worker in self.workers {
            let one = worker.thread.join().map_err(|_| fault())?;
            all = match (all, one) {
                (Some(all), Some(one)) => Some(all.and(&one)),
                (all, one) => all.or(one),
            };
        }
        let unreadable = self.reader.join().map_err(|_| fault())?;
        Ok((all, unreadable))
    }
}

/// Reads the files, and gives each worker a batch in turn. One that cannot be read is no reason to leave out the others; the first
/// of them is answered.
fn read(files: &[PathBuf], queues: &[SyncSender<Job>]) -> Option<Failure> {
    let mut turns = queues.iter().cycle();
    let mut failure = None;
    for path in files {
        let name: Arc<str> = path.display().to_string().into();
        let input: Box<dyn Read> = match File::open(path) {
            _ if path == Path::new("-") => Box::new(io::stdin().lock()),
            Ok(file) => Box::new(file),
            Err(error) => {
                failure.get_or_insert(unreadable(&name, &error));
                continue;
            }
        };
        for batch in Batches::new(input) {
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => {
                    failure.get_or_insert(unreadable(&name, &error));
                    break;
                }
            };
            // A worker that takes no more has nobody who listens to it.
            let Some(Ok(())) = turns.next().map(|queue| queue.send((Arc::clone(&name), batch))) else { return failure };
        }
    }
    failure
}

fn work(jobs: &Receiver<Job>, say: &SyncSender<Findings>, mut coverage: Option<Coverage>) -> Option<Coverage> {
    for (name, batch) in jobs {
        let findings = judge(&name, &batch, coverage.as_mut());
        if say.send(findings).is_err() {
            break;
        }
    }
    coverage
}

/// How much is told of one document. A list of a million wrong items is one mistake.
const TOLD: usize = 100;

fn judge(name: &str, batch: &Batch, mut coverage: Option<&mut Coverage>) -> Findings {
    let mut findings = Findings { lines: String::new(), summary: Summary::default(), bytes: batch.bytes() };
    for (line, text) in batch.documents() {
        findings.summary.documents += 1;
        let verdict = Verdict::of(text);
        if let Verdict::Valid(report) = verdict {
            if let Some(coverage) = &mut coverage {
                coverage.add(report);
            }
            continue;
        }
        findings.summary.invalid += 1;
        let mut told = 0;
        for (complaint, kind) in verdict.complaints() {
            findings.summary.count(kind);
            told += 1;
            if told <= TOLD {
                let _ = writeln!(findings.lines, "{name}:{line}: {complaint}");
            }
        }
        if told > TOLD {
            let _ = writeln!(findings.lines, "{name}:{line}: … and {} more", told - TOLD);
        }
    }
    findings
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::unreadable(
        format!("{name} cannot be read: {error}"),
        "name a file of JSON documents, or `-` for the standard input",
    )
}

fn fault() -> Failure {
    Failure::new(
        "ktel has failed while it validated",
        "tell those who make it, if you may with the document that it failed on",
    )
}
