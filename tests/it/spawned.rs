//! A controller may spawn the collector, on whichever runtime it has: its futures may go from thread to thread.

use std::time::Duration;

use ktel_collector::{Collector, Sinks};
use ktel_splunk::{Hec, TlsLine};

/// What [`tokio::spawn`] asks of a future.
fn spawns(_: impl Future<Output: Send> + Send) {}

#[test]
fn the_futures_of_a_collector_can_be_spawned() {
    // That it compiles is the proof.
    let _ = |collector: Collector, events: Hec, lines: TlsLine| {
        spawns(collector.run(Sinks::events(events).and_lines(lines), std::future::pending()));
    };
    let _ = |collector: Collector, events: Hec| spawns(collector.run(events, std::future::pending()));
    let _ = |mut collector: Collector, mut events: Hec| {
        spawns(collector.preview());
        spawns(collector.identify());
        spawns(collector.send_once(&mut events, Duration::ZERO));
    };
}
