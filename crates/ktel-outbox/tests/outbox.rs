//! The outbox without a clock: what is to be done after each outcome.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use ktel_outbox::{Ack, Entry, Limits, Next, Outbox, Outcome, Tag};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn entry(item: u32) -> Entry<u32> {
    Entry { item, bytes: 10, tag: Tag(if item.is_multiple_of(2) { "even" } else { "odd" }) }
}

fn outbox(count: u32) -> Outbox<u32> {
    let mut outbox = Outbox::new(Limits::default());
    (0..count).for_each(|item| outbox.put(Duration::ZERO, entry(item)));
    outbox
}

/// Answers each batch with the next outcome, without letting any time pass, and holds what was asked for against what is
/// expected.
fn check(count: u32, outcomes: &[Outcome], expected: &[Next<u32>]) -> Outbox<u32> {
    let mut outbox = outbox(count);
    let mut asked = Vec::new();
    for outcome in outcomes {
        asked.push(outbox.next(Duration::ZERO));
        outbox.settle(Duration::ZERO, 1.0, *outcome);
    }
    asked.push(outbox.next(Duration::ZERO));
    assert_eq!(asked, expected);
    outbox
}

#[test]
fn what_is_delivered_is_gone() {
    let outbox = check(2, &[Outcome::Delivered], &[Next::Send(vec![0, 1]), Next::Idle]);
    assert_eq!((outbox.len(), outbox.dropped()), (0, 0));
}

#[test]
fn who_asks_for_less_gets_it_later() {
    let mut outbox = check(1, &[Outcome::DeliveredSlowDown], &[Next::Send(vec![0]), Next::Idle]);
    outbox.put(Duration::ZERO, entry(1));
    assert_eq!(outbox.next(Duration::ZERO), Next::Wait(Limits::default().slow_down_pause));
}

#[test]
fn after_a_few_quick_attempts_the_next_one_is_anywhere_within_a_period() {
    let mut outbox = outbox(1);
    let mut now = Duration::ZERO;
    let mut pauses = Vec::new();
    for jitter in [1.0, 1.0, 1.0, 0.25, 0.25, 0.25] {
        assert_eq!(outbox.next(now), Next::Send(vec![0]));
        outbox.settle(now, jitter, Outcome::Retry { after: None });
        let Next::Wait(pause) = outbox.next(now) else { panic!("it does not wait") };
        pauses.push(pause);
        now += pause;
    }
    assert_eq!(pauses, [SECOND, 2 * SECOND, 4 * SECOND, DAY / 4, DAY * 3 / 4, DAY * 3 / 4]);
    assert_eq!(outbox.next(now), Next::Send(vec![0]));
    outbox.settle(now, 1.0, Outcome::Delivered);
    outbox.put(now, entry(1));
    assert_eq!(outbox.next(now), Next::Send(vec![1]));
    outbox.settle(now, 0.25, Outcome::Retry { after: None });
    assert_eq!(outbox.next(now), Next::Wait(SECOND / 4), "success starts from the beginning");
}

/// Who does not answer is tried about once a day, who refuses all about once an hour for a day, for somebody may be mending
/// that; success starts from the beginning.
#[test]
fn who_is_away_for_long_is_asked_rarely() {
    for (outcome, of_first_day) in [(Outcome::Retry { after: None }, 5), (Outcome::Misconfigured, 24)] {
        let mut outbox = outbox(2);
        let mut now = Duration::ZERO;
        let mut hours = Vec::new();
        while now < 5 * DAY {
            match outbox.next(now) {
                Next::Send(_) => {
                    hours.push(now.as_secs() / 3600);
                    outbox.settle(now, 0.5, outcome);
                }
                Next::Wait(pause) => now += pause,
                next => panic!("{next:?}"),
            }
        }
        let attempts = |from: u64, to: u64| hours.iter().filter(|hour| (from..to).contains(hour)).count();
        assert_eq!(attempts(0, 24), of_first_day, "{hours:?}");
        assert_eq!(attempts(24, 5 * 24), 4, "{hours:?}");
        assert_eq!((outbox.len(), outbox.dropped()), (2, 0), "nothing is lost");

        assert_eq!(outbox.next(now), Next::Send(vec![0, 1]));
        outbox.settle(now, 0.5, Outcome::ResumeAt { index: 1, after: None });
        assert!(matches!(outbox.next(now), Next::Wait(pause) if pause <= MINUTE), "it is there again");
    }
}

