//! What the sink and the outbox make of each answer of a receiver, row by row of the table of the protocol.

/// Acknowledgements of indexers.
mod acks;

use std::{io::Read as _, sync::Arc, time::Duration};

use flate2::read::GzDecoder;
use ktel_outbox::{Entry, Envelope, Limits, Next, Outbox, Outcome, Sink as _, Tag};
use ktel_receiver::{Acks, Receiver, Request, Settings, Step, Token as Admitted};
use ktel_splunk::{Builder, Hec, Token};
use serde_json::{Deserializer, Value, json};

use crate::support::Log;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
const TOKEN: &str = "0bad0bad-0bad-0bad-0bad-0bad0bad0bad";

/// An event that can be told from others.
fn event(number: u64) -> Envelope {
    Envelope {
        time: Duration::from_secs(1_795_482_000),
        source: "test".to_owned(),
        sourcetype: "kong:telemetry:v1".to_owned(),
        index: None,
        event: json!({ "report_id": format!("report {number}"), "n": number }).to_string(),
        fields: Vec::new(),
    }
}

/// A receiver, and a client that sends to it by a clock of its own: nobody waits for an hour.
struct Bench {
    receiver: Receiver,
    sink: Hec,
    outbox: Outbox<Arc<Envelope>>,
    now: Duration,
    /// All that was waited for, but not the questions for acknowledgements.
    pauses: Vec<Duration>,
}

impl Bench {
    async fn with(settings: Settings, limits: Limits, sink: impl Fn(Builder) -> Builder) -> Self {
        let receiver = Receiver::start_with(settings).await.unwrap();
        let builder = Hec::builder(&receiver.url()).unwrap().token(Token::new(TOKEN));
        let sink = sink(builder).build().unwrap();
        Self { receiver, sink, outbox: Outbox::new(limits), now: Duration::ZERO, pauses: Vec::new() }
    }

    async fn new() -> Self {
        Self::with(Settings::default().tokens([Admitted::new(TOKEN)]), Limits::default(), |sink| sink).await
    }

    /// A client that sends each event by itself.
    async fn one_by_one() -> Self {
        let limits = Limits { max_batch_entries: 1, ..Limits::default() };
        Self::with(Settings::default().tokens([Admitted::new(TOKEN)]), limits, |sink| sink).await
    }

    async fn acknowledged(acks: Acks, limits: Limits) -> Self {
        let mut settings = Settings::default().tokens([Admitted::new(TOKEN).acknowledging()]);
        settings.acks = acks;
        Self::with(settings, limits, Builder::acknowledged).await
    }

    fn put(&mut self, events: impl IntoIterator<Item = Envelope>) {
        for event in events {
            let entry = Entry { bytes: event.bytes(), item: Arc::new(event), tag: Tag("USAGE") };
            self.outbox.put(self.now, entry);
        }
    }

    /// Sends until nothing waits any more, or for this long.
    async fn send_for(&mut self, patience: Duration) {
        let until = self.now + patience;
        loop {
            let outcome = match self.outbox.next(self.now) {
                Next::Send(batch) => self.sink.post(&batch).await,
                Next::Poll(ack) => self.sink.poll(ack).await,
                Next::Wait(pause) if self.now + pause > until => return,
                Next::Wait(pause) => {
                    self.now += pause;
                    self.pauses.push(pause);
                    continue;
                }
                Next::Idle => return,
            };
            if let Some(ack) = self.outbox.settle(self.now, 1.0, outcome) {
                self.sink.give_up(ack);
            }
        }
    }

    /// Puts so many events and sends them while the receiver does this.
    async fn play(&mut self, count: u64, steps: impl IntoIterator<Item = Step>) {
        self.receiver.script(steps);
        self.put((0..count).map(event));
        self.send_for(3 * HOUR).await;
    }

    /// The numbers of the events of each request for events.
    fn asked(&self) -> Vec<Vec<u64>> {
        self.requests().iter().map(numbers).collect()
    }

