//! From envelopes to the body of a request.

use std::fmt::{self, Write as _};

use ktel_outbox::Envelope;
use serde_json::Value;

/// The host of every event. Never the name of a machine.
const HOST: &str = "ktel";

/// Writes envelopes one after the other, a line each, as the event collector takes them.
#[must_use]
pub fn encode<'a>(batch: impl IntoIterator<Item = &'a Envelope>) -> String {
    let mut body = String::new();
    for envelope in batch {
        body.reserve(envelope.bytes());
        // A string takes all that is written to it.
        let _ = write(envelope, &mut body);
    }
    body
}

fn write(envelope: &Envelope, body: &mut String) -> fmt::Result {
    let Envelope { time, source, sourcetype, index, event, fields } = envelope;
    // Seconds have three decimals and never an exponent, which the receiver would refuse.
    write!(body, "{{\"time\":{}.{:03},\"host\":{}", time.as_secs(), time.subsec_millis(), quoted(HOST))?;
    write!(body, ",\"source\":{},\"sourcetype\":{}", quoted(source), quoted(sourcetype))?;
    write!(body, ",\"event\":{event}")?;
    if let Some(index) = index {
        write!(body, ",\"index\":{}", quoted(index))?;
    }
    for (place, (name, value)) in fields.iter().enumerate() {
        let before = if place == 0 { ",\"fields\":{" } else { "," };
        write!(body, "{before}{}:{}", quoted(name), quoted(value))?;
    }
    body.push_str(if fields.is_empty() { "}\n" } else { "}}\n" });
    Ok(())
}

fn quoted(text: &str) -> Value {
    Value::from(text)
}
