//! From envelopes to the body of a request.

use std::time::Duration;

use ktel_outbox::Envelope;

/// The host of every event. Never the name of a machine.
const HOST: &str = "ktel";

/// Writes envelopes one after the other, a line each, as the event collector takes them.
#[must_use]
pub fn encode<'a>(batch: impl IntoIterator<Item = &'a Envelope>) -> String {
    let mut body = String::new();
    for envelope in batch {
        write(envelope, &mut body);
        body.push('\n');
    }
    body
}

fn write(envelope: &Envelope, body: &mut String) {
    for (name, value) in [
        ("{\"time\":", seconds(envelope.time)),
        (",\"host\":", quoted(HOST)),
        (",\"source\":", quoted(&envelope.source)),
        (",\"sourcetype\":", quoted(&envelope.sourcetype)),
        (",\"event\":", envelope.event.clone()),
    ] {
        body.push_str(name);
        body.push_str(&value);
    }
    if let Some(index) = &envelope.index {
        body.push_str(",\"index\":");
        body.push_str(&quoted(index));
    }
    if !envelope.fields.is_empty() {
        let fields: Vec<String> =
            envelope.fields.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
        body.push_str(",\"fields\":{");
        body.push_str(&fields.join(","));
        body.push('}');
    }
    body.push('}');
}

/// Seconds with three decimals and never an exponent, which the receiver would refuse.
fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
