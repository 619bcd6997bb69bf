//! What holds of every file of a spool, and of every line that is read back.

use std::{collections::BTreeSet, fs};

use ktel_outbox::{Envelope, Store as _};
use ktel_splunk::{Spool, decode, encode};
use serde_json::Value;
use tempfile::TempDir;

/// How a line is refused, its numbers left out. What follows on a time is the standard library's.
const REFUSALS: [&str; 4] = [
    "not an envelope: it is not JSON (line , column )",
    "not an envelope: a part is missing or has the wrong type (line , column )",
    "not an envelope: it is a list",
    "not an envelope: its ",
];

/// Reads the input as a line.
pub(crate) fn check(input: &[u8]) {
    let Ok(line) = str::from_utf8(input) else { return };
    let envelope = match decode(line) {
        Ok(envelope) => envelope,
        Err(error) => {
            let text: String = error.to_string().chars().filter(|letter| !letter.is_ascii_digit()).collect();
            let is_known = REFUSALS.iter().any(|refusal| text.starts_with(refusal)) && text.len() < 120;
            assert!(is_known, "a refusal that is not known may quote the line: {text}");
            return;
        }
    };
    assert!(envelope.event.starts_with('{'), "an event is an object: {}", envelope.event);
    assert_eq!(envelope.time.subsec_nanos() % 1_000_000, 0, "{:?}", envelope.time);
    let written = encode([&envelope]);
    let Some(line) = written.strip_suffix('\n') else { panic!("a line ends with a line feed: {written}") };
    assert_eq!(decode(line).as_ref(), Ok(&envelope), "what is read is written, and read as the same");
    // Where a disk loses the end of a file, it is anywhere.
    let ends = (0..line.len()).step_by(line.len() / 16 + 1).chain(line.len().saturating_sub(4)..line.len());
    for end in ends {
        if let Some(torn) = line.get(..end) {
            assert!(decode(torn).is_err(), "what is torn is not read as whole: {torn}");
        }
    }
    // Lines of a reader that is not ours, which refuses numbers that are too large and lists that are too deep.
    if let Ok(value) = serde_json::from_str::<Value>(line) {
        assert_eq!(value["source"], envelope.source.as_str());
        assert_eq!(value["sourcetype"], envelope.sourcetype.as_str());
        assert_eq!(value["index"].as_str(), envelope.index.as_deref());
        assert_eq!(serde_json::from_str::<Value>(&envelope.event).ok().as_ref(), Some(&value["event"]));
    }
}

/// Reads the input as a file that a process has left behind, beside one that is not ours.
pub(crate) fn check_in_directory(input: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join(format!("ktel-{:032x}", 7));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("1.event"), input).unwrap();
    let theirs = directory.path().join("notes.txt");
    fs::write(&theirs, input).unwrap();

    let expected: Vec<Envelope> = str::from_utf8(input).ok().and_then(|line| decode(line).ok()).into_iter().collect();
    let lost = u32::from(expected.is_empty());
    assert_eq!(recover(&directory, true), (expected.clone(), lost), "what is torn is counted");
    assert_eq!(recover(&directory, false), (expected, 0), "once, and what is whole stays until it is forgotten");
    assert_eq!(fs::read(&theirs).ok().as_deref(), Some(input), "what is not ours is left alone");
    let mut left: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["ktel.lock", "notes.txt"], "nothing is left behind");
}

/// What a process takes up there that comes next, and how much of it is lost. It forgets all of it, and keeps it anew if it is
/// to stay.
fn recover(directory: &TempDir, stays: bool) -> (Vec<Envelope>, u32) {
    let mut spool = Spool::new(directory.path());
    let recovered = spool.recover(&BTreeSet::new());
    let mut envelopes = Vec::new();
    for (kept, envelope) in recovered.items {
        spool.forget(kept);
        if stays {
            assert!(spool.keep(&envelope).is_some(), "a disk that was read can be written");
        }
        envelopes.push(envelope);
    }
    (envelopes, recovered.lost)
}
