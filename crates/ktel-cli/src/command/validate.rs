//! `ktel validate`: holds documents against the contract.

mod batches;
mod coverage;
mod progress;
mod summary;
mod verdict;
mod workers;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    thread,
};

use coverage::Coverage;
use progress::Progress;
use summary::Summary;
use workers::Workers;

use crate::{args::ValidateArgs, failure::Failure};

pub(crate) fn run(args: &ValidateArgs) -> Result<ExitCode, Failure> {
    let coverage = args.coverage.then(Coverage::new);
    let count = thread::available_parallelism().map_or(1, Into::into);
    let workers = Workers::start(args.files.clone(), count, coverage.as_ref())
        .map_err(|error| Failure::new(format!("cannot start: {error}"), "free some memory or threads"))?;
    let progress = Progress::of(&args.files);
    let mut summary = Summary::default();
    let (coverage, unreadable) = workers.listen(|findings| {
        summary.append(findings.summary);
        if !findings.lines.is_empty() {
            progress.aside(|| write(&findings.lines))?;
        }
        progress.show(findings.bytes, &summary);
        Ok(())
    })?;
    progress.end();
    if let Some(coverage) = coverage {
        write(&coverage.to_string())?;
    }
    if summary.documents > 0 || unreadable.is_none() {
        eprint!("{summary}");
    }
    if let Some(failure) = unreadable {
        return Err(failure);
    }
    Ok(if summary.invalid == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn write(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(|error| {
        // That is no verdict.
        Failure::unreadable(format!("the output cannot be written: {error}"), "give it a place that takes all of it")
    })
}
