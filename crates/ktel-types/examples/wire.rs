//! Writes reports as protobuf, for readers in other languages to be held against.
//!
//! Each line of the standard input is a JSON object with the `text` of a report; each answer is a line with the hexadecimal digits of
//! the bytes that the generated messages write, or with nothing, if the report is not valid.
//!
//! ```text
//! cargo run -p ktel-types --features protobuf --example wire
//! ```

#![allow(clippy::print_stdout, reason = "a tool of the terminal")]

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, BufRead as _},
};

use ktel_types::{Valid, protobuf, report::Report};
use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().ok_or("a line without a `text`")?;
        println!("{}", digits(text)?);
    }
    Ok(())
}

fn digits(text: &str) -> Result<String, Box<dyn Error>> {
    let Ok(report) = Valid::<Report>::parse(text) else { return Ok(String::new()) };
    let message = protobuf::kong::telemetry::v1::Report::decode(protobuf::encode(&report)?.as_slice())?;
    let mut digits = String::new();
    for byte in message.encode_to_vec() {
        write!(digits, "{byte:02x}")?;
    }
    Ok(digits)
}