    fn requests(&self) -> Vec<Request> {
        self.receiver.requests().into_iter().filter(|request| request.path.ends_with("/event")).collect()
    }

    /// The numbers of the events that the receiver has.
    fn arrived(&self) -> Vec<u64> {
        self.receiver.events().iter().map(|event| event.report["n"].as_u64().unwrap()).collect()
    }

    fn check(&self, asked: &[&[u64]], pauses: &[Duration], dropped: u32) {
        assert_eq!(self.asked(), asked);
        assert_eq!(self.pauses, pauses);
        assert_eq!((self.outbox.len(), self.outbox.dropped()), (0, dropped));
    }
}

fn numbers(request: &Request) -> Vec<u64> {
    let mut body = request.body.clone().unwrap();
    if request.header("content-encoding") == Some("gzip") {
        let packed = std::mem::take(&mut body);
        GzDecoder::new(&packed[..]).read_to_end(&mut body).unwrap();
    }
    let envelopes = Deserializer::from_slice(&body).into_iter::<Value>();
    envelopes.map(|envelope| envelope.unwrap()["event"]["n"].as_u64().unwrap()).collect()
}

/// Busy, shutting down or at capacity, in whatever words: the same again, after pauses that grow.
#[tokio::test]
async fn who_is_busy_is_asked_again() {
    for (status, code) in [(500, 8), (503, 9), (503, 18), (503, 19), (503, 20), (503, 23), (429, 26), (429, 27)] {
        let mut bench = Bench::new().await;
        bench.play(2, [Step::hec(status, code, None), Step::hec(status, code, None)]).await;
        bench.check(&[&[0, 1], &[0, 1], &[0, 1]], &[SECOND, 2 * SECOND], 0);
        assert_eq!(bench.arrived(), [0, 1]);
    }
    for status in [408, 429, 500, 502, 503, 504] {
        let mut bench = Bench::new().await;
        bench.play(1, [Step::page(status)]).await;
        bench.check(&[&[0], &[0]], &[SECOND], 0);
    }
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept_up_to_an_hour() {
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + 2 * HOUR);
    for (header, pause) in [("7".to_owned(), 7 * SECOND), ("86400".to_owned(), HOUR), (date, HOUR)] {
        let mut bench = Bench::new().await;
        bench.play(1, [Step::hec(503, 9, None).header("retry-after", header)]).await;
        bench.check(&[&[0], &[0]], &[pause], 0);
    }
}

#[tokio::test]
async fn what_was_taken_in_part_is_resumed() {
    let mut bench = Bench::new().await;
    bench.play(5, [Step::hec(503, 9, Some(3))]).await;
    bench.check(&[&[0, 1, 2, 3, 4], &[3, 4]], &[SECOND], 0);
}

#[tokio::test]
async fn a_bad_event_is_left_out_and_counted() {
    for code in [6, 12, 13, 15] {
        let mut bench = Bench::new().await;
        bench.play(3, [Step::hec(400, code, Some(1))]).await;
        bench.check(&[&[0, 1, 2], &[0, 2]], &[], 1);
        // Nobody says which: the batch is halved until it stands alone.
        let mut bench = Bench::new().await;
        let bad = || Step::hec(400, code, None);
        bench.play(4, [bad(), Step::Well, bad(), bad()]).await;
        bench.check(&[&[0, 1, 2, 3], &[0, 1], &[2, 3], &[2], &[3]], &[], 1);
        assert_eq!(bench.arrived(), [0, 1, 3]);
    }
}

/// Its number is one higher than that of other faults.
#[tokio::test]
async fn an_index_that_is_refused_is_one_events_fault_or_everybodys() {
    let mut bench = Bench::new().await;
    bench.receiver.script([Step::hec(400, 7, Some(2))]);
    bench.put((0..3).map(|number| Envelope { index: Some(format!("index_{}", number % 2)), ..event(number) }));
    bench.send_for(HOUR).await;
    bench.check(&[&[0, 1, 2], &[0, 2]], &[], 1);
    assert_eq!(bench.receiver.events()[0].envelope["index"], "index_0");

    let mut bench = Bench::new().await;
    bench.play(2, [Step::hec(400, 7, Some(2))]).await;
    bench.check(&[&[0, 1], &[0, 1]], &[HOUR * 3 / 2], 0);
}

