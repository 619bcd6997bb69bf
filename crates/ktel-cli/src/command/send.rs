//! `ktel send`: one report, once; made now, or written to a file before.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
    time::Duration,
};

use ktel_collector::{CollectError, SendError, Sinks, consent::Decision, reseal, send_again};
use ktel_outbox::Envelope;
use ktel_splunk::{Diagnosis, TlsLine, decode};

use super::{
    documents::{Document, Documents},
    target::Target,
};
use crate::{
    args::SendArgs,
    cluster::{self, Named, Wish},
    failure::Failure,
    sending,
};

/// Where more is said of the settings.
const HELP: &str = "see `ktel send --help`";

/// How many envelopes of a file are held at once: a request full.
const HELD: usize = 100;

/// About how many bytes of them: a part of what may wait, so that nothing has to be given up.
const HELD_BYTES: usize = 1024 * 1024;

pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    let args = SendArgs { cluster: args.cluster.without_blanks(), sending: args.sending.without_blanks(), ..args };
    let decision = cluster::decide();
    // Where reports are made for people to read, one may be written down.
    if !decision.may_send() && (args.sending.journal.is_none() || !decision.may_collect()) {
        let hint =
            if decision.may_collect() { "; name a file with --journal to have a report written down" } else { "" };
        eprintln!("{decision}: nothing was read, nothing was sent{hint}");
        return Ok(());
    }
    if let (Some(from), Some(to)) = (&args.from, &args.to)
        && from.canonicalize().is_ok_and(|from| to.canonicalize().is_ok_and(|to| from == to))
    {
        return Err(Failure::new("--from and --to name the same file", "name another file with --to"));
    }
    match &args.from {
        Some(path) if path == Path::new("-") => {
            resend("-", io::stdin().lock(), &decision, &mut target(&args)?, patience(&args)).await
        }
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
            resend(&name, BufReader::new(file), &decision, &mut target(&args)?, patience(&args)).await
        }
        None => send(&args).await,
    }
}

/// Makes a report of each cluster, and sends it.
async fn send(args: &SendArgs) -> Result<(), Failure> {
    let mut lines =
        args.sending.line_to.as_deref().map(|address| sending::tls_line(&args.sending, address, HELP)).transpose()?;
    // Where lines go, events need not go anywhere.
    let is_line_alone = lines.is_some() && args.sending.hec_url.is_none();
    let mut target = if is_line_alone { None } else { Some(target(args)?) };
    let (mut events, mut of_lines, mut unwritten) = (0, 0, 0);
    let mut failed = None;
    let wish =
        Wish { spool: args.sending.spool.as_deref(), journal: args.sending.journal.as_deref(), ..Wish::default() };
    // One cluster that is away does not hold up the reports of the others.
    for Named { collector, context } in &mut cluster::collectors(&args.cluster, wish).await? {
        let sinks = Sinks::chosen(target.as_mut(), lines.as_mut());
        let sent = collector.send_once(sinks, patience(args)).await;
        unwritten += u32::from(collector.is_written_down() == Some(false));
        match sent {
            Ok(sent) => (events, of_lines) = (events + sent.events, of_lines + sent.lines),
            // The cluster says no, which is no failure.
            Err(SendError::Collect(CollectError::Off(decision))) => {
                let report = if collector.is_written_down() == Some(true) { "a report was written down, " } else { "" };
                eprintln!("{decision}: {report}nothing was sent");
            }
            Err(error) => {
                let diagnosis = match &error {
                    SendError::LineNotDelivered { events: arrived } => {
                        events += arrived;
                        lines.as_ref().and_then(TlsLine::diagnosis)
                    }
                    SendError::NotDelivered { lines: arrived, .. } => {
                        of_lines += arrived;
                        target.as_ref().and_then(Target::diagnosis)
                    }
                    SendError::Collect(_) => None,
                };
                failed = failed
                    .or(Some(failure(error, diagnosis, args.sending.spool.is_some()).of_context(context.as_deref())));
            }
        }
    }
    let all = if failed.is_some() { "" } else { "all " };
    if unwritten > 0 {
        let message = format!("{unwritten} reports were not written down");
        let help = "let --journal name a file that is not there yet, or a journal, in a folder that can be written";
        failed = failed.or(Some(Failure::new(message, help)));
    }
    match &target {
        Some(target) if events > 0 => target.say(&format!("{} {all}{events} events", target.done())),
        _ => {}
    }
    if of_lines > 0 {
        println!("sent: the receiver of lines has {all}{of_lines} lines");
    }
    failed.map_or(Ok(()), Err)
}