#[test]
fn a_receiver_may_ask_for_a_pause_but_not_for_any() {
    for (asked, granted) in [(Duration::ZERO, None), (7 * SECOND, Some(7 * SECOND)), (100 * HOUR, Some(HOUR))] {
        let mut outbox = outbox(1);
        outbox.next(Duration::ZERO);
        outbox.settle(Duration::ZERO, 1.0, Outcome::Retry { after: Some(asked) });
        assert_eq!(outbox.next(Duration::ZERO), granted.map_or(Next::Send(vec![0]), Next::Wait));
    }
}

#[test]
fn who_always_asks_to_be_asked_at_once_is_no_hot_loop() {
    let at_once = Outcome::Retry { after: Some(Duration::ZERO) };
    check(1, &[at_once, at_once], &[Next::Send(vec![0]), Next::Send(vec![0]), Next::Wait(SECOND)]);
}

#[test]
fn a_batch_that_was_taken_in_part_is_resumed() {
    let resume = Outcome::ResumeAt { index: 3, after: Some(Duration::ZERO) };
    check(5, &[resume, Outcome::Delivered], &[Next::Send(vec![0, 1, 2, 3, 4]), Next::Send(vec![3, 4]), Next::Idle]);
    check(3, &[resume], &[Next::Send(vec![0, 1, 2]), Next::Idle]);
    // A number that is too high is no reason to lose anything.
    check(2, &[resume, Outcome::Delivered], &[Next::Send(vec![0, 1]), Next::Send(vec![0, 1]), Next::Idle]);
}

#[test]
fn a_bad_entry_is_dropped_and_the_others_are_sent() {
    let asked = [Next::Send(vec![0, 1, 2]), Next::Send(vec![0, 2]), Next::Idle];
    let outbox = check(3, &[Outcome::Isolate(1), Outcome::Delivered], &asked);
    assert_eq!(outbox.dropped(), 1);
}

#[test]
fn a_bad_entry_that_nobody_names_is_searched_for() {
    let (halve, delivered) = (Outcome::Halve, Outcome::Delivered);
    // 2 is bad: the batch is halved until it stands alone.
    let asked = [
        Next::Send(vec![0, 1, 2, 3]),
        Next::Send(vec![0, 1]),
        Next::Send(vec![2, 3]),
        Next::Send(vec![2]),
        Next::Send(vec![3]),
        Next::Idle,
    ];
    let outbox = check(4, &[halve, delivered, halve, halve, delivered], &asked);
    assert_eq!(outbox.dropped(), 1);
    // A number that names nothing is as good as none.
    check(2, &[Outcome::Isolate(9)], &[Next::Send(vec![0, 1]), Next::Send(vec![0])]);
}

#[test]
fn a_wrong_address_keeps_the_data_and_waits_long() {
    let pause = Limits::default().misconfigured_pause;
    let outbox = check(1, &[Outcome::Misconfigured], &[Next::Send(vec![0]), Next::Wait(pause * 3 / 2)]);
    assert_eq!((outbox.len(), outbox.dropped()), (1, 0));
}

#[test]
fn gone_is_for_good() {
    let mut outbox = check(2, &[Outcome::Gone], &[Next::Send(vec![0, 1]), Next::Idle]);
    outbox.put(HOUR, entry(2));
    assert_eq!(outbox.next(HOUR), Next::Idle);
    assert_eq!((outbox.len(), outbox.dropped(), outbox.is_closed()), (0, 3, true));
}

#[test]
fn an_acknowledgement_is_asked_for_until_it_comes_or_its_time_is_up() {
    let Limits { ack_pause, ack_deadline, .. } = Limits::default();
    let promised = [Next::Send(vec![0]), Next::Wait(ack_pause)];
    let mut outbox = check(1, &[Outcome::AckPending { ack: Ack(7), is_slow: false }], &promised);
    assert_eq!(outbox.len(), 1, "it is not safe yet");
    assert_eq!(outbox.next(ack_pause), Next::Poll(Ack(7)));
    outbox.settle(ack_pause, 1.0, Outcome::Retry { after: None });
    assert_eq!(outbox.next(ack_pause), Next::Wait(ack_pause));
    assert_eq!(outbox.next(ack_deadline), Next::Poll(Ack(7)));
    assert_eq!(outbox.settle(ack_deadline, 1.0, Outcome::Retry { after: None }), Some(Ack(7)), "its time is up");
    assert_eq!(outbox.next(ack_deadline), Next::Wait(SECOND));
    assert_eq!(outbox.next(ack_deadline + SECOND), Next::Send(vec![0]));

    let mut outbox = check(1, &[Outcome::AckPending { ack: Ack(7), is_slow: false }], &promised);
    outbox.next(ack_pause);
    outbox.settle(ack_pause, 1.0, Outcome::Delivered);
    assert_eq!((outbox.next(HOUR), outbox.len()), (Next::Idle, 0));
}

