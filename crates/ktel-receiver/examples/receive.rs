//! A receiver that whoever started it can talk to: for tests of clients that are not in Rust.
//!
//! It prints its address. Then each line of the standard input is a word, and each answer a line of JSON: `events` and `requests` tell
//! what came so far, `full`, `stopping` and `well` how the indexer behind it fares from now on. It stops when the input ends.
//!
//! ```text
//! cargo run -p ktel-receiver --example receive -- a-token
//! ```

#![allow(clippy::print_stdout, reason = "a tool of the terminal")]

use std::{
    env,
    error::Error,
    io::{self, BufRead as _},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ktel_receiver::{Event, Pressure, Receiver, Request};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let token = env::args().nth(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let receiver = runtime.block_on(Receiver::start(token.as_deref()))?;
    println!("{}", receiver.url());
    for line in io::stdin().lock().lines() {
        println!("{}", answer(&receiver, line?.trim())?);
    }
    Ok(())
}

fn answer(receiver: &Receiver, word: &str) -> Result<Value, String> {
    let pressure = match word {
        "events" => return Ok(receiver.events().iter().map(event).collect()),
        "requests" => return Ok(receiver.requests().iter().map(request).collect()),
        "full" => Pressure::QueueFull { taken: 0, is_told: true },
        "stopping" => Pressure::ShuttingDown,
        "well" => Pressure::None,
        _ => return Err(format!("`{word}` is none of events, requests, full, stopping, well")),
    };
    receiver.press(pressure);
    Ok(json!(word))
}

fn event(event: &Event) -> Value {
    json!({ "report": event.report, "envelope": event.envelope, "violations": event.violations })
}

/// A request with its body as it came, packed perhaps.
fn request(request: &Request) -> Value {
    let body = request.body.as_ref().map(|body| BASE64_STANDARD.encode(body));
    json!({ "method": request.method, "path": request.path, "headers": request.headers, "body": body })
}