/// Sends the envelopes of a file, some at a time. What is none, or breaks the contract, is named and left out.
async fn resend(
    name: &str,
    input: impl BufRead,
    decision: &Decision,
    target: &mut Target,
    patience: Duration,
) -> Result<(), Failure> {
    let (mut sent, mut refused, mut unwanted) = (0, 0, 0);
    let mut documents = Documents::new(input);
    let mut is_more = true;
    while is_more {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        // The line from which on nothing has been sent.
        let mut first = None;
        while batch.len() < HELD && bytes < HELD_BYTES {
            let Some(document) = documents.next() else {
                is_more = false;
                break;
            };
            let (line, read) = match document.map_err(|error| unreadable(name, &error))? {
                Document::Text { line, text } => (line, read(&text, decision)),
                Document::TooLong { line, limit } => (line, Err(format!("longer than {limit} bytes"))),
            };
            match read {
                Ok(Some(envelope)) => {
                    first.get_or_insert(line);
                    bytes += envelope.bytes();
                    batch.push(Arc::new(envelope));
                }
                Ok(None) => unwanted += 1,
                Err(why) => {
                    eprintln!("{name}:{line}: {why}");
                    refused += 1;
                }
            }
        }
        if let Some(first) = first {
            match send_again(batch, target, patience).await {
                Ok(batch) => sent += batch.events,
                Err(error) => {
                    let failure = failure(error, target.diagnosis(), false);
                    // What has arrived of these is known by its identifiers when it comes again.
                    return Err(failure.of(&format!("{name}, from line {first} on")));
                }
            }
        }
    }
    target.say(&format!("{} {sent} events", target.done()));
    if unwanted > 0 {
        eprintln!("{unwanted} events were left out: {decision}");
    }
    if refused > 0 {
        let help = "let --from name what `ktel send --to` or `ktel preview -o hec` has written, unchanged";
        return Err(Failure::new(format!("{refused} documents of {name} were not sent"), help));
    }
    Ok(())
}

/// Reads an envelope whose event keeps the contract; `None` if there is no consent to that event.
fn read(text: &[u8], decision: &Decision) -> Result<Option<Envelope>, String> {
    let text = str::from_utf8(text).map_err(|_| "not an envelope: it is not UTF-8".to_owned())?;
    let envelope = decode(text).map_err(|error| error.to_string())?;
    reseal(envelope, decision).map_err(|invalid| invalid.to_string())
}

fn failure(error: SendError, diagnosis: Option<&Diagnosis>, is_spooled: bool) -> Failure {
    match (error, diagnosis) {
        (SendError::Collect(error), _) => cluster::unreadable(&error),
        (error @ SendError::NotDelivered { undelivered, kept, .. }, Some(diagnosis)) if is_spooled => {
            let lost = undelivered - kept;
            let waits = match kept {
                0 => "; nothing was kept: the directory of --spool cannot be written".to_owned(),
                kept if lost > 0 => {
                    format!("; {kept} wait for the next `ktel send`, {lost} could not be kept: make room")
                }
                kept => {
                    format!("; {kept} wait in the directory of --spool, and the next `ktel send` with it sends them")
                }
            };
            Failure::new(format!("{error}: {}", diagnosis.problem), format!("{}{waits}", diagnosis.remedy))
        }
        (error, Some(diagnosis)) => Failure::new(format!("{error}: {}", diagnosis.problem), diagnosis.remedy),
        (error, None) => Failure::new(error.to_string(), "try again, with more --patience"),
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(format!("{name} cannot be read: {error}"), "let --from name a file that can be read, or `-`")
}

fn patience(args: &SendArgs) -> Duration {
    Duration::from_secs(args.patience)
}

fn target(args: &SendArgs) -> Result<Target, Failure> {
    match (&args.to, &args.sending.hec_url) {
        (Some(path), _) if path == Path::new("-") => Ok(Target::stdout()),
        (Some(path), _) => Target::file(path).map_err(|error| {
            let name = path.display();
            Failure::new(
                format!("{name} cannot be written: {error}"),
                "let --to name a file that can be written, or `-`",
            )
        }),
        (None, Some(url)) => Ok(Target::Hec(Box::new(sending::hec(&args.sending, url, HELP)?))),
        (None, None) => Err(Failure::new("there is no address to send to", "give --hec-url, or a file with --to")),
    }
}