/// The receiver itself, with a token for one index only.
#[tokio::test]
async fn the_receiver_refuses_an_index_as_splunk_does() {
    let settings = Settings::default().tokens([Admitted::new(TOKEN).indexes(&["right"])]);
    let mut bench = Bench::with(settings, Limits::default(), |sink| sink).await;
    let index = |number| if number == 1 { "wrong" } else { "right" };
    bench.put((0..3).map(|number| Envelope { index: Some(index(number).to_owned()), ..event(number) }));
    bench.send_for(HOUR).await;
    assert_eq!((bench.outbox.len(), bench.outbox.dropped()), (0, 1));
    let mut arrived = bench.arrived();
    arrived.dedup();
    arrived.sort_unstable();
    arrived.dedup();
    assert_eq!(arrived, [0, 2], "what stood before it may have arrived twice");
}

/// Only a person can help: the data is kept, and the receiver left alone.
#[tokio::test]
async fn a_wrong_token_or_address_is_no_hot_loop() {
    let codes = [(403, 1), (401, 2), (401, 3), (403, 4), (400, 10), (400, 11), (400, 16), (403, 21), (403, 22)];
    let answers = codes.map(|(status, code)| Step::hec(status, code, None));
    for answer in answers.into_iter().chain([301, 401, 403, 404, 405, 501].map(Step::page)) {
        let mut bench = Bench::new().await;
        bench.play(2, [answer.clone(), answer]).await;
        bench.check(&[&[0, 1], &[0, 1], &[0, 1]], &[HOUR * 3 / 2, HOUR * 3 / 2], 0);
        assert_eq!(bench.arrived(), [0, 1]);
    }
}

#[tokio::test]
async fn who_asks_for_less_gets_it_slower() {
    for code in [24, 25] {
        let mut bench = Bench::one_by_one().await;
        bench.play(2, [Step::hec(200, code, None)]).await;
        bench.check(&[&[0], &[1]], &[MINUTE], 0);
    }
}

#[tokio::test]
async fn what_is_too_large_is_halved_and_a_single_event_dropped() {
    let mut bench = Bench::new().await;
    bench.play(4, [Step::page(413), Step::page(413)]).await;
    bench.check(&[&[0, 1, 2, 3], &[0, 1], &[0], &[1, 2], &[3]], &[], 0);

    let mut bench = Bench::new().await;
    bench.play(2, [Step::page(413), Step::page(413)]).await;
    bench.check(&[&[0, 1], &[0], &[1]], &[], 1);
    assert_eq!(bench.arrived(), [1]);
}

#[tokio::test]
async fn who_does_not_understand_compression_gets_none_any_more() {
    for status in [400, 415] {
        let mut bench = Bench::new().await;
        bench.play(20, [Step::page(status)]).await;
        bench.put((0..20).map(event));
        bench.send_for(HOUR).await;
        let encodings: Vec<bool> =
            bench.requests().iter().map(|request| request.header("content-encoding").is_some()).collect();
        assert_eq!(encodings, [true, false, false]);
        assert_eq!((bench.arrived().len(), bench.outbox.dropped(), bench.pauses.len()), (40, 0, 0));
    }
}

#[tokio::test]
async fn who_is_gone_is_never_asked_again() {
    let mut bench = Bench::new().await;
    bench.play(2, [Step::page(410)]).await;
    bench.put([event(2)]);
    bench.send_for(100 * HOUR).await;
    bench.check(&[&[0, 1]], &[], 3);
}

