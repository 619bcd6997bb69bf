//! The directory in which what waits survives: who takes over what, and what is left alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use ktel_outbox::{Envelope, Kept, Store as _};
use ktel_splunk::Spool;

fn envelope(number: u32) -> Envelope {
    Envelope {
        time: Duration::from_millis(1_795_482_000_000 + u64::from(number)),
        source: "a \"quoted\" product".to_owned(),
        sourcetype: "kong:telemetry:v1".to_owned(),
        index: number.is_multiple_of(2).then(|| "kong_telemetry".to_owned()),
        event: format!("{{\"number\": {number}}}"),
        fields: vec![("ktel_event".into(), "USAGE".to_owned())],
    }
}

/// All files below a folder, by their paths in it, but for locks.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_none_or(|extension| extension != "lock") {
            files.push(path);
        }
    }
    files
}

/// What a process takes up there that comes next, and how much of it is lost.
fn recover(folder: &Path) -> (Vec<Envelope>, u32) {
    let recovered = Spool::new(folder).recover(&BTreeSet::new());
    (recovered.items.into_iter().map(|(_, envelope)| envelope).collect(), recovered.lost)
}

#[test]
fn what_is_kept_is_recovered_unchanged_and_in_order_until_it_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = Spool::new(folder.path());
    let kept: Vec<Kept> = [3, 1, 2].map(|number| spool.keep(&envelope(number)).unwrap()).into();
    drop(spool);

    let mut spool = Spool::new(folder.path());
    let recovered = spool.recover(&BTreeSet::new());
    let items: Vec<Envelope> = recovered.items.iter().map(|(_, envelope)| envelope.clone()).collect();
    assert_eq!((items, recovered.lost), (vec![envelope(1), envelope(2), envelope(3)], 0));
    assert_eq!(kept.len(), 3);
    spool.forget(recovered.items[1].0);
    spool.forget(recovered.items[1].0);
    let again: Vec<Envelope> =
        spool.recover(&BTreeSet::new()).items.into_iter().map(|(_, envelope)| envelope).collect();
    assert_eq!(again, [envelope(1), envelope(3)], "who knows nothing is told all");
    let known: BTreeSet<Kept> = [recovered.items[0].0].into();
    let rest: Vec<Envelope> = spool.recover(&known).items.into_iter().map(|(_, envelope)| envelope).collect();
    assert_eq!(rest, [envelope(3)]);
    drop(spool);

    let mut spool = Spool::new(folder.path());
    for (kept, _) in spool.recover(&BTreeSet::new()).items {
        spool.forget(kept);
    }
    drop(spool);
    assert!(files(folder.path()).is_empty());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["ktel.lock"], "nothing is left behind");
}

#[test]
fn two_that_live_leave_each_other_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (Spool::new(folder.path()), Spool::new(folder.path()));
    one.keep(&envelope(1)).unwrap();
    assert_eq!(other.recover(&BTreeSet::new()).items, []);
    other.keep(&envelope(2)).unwrap();
    assert_eq!(recover(folder.path()), (Vec::new(), 0));
    drop(one);
    let taken: Vec<Envelope> =
        other.recover(&BTreeSet::new()).items.into_iter().map(|(_, envelope)| envelope).collect();
    assert_eq!(taken, [envelope(1), envelope(2)]);
}

#[test]
fn what_is_torn_is_counted_once_and_what_is_foreign_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = Spool::new(folder.path());
    for number in 1..=4 {
        spool.keep(&envelope(number)).unwrap();
    }
    drop(spool);
    let mut kept = files(folder.path());
    kept.sort();
    // The disk lost the end of one, all of another, and has nothing but noise for the third.
    let text = fs::read_to_string(&kept[0]).unwrap();
    fs::write(&kept[0], &text[..text.len() - 3]).unwrap();
    fs::write(&kept[1], "").unwrap();
    fs::write(&kept[2], [0, 0xff, 0xfe, 0]).unwrap();
    let theirs = kept[3].parent().unwrap().join("notes.txt");
    let partial = kept[3].with_extension("partial");
    for foreign in [folder.path().join("somebody's.event"), theirs.clone()] {
        fs::write(foreign, text.as_bytes()).unwrap();
    }
    fs::create_dir(folder.path().join("lost+found")).unwrap();
    fs::write(&partial, text.as_bytes()).unwrap();

    let mut spool = Spool::new(folder.path());
    let recovered = spool.recover(&BTreeSet::new());
    let items: Vec<&Envelope> = recovered.items.iter().map(|(_, envelope)| envelope).collect();
    assert_eq!((items, recovered.lost), (vec![&envelope(4)], 3));
    assert!(folder.path().join("somebody's.event").exists() && theirs.exists() && !partial.exists());
    assert_eq!(spool.recover(&BTreeSet::new()).lost, 0);
}

