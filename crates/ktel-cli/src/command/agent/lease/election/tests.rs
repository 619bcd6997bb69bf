//! Elections as tables: what is found when, and who reports.

use k8s_openapi::jiff::Timestamp;

use super::*;

const US: &str = "us";

fn at(second: i64) -> MicroTime {
    MicroTime(Timestamp::from_second(1_700_000_000 + second).unwrap())
}

/// A record of this holder, renewed when its own clock said so.
fn record(holder: &str, renewed: i64) -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some(holder.to_owned()),
        lease_duration_seconds: Some(15),
        acquire_time: Some(at(0)),
        renew_time: Some(at(renewed)),
        lease_transitions: Some(3),
        ..LeaseSpec::default()
    }
}

fn second(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// What is done about what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// It is written, and arrives.
    Written,
    /// It is written, and refused: somebody was faster, nobody answers, it is not permitted.
    Lost,
    /// It is left to its holder.
    Left,
}

/// Looks at a lease at these seconds, and checks what is done and who reports right after it.
fn check(name: &str, looks: &[(u64, Option<LeaseSpec>, Done, bool)]) {
    let mut election = Election::new(US.to_owned());
    for (now, found, done, leads) in looks {
        let wish = election.decide(second(*now), found.as_ref(), at(i64::try_from(*now).unwrap()));
        assert_eq!(wish.is_none(), *done == Done::Left, "{name}, second {now}: {wish:?}");
        if let (Some(wish), Done::Written) = (wish, done) {
            assert_eq!(wish.holder_identity.as_deref(), Some(US), "{name}, second {now}");
            election.took(second(*now), wish);
        }
        assert_eq!(election.is_leader(second(*now)), *leads, "{name}, second {now}");
    }
}

#[test]
fn who_reports_follows_from_what_is_found() {
    use Done::{Left, Lost, Written};
    let ours = || Some(record(US, 0));
    let theirs = |renewed| Some(record("they", renewed));
    check("nobody has a lease", &[(0, None, Written, true), (2, ours(), Written, true)]);
    check("somebody was faster", &[(0, None, Lost, false), (2, theirs(0), Left, false)]);
    check("it was released", &[(0, theirs(0), Left, false), (2, Some(record("", 1)), Written, true)]);
    check("it has no holder", &[(0, Some(LeaseSpec::default()), Written, true)]);
    check("they renew", &[(0, theirs(0), Left, false), (14, theirs(14), Left, false), (28, theirs(28), Left, false)]);
    check(
        "they are gone",
        &[
            (0, theirs(0), Left, false),
            (14, theirs(0), Left, false),
            (15, theirs(0), Lost, false),
            (17, theirs(0), Written, true),
        ],
    );
    // Their clock is a day behind, or a day ahead: what counts is that the record changes.
    let day = 86_400;
    check("a clock behind", &[(0, theirs(-day), Left, false), (14, theirs(14 - day), Left, false)]);
    check("a clock behind, gone", &[(0, theirs(-day), Left, false), (15, theirs(-day), Written, true)]);
    check("a clock ahead, gone", &[(0, theirs(day), Left, false), (15, theirs(day), Written, true)]);
    check("a clock that is turned back", &[(0, theirs(day), Left, false), (14, theirs(0), Left, false)]);
    check("taken from us", &[(0, None, Written, true), (2, theirs(1), Left, false), (4, theirs(3), Left, false)]);
    check("deleted under us", &[(0, None, Written, true), (2, None, Written, true)]);
    check(
        "deleted, and another is faster",
        &[(0, None, Written, true), (2, None, Lost, true), (4, theirs(3), Left, false)],
    );
    check("emptied under us", &[(0, None, Written, true), (2, Some(record("", 1)), Lost, false)]);
    check(
        "nothing can be renewed",
        &[(0, None, Written, true), (9, ours(), Lost, true), (10, ours(), Lost, false), (12, ours(), Written, true)],
    );
    let patient = || Some(LeaseSpec { lease_duration_seconds: Some(60), ..record("they", 0) });
    check(
        "they want to be waited for",
        &[(0, patient(), Left, false), (59, patient(), Left, false), (60, patient(), Written, true)],
    );
    let broken = || Some(LeaseSpec { lease_duration_seconds: Some(-1), ..record("they", 0) });
    check("a duration that is none", &[(0, broken(), Left, false), (15, broken(), Written, true)]);
}

/// Whoever writes a record that is slow to arrive is the holder from when it left, not from when it arrived.
#[test]
fn a_holder_stops_before_others_start() {
    let mut one = Election::new("one".to_owned());
    let mut other = Election::new("other".to_owned());
    let wish = one.decide(second(0), None, at(0)).unwrap();
    // It is under way for five seconds, and the other one sees it as soon as it is there.
    assert_eq!(other.decide(second(1), Some(&wish), at(1)), None);
    one.took(second(0), wish.clone());
    assert!(one.is_leader(second(9)) && !one.is_leader(second(10)));
    assert_eq!(other.decide(second(15), Some(&wish), at(15)), None);
    assert!(other.decide(second(16), Some(&wish), at(16)).is_some());
}

#[test]
fn a_record_says_who_holds_it_since_when_and_how_often_it_changed_hands() {
    let mut election = Election::new(US.to_owned());
    let strategy = LeaseSpec { strategy: Some("OldestEmulationVersion".to_owned()), ..record("", 0) };
    let taken = election.decide(second(0), Some(&strategy), at(5)).unwrap();
    assert_eq!(
        taken,
        LeaseSpec {
            lease_transitions: Some(4),
            acquire_time: Some(at(5)),
            strategy: strategy.strategy,
            ..record(US, 5)
        }
    );
    election.took(second(0), taken.clone());
    let renewed = election.decide(second(2), Some(&taken), at(7)).unwrap();
    assert_eq!(renewed, LeaseSpec { renew_time: Some(at(7)), ..taken });
    let released = election.release(&renewed, at(8)).unwrap();
    assert!(!election.is_leader(second(2)));
    assert_eq!((released.holder_identity.as_deref(), released.lease_duration_seconds), (Some(""), Some(1)));
    assert_eq!(election.release(&record("they", 0), at(9)), None);
}
