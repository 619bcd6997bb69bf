//! The file that shows the last reports to people.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{fs, sync::Arc, time::Duration};

use ktel_outbox::{Envelope, Journal as _};
use ktel_splunk::{JournalFile, decode};

/// A report of two events.
fn report(number: u64) -> Vec<Arc<Envelope>> {
    let event = |name: &str| Envelope {
        time: Duration::from_secs(number),
        source: "kong-operator".into(),
        sourcetype: "kong:telemetry".into(),
        index: None,
        event: format!("{{\"event\":\"{name}\",\"number\":{number}}}"),
        fields: Vec::new(),
    };
    ["A", "B"].map(event).into_iter().map(Arc::new).collect()
}

#[test]
fn the_last_ten_reports_are_there_whoever_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.ndjson");
    assert!(JournalFile::new(&path).record(&report(1)));
    for number in 2..=13 {
        // Each is another process.
        assert!(JournalFile::new(&path).record(&report(number)));
    }
    let text = fs::read_to_string(&path).unwrap();
    let envelopes: Vec<Envelope> = text.lines().map(|line| decode(line).unwrap()).collect();
    let expected: Vec<Envelope> = (4..=13).flat_map(report).map(|envelope| (*envelope).clone()).collect();
    assert_eq!(envelopes, expected);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["reports.ndjson"], "nothing is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_is_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    // The file that somebody carries over an air gap has envelopes, too.
    let carried = ktel_splunk::encode(report(7).iter().map(AsRef::as_ref));
    for text in ["buy bread\n", "{\"event\": 7}\n", "\u{0}", &carried] {
        fs::write(&path, text).unwrap();
        assert!(!JournalFile::new(&path).record(&report(1)));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::write(&path, [0xff, 0xfe]).unwrap();
    JournalFile::new(&path).record(&report(1));
    assert_eq!(fs::read(&path).unwrap(), [0xff, 0xfe]);
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
        assert!(!JournalFile::new(&link).record(&report(1)));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink() && !folder.path().join("elsewhere").exists());
    }
    // A folder that is not there is nothing to the report.
    assert!(!JournalFile::new(folder.path().join("nowhere/reports.ndjson")).record(&report(1)));
    assert!(!folder.path().join("nowhere").exists());
}