#[tokio::test]
async fn answers_may_be_empty_somebody_elses_or_without_end() {
    let answer = |status, body: Vec<u8>| Step::Answer { status, headers: Vec::new(), body };
    let mut bench = Bench::new().await;
    bench.play(1, [answer(204, Vec::new())]).await;
    bench.check(&[&[0]], &[], 0);

    // A login page is no delivery.
    let mut bench = Bench::new().await;
    bench.play(1, [Step::page(200)]).await;
    bench.check(&[&[0], &[0]], &[HOUR * 3 / 2], 0);

    let mut bench = Bench::new().await;
    bench.play(1, [answer(503, vec![b' '; 100_000_000])]).await;
    bench.check(&[&[0], &[0]], &[SECOND], 0);
}

/// A connection that was closed while it was idle is nobody's fault; one that breaks at once is.
#[tokio::test]
async fn an_idle_connection_that_was_closed_costs_nothing() {
    let mut bench = Bench::one_by_one().await;
    bench.play(2, [Step::Well, Step::Reset]).await;
    bench.check(&[&[0], &[1], &[1]], &[], 0);

    let mut bench = Bench::new().await;
    bench.play(1, [Step::Reset]).await;
    bench.check(&[&[0], &[0]], &[SECOND], 0);
}

/// The receiver took it, and nobody was told: it arrives twice, and can be known by its identifier.
#[tokio::test]
async fn what_may_have_arrived_is_sent_again_as_the_same() {
    let mut bench = Bench::new().await;
    bench.play(1, [Step::TakenAndReset]).await;
    let events = bench.receiver.events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].envelope, events[1].envelope);
    assert_eq!(events[0].report, events[1].report);
}

#[tokio::test]
async fn an_answer_that_comes_slowly_is_waited_for() {
    let mut bench = Bench::new().await;
    bench.play(1, [Step::Slow(Duration::from_millis(1))]).await;
    bench.check(&[&[0]], &[], 0);
}

/// Neither the log at its most talkative nor anything else that is shown has the token, whatever goes wrong.
#[tokio::test]
async fn the_token_is_shown_nowhere() {
    let log = Log::listen();
    let redirect = Step::page(307).header("location", "http://127.0.0.1:1/");
    let faults = [Step::hec(403, 4, None), redirect, Step::page(413), Step::Reset, Step::hec(503, 9, None), Step::Well];
    let mut bench = Bench::new().await;
    bench.play(1, faults).await;
    let refused = Hec::builder("http://127.0.0.1:1").unwrap().token(Token::new(format!("{TOKEN}\n{TOKEN}"))).build();
    let proxy = Hec::builder("http://127.0.0.1:1").unwrap().proxy(format!("no proxy://{TOKEN}@")).build();
    let mut away = Hec::builder("http://127.0.0.1:1").unwrap().token(Token::new(TOKEN)).build().unwrap();
    away.post(&[Arc::new(event(0))]).await;
    let shown =
        format!("{:?} {:?} {refused:?} {proxy:?} {away:?} {:?}", bench.sink, bench.sink.diagnosis(), away.diagnosis());
    let log = log.text();
    assert!(log.contains("refuses the token") && log.contains("TRACE"), "the log was not heard");
    assert!(!log.contains(TOKEN) && !shown.contains(TOKEN), "{shown}");
    let sent = format!("Splunk {TOKEN}");
    assert_eq!(bench.requests()[0].header("authorization"), Some(&*sent), "it is what was looked for");
}

/// A proxy of the sink's own is asked, and nobody else.
#[tokio::test]
async fn a_proxy_is_gone_through() {
    let receiver = Receiver::start(None).await.unwrap();
    let mut sink = Hec::builder("http://splunk.invalid:8088").unwrap().proxy(receiver.url()).build().unwrap();
    assert_eq!(sink.post(&[Arc::new(event(0))]).await, Outcome::Delivered);
    let request = &receiver.requests()[0];
    assert_eq!(request.header("host"), Some("splunk.invalid:8088"));
}