/// A file that leads elsewhere is not read, wherever it lies.
#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut spool = Spool::new(elsewhere.path());
    spool.keep(&envelope(1)).unwrap();
    drop(spool);
    let target = files(elsewhere.path()).remove(0);
    std::os::unix::fs::symlink(target.parent().unwrap(), folder.path().join(format!("ktel-{:032x}", 7))).unwrap();
    let theirs = folder.path().join(format!("ktel-{:032x}", 8));
    fs::create_dir(&theirs).unwrap();
    std::os::unix::fs::symlink(&target, theirs.join("1.event")).unwrap();
    assert_eq!(recover(folder.path()), (Vec::new(), 0));
    assert!(target.exists());
}

/// Where a directory cannot be had, everything goes on without one; as soon as it can, it is used.
#[test]
fn a_disk_that_fails_is_no_fault_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("spool");
    let mut spool = Spool::new(&place);
    assert_eq!(spool.recover(&BTreeSet::new()).items, []);
    assert!(!place.exists(), "nothing is made before something is kept");
    fs::write(&place, "a file in its place").unwrap();
    assert_eq!((spool.recover(&BTreeSet::new()).items.len(), spool.keep(&envelope(1))), (0, None));
    fs::remove_file(&place).unwrap();
    let kept = spool.keep(&envelope(2)).unwrap();
    // Somebody tidies up.
    fs::remove_dir_all(&place).unwrap();
    assert_eq!(spool.keep(&envelope(3)), None);
    spool.keep(&envelope(4)).unwrap();
    spool.forget(kept);
    drop(spool);
    assert_eq!(recover(&place).0, [envelope(4)]);
}

/// One folder that cannot be taken over costs nothing but what is in it.
#[test]
fn a_folder_that_cannot_be_read_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    for number in [1, 2] {
        Spool::new(folder.path()).keep(&envelope(number)).unwrap();
    }
    let mut folders: Vec<PathBuf> = files(folder.path()).iter().map(|file| file.parent().unwrap().to_owned()).collect();
    folders.sort();
    // Where its lock should be, there is a folder.
    let lock = folders[0].with_extension("lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let first = fs::read_to_string(&files(&folders[0])[0]).unwrap();
    let (items, lost) = recover(folder.path());
    assert_eq!((items.len(), lost), (1, 0));
    assert!(!first.contains(&items[0].event), "what could not be taken over is left alone");
    assert!(folders[0].exists());
}

/// Who holds the lock of the directory for long holds up nobody for ever.
#[test]
fn a_lock_that_is_never_let_go_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let lock = fs::File::create(folder.path().join("ktel.lock")).unwrap();
    lock.lock().unwrap();
    let mut spool = Spool::new(folder.path());
    assert_eq!(spool.keep(&envelope(1)), None);
    drop(lock);
    spool.keep(&envelope(2)).unwrap();
    drop(spool);
    assert_eq!(recover(folder.path()).0, [envelope(2)]);
}

/// Nobody else on the machine can read what waits.
#[cfg(unix)]
#[test]
fn what_is_kept_is_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("spool");
    let mut spool = Spool::new(&place);
    spool.keep(&envelope(1)).unwrap();
    let file = files(&place).remove(0);
    for (path, mode) in [(place.as_path(), 0o700), (file.parent().unwrap(), 0o700), (file.as_path(), 0o600)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}
