//! What becomes of a batch that is taken, and not yet safe.

use ktel_outbox::Limits;
use ktel_receiver::{Acks, Settings, Step, Token as Admitted};
use ktel_splunk::Builder;
use serde_json::json;

use super::{Bench, MINUTE, SECOND, TOKEN, event};

#[tokio::test]
async fn an_acknowledgement_is_asked_for_until_it_comes() {
    let mut bench = Bench::acknowledged(Acks::After(2), Limits::default()).await;
    bench.play(2, []).await;
    bench.check(&[&[0, 1]], &[5 * SECOND; 3], 0);
    assert_eq!(bench.arrived(), [0, 1]);
    let requests = bench.receiver.requests();
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    let ack = "/services/collector/ack";
    assert_eq!(paths, ["/services/collector/event", ack, ack, ack]);
    assert!(requests.iter().all(|request| request.channel() == requests[0].channel()));
}

/// The batch is sent again on another channel, as the same, and the pauses between such attempts grow.
#[tokio::test]
async fn an_acknowledgement_that_never_comes_is_not_waited_for() {
    let mut bench = Bench::acknowledged(Acks::Never, Limits::default()).await;
    bench.put([event(0)]);
    bench.send_for(7 * MINUTE).await;
    assert_eq!(bench.asked(), [[0], [0], [0], [0]]);
    let mut channels: Vec<_> = bench.requests().iter().map(|request| request.channel().unwrap()).collect();
    channels.dedup();
    assert_eq!(channels.len(), 4);
    let events = bench.receiver.events();
    assert!(events.iter().all(|event| event.report == events[0].report), "the identifier is the same");
    assert_eq!((bench.outbox.len(), bench.outbox.dropped()), (1, 0), "it is not safe, and not lost");
    let failures = bench.pauses.iter().filter(|pause| **pause < 5 * SECOND);
    assert_eq!(failures.collect::<Vec<_>>(), [&SECOND, &(2 * SECOND), &(4 * SECOND)]);
}

/// Behind a load balancer there is another receiver all at once, which knows nothing of what the first one promised.
#[tokio::test]
async fn another_cookie_is_another_receiver() {
    let promise = |number: u64, cookie: &str| {
        let body = json!({ "text": "Success", "code": 0, "ackId": number }).to_string().into_bytes();
        let cookie = format!("AWSELB={cookie}; Path=/");
        Step::Answer { status: 200, headers: vec![("set-cookie", cookie)], body }
    };
    let limits = Limits { max_batch_entries: 1, ..Limits::default() };
    let mut bench = Bench::acknowledged(Acks::AtOnce, limits).await;
    bench.play(2, [promise(0, "first"), promise(0, "second")]).await;
    assert_eq!((bench.outbox.len(), bench.outbox.dropped()), (0, 0));
    assert_eq!(bench.asked(), [[0], [1], [0], [1]]);
    assert_eq!(bench.arrived(), [0, 1], "the first answers were scripted, and took nothing");
    let requests = bench.requests();
    assert_eq!(requests[0].channel(), requests[1].channel());
    assert_ne!(requests[1].channel(), requests[2].channel());
    let cookies: Vec<Option<&str>> = requests.iter().map(|request| request.header("cookie")).collect();
    assert_eq!(cookies, [None, Some("AWSELB=first"), Some("AWSELB=second"), Some("AWSELB=second")]);
}

/// Neither a receiver that promises nothing nor one that knows no acknowledgements is asked for any later.
#[tokio::test]
async fn who_acknowledges_nothing_is_taken_at_its_word() {
    let settings = || Settings::default().tokens([Admitted::new(TOKEN)]);
    let mut bench = Bench::with(settings(), Limits::default(), Builder::acknowledged).await;
    bench.play(1, []).await;
    bench.check(&[&[0]], &[], 0);
    assert!(bench.sink.diagnosis().unwrap().remedy.contains("acknowledgement"), "{:?}", bench.sink.diagnosis());

    // It promises, and then answers that acknowledgements are disabled: nothing is known to be safe.
    let body = br#"{"text":"Success","code":0,"ackId":0}"#.to_vec();
    let mut bench = Bench::with(settings(), Limits::default(), Builder::acknowledged).await;
    bench.play(1, [Step::Answer { status: 200, headers: Vec::new(), body }]).await;
    bench.check(&[&[0], &[0]], &[5 * SECOND, SECOND], 0);
    assert_eq!(bench.arrived(), [0]);
    assert_eq!(bench.requests()[1].channel(), None);
}

/// A token that asks for acknowledgements, and a client that does not: the remedy names both ways out.
#[tokio::test]
async fn a_channel_that_is_missing_is_told() {
    let settings = Settings::default().tokens([Admitted::new(TOKEN).acknowledging()]);
    let mut bench = Bench::with(settings, Limits::default(), |sink| sink).await;
    bench.put([event(0)]);
    bench.send_for(MINUTE).await;
    let diagnosis = bench.sink.diagnosis().unwrap().to_string();
    assert!(diagnosis.contains("channel") && diagnosis.contains("acknowledge"), "{diagnosis}");
    assert_eq!(bench.outbox.len(), 1);
}