/// Who takes everything and acknowledges nothing is not sent the same at the same pace for ever.
#[test]
fn to_a_promise_that_is_never_kept_the_pauses_grow() {
    let mut outbox = outbox(1);
    let (mut now, mut pauses) = (Duration::ZERO, Vec::new());
    while pauses.len() < 5 {
        match outbox.next(now) {
            Next::Send(_) => drop(outbox.settle(now, 1.0, Outcome::AckPending { ack: Ack(7), is_slow: false })),
            Next::Poll(_) if outbox.settle(now, 1.0, Outcome::Retry { after: None }).is_some() => {
                let Next::Wait(pause) = outbox.next(now) else { panic!("it does not wait") };
                pauses.push(pause.as_secs());
            }
            Next::Poll(_) => {}
            Next::Wait(pause) => now += pause,
            Next::Idle => panic!("it was forgotten"),
        }
    }
    assert_eq!(pauses, [1, 2, 4, 24 * 3600, 36 * 3600]);
    // A receiver that says outright that it will not acknowledge is not asked again.
    let mut outbox = self::outbox(1);
    outbox.next(Duration::ZERO);
    outbox.settle(Duration::ZERO, 1.0, Outcome::AckPending { ack: Ack(7), is_slow: true });
    outbox.next(5 * SECOND);
    assert_eq!(outbox.settle(5 * SECOND, 1.0, Outcome::ResumeAt { index: 0, after: None }), None);
    assert_eq!(outbox.next(5 * SECOND), Next::Wait(SECOND));
    assert_eq!(outbox.next(6 * SECOND), Next::Send(vec![0]));
}

#[test]
fn what_lost_its_consent_is_dropped_and_not_counted() {
    let mut outbox = outbox(4);
    outbox.purge(Tag("odd"));
    assert_eq!(outbox.next(Duration::ZERO), Next::Send(vec![0, 2]));
    // Even in the middle of an attempt.
    outbox.purge(Tag("even"));
    outbox.settle(Duration::ZERO, 1.0, Outcome::ResumeAt { index: 1, after: None });
    assert_eq!((outbox.len(), outbox.dropped()), (0, 0));
}

#[test]
fn what_is_too_old_or_too_much_is_dropped_and_counted() {
    let limits = Limits { max_bytes: 35, max_age: HOUR, ..Limits::default() };
    let mut outbox = Outbox::new(limits);
    (0..5).for_each(|item| outbox.put(Duration::ZERO, entry(item)));
    assert_eq!((outbox.len(), outbox.dropped()), (3, 2));
    outbox.put(Duration::ZERO, Entry { bytes: 36, ..entry(9) });
    assert_eq!((outbox.len(), outbox.dropped()), (3, 3));
    assert_eq!(outbox.next(HOUR + SECOND), Next::Idle);
    assert_eq!((outbox.len(), outbox.dropped()), (0, 6));

    // What has waited before is so much older.
    outbox.put_again(HOUR, 59 * MINUTE, entry(10));
    assert!(matches!(outbox.next(HOUR + MINUTE), Next::Send(_)));
    outbox.settle(HOUR, 1.0, Outcome::Misconfigured);
    assert_eq!(outbox.next(HOUR + MINUTE + SECOND), Next::Idle);
    assert_eq!(outbox.dropped(), 7);
}

#[test]
fn a_batch_is_bounded_in_entries_and_bytes() {
    let limits = Limits { max_batch_entries: 3, max_batch_bytes: 25, ..Limits::default() };
    let mut outbox = Outbox::new(limits);
    outbox.put(Duration::ZERO, Entry { bytes: 100, ..entry(0) });
    (1..8).for_each(|item| outbox.put(Duration::ZERO, Entry { bytes: if item < 5 { 10 } else { 1 }, ..entry(item) }));
    let mut batches = Vec::new();
    while let Next::Send(batch) = outbox.next(Duration::ZERO) {
        batches.push(batch);
        outbox.settle(Duration::ZERO, 1.0, Outcome::Delivered);
    }
    assert_eq!(batches, [vec![0], vec![1, 2], vec![3, 4, 5], vec![6, 7]]);
}
