//! A fleet in virtual time: what a receiver sees of a hundred thousand installations that were started in the same minute.
//!
//! Each installation has the schedule and the outbox that a collector has; what is left out is the cluster.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
    ops::Range,
    time::Duration,
};

use ktel_outbox::{Entry, Limits, Next, Outbox, Outcome, Tag};

use super::Schedule;
use crate::outside::fraction_of;

const INSTALLATIONS: u32 = 100_000;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much more than an even spread would give may arrive in a minute.
const MOST: f64 = 1.5;

/// An installation, and what it has made so far.
struct Installation {
    outbox: Outbox<u32>,
    name: String,
    due: Duration,
    made: u32,
}

/// What the receiver saw.
struct Seen {
    /// The number of requests it answered with success, minute by minute.
    requests: Vec<u32>,
    /// The number of reports in them.
    reports: Vec<u32>,
    /// The number of reports that were made, and how many of them arrived.
    made: usize,
    arrived: usize,
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        // The generator of Steele, Lea and Flood (2014), `SplitMix64`.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        fraction_of(&(bits ^ (bits >> 31)).to_le_bytes())
    }
}

/// Lets the fleet run for some days, with a receiver that answers nobody for a while.
fn run(days: u32, outage: &Range<Duration>, limits: Limits) -> Seen {
    let schedule = Schedule::default();
    let end = DAY * days;
    let mut dice = Dice(7);
    let mut fleet: Vec<Installation> = Vec::new();
    let mut agenda = BinaryHeap::new();
    for number in 0..INSTALLATIONS {
        let name = format!("installation {number}");
        let due = MINUTE.mul_f64(dice.roll()) + schedule.start(&name);
        agenda.push(Reverse((due, number)));
        fleet.push(Installation { outbox: Outbox::new(limits), name, due, made: 0 });
    }
    let minutes = usize::try_from(end.as_secs() / 60).unwrap() + 1;
    let mut seen = Seen { requests: vec![0; minutes], reports: vec![0; minutes], made: 0, arrived: 0 };
    let mut arrived: HashSet<(u32, u32)> = HashSet::new();
    while let Some(Reverse((now, number))) = agenda.pop() {
        let installation = &mut fleet[number as usize];
        if now >= end {
            continue;
        }
        if installation.due <= now {
            installation.outbox.put(now, Entry { item: installation.made, bytes: 20_000, tag: Tag("all") });
            installation.due = match installation.made {
                0 => schedule.first_heartbeat(now, &installation.name),
                _ => schedule.next_heartbeat(installation.due, now),
            };
            installation.made += 1;
            seen.made += 1;
        }
        let next = loop {
            match installation.outbox.next(now) {
                Next::Send(batch) if outage.contains(&now) => {
                    assert!(!batch.is_empty());
                    installation.outbox.settle(now, dice.roll(), Outcome::Retry { after: None });
                }
                Next::Send(batch) => {
                    let minute = usize::try_from(now.as_secs() / 60).unwrap();
                    seen.requests[minute] += 1;
                    seen.reports[minute] += u32::try_from(batch.len()).unwrap();
                    arrived.extend(batch.into_iter().map(|report| (number, report)));
                    installation.outbox.settle(now, dice.roll(), Outcome::Delivered);
                }
                Next::Wait(pause) => break (now + pause).min(installation.due),
                Next::Idle => break installation.due,
                Next::Poll(_) => unreachable!("nothing was promised"),
            }
        };
        agenda.push(Reverse((next, number)));
    }
    seen.arrived = arrived.len();
    seen
}

/// The largest sum of so many minutes in a span, against what an even spread would give.
fn peak(arrivals: &[u32], span: Range<Duration>, minutes: u32, even: f64) -> f64 {
    let minute = |time: Duration| usize::try_from(time.as_secs() / 60).unwrap();
    let windows = arrivals[minute(span.start)..minute(span.end)].windows(minutes as usize);
    let largest: u32 = windows.map(|window| window.iter().sum()).max().unwrap();
    f64::from(largest) / (even * f64::from(minutes))
}

/// Even a perfect spread is one by chance: of 69 that are expected in a minute, 100 come in one of the thousands. So minutes
/// are held against those of the time before, and ten minutes, in which chance evens out, against an even spread.
#[test]
fn a_fleet_arrives_evenly_before_and_after_an_outage() {
    let outage = 36 * HOUR..38 * HOUR;
    let (before, after) = (HOUR..outage.start, outage.end..4 * DAY);
    let seen = run(5, &outage, Limits::default());
    assert_eq!(seen.arrived, seen.made, "each report arrives, those of the last day within it");

    let even = f64::from(INSTALLATIONS) / 1440.0;
    let starts = peak(&seen.requests, Duration::ZERO..HOUR, 1, f64::from(INSTALLATIONS) / 15.0);
    assert!(starts <= MOST, "{starts}");
    for arrivals in [&seen.requests, &seen.reports] {
        let minute = peak(arrivals, before.clone(), 1, even);
        assert!(minute <= MOST, "{minute}");
        let later = peak(arrivals, after.clone(), 1, even);
        assert!(later <= minute * 1.1, "{later} after {minute}");
        let ten_minutes = peak(arrivals, after.clone(), 10, even);
        assert!(ten_minutes <= 1.25, "{ten_minutes}");
    }
}

/// What the pauses are for: with attempts that follow each other for some minutes first, many are at the door when it opens.
#[test]
fn a_fleet_that_tries_for_minutes_comes_back_all_at_once() {
    let outage = 36 * HOUR..38 * HOUR;
    let impatient = Limits { quick_attempts: 9, ..Limits::default() };
    let seen = run(2, &outage, impatient);
    let after = peak(&seen.requests, outage.end..48 * HOUR, 1, f64::from(INSTALLATIONS) / 1440.0);
    assert!(after > 3.0, "{after}");
}
