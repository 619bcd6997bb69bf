//! How large an event can be: what the generator computes from the bounds, beside events that are made as large as they can be.

use std::collections::BTreeMap;

use ktel_types::{
    Valid, contract, fields,
    report::{Event, Report},
    table::{Field, Kind, Presence},
};
use serde_json::{Value, json};

/// What Splunk extracts of an event at search time: `[kv] limit` and `maxchars` of its `limits.conf`.
const EXTRACTED_FIELDS: u64 = 100;
const EXTRACTED_BYTES: u64 = 5000;

/// A value of a field that is as long as its bounds let it be.
fn longest(field: &'static Field) -> Value {
    let item = match &field.kind {
        Kind::Boolean => json!(false),
        Kind::Whole { min, max } => json!(if min.to_string().len() > max.to_string().len() { min } else { max }),
        Kind::Number { max, .. } => json!(max * 0.123_456_789_012_345_67),
        Kind::Enum(names) => json!(names.iter().max_by_key(|name| name.len()).unwrap()),
        Kind::Text { max_length, .. } => longest_text(field, *max_length),
    };
    match field.presence {
        Presence::List { max_items } => vec![item; max_items as usize].into(),
        _ => item,
    }
}

/// The example of a field, made longer as long as that keeps the pattern.
fn longest_text(field: &'static Field, max_length: u32) -> Value {
    let example: Value = serde_json::from_str(field.example).unwrap();
    let example = if let Value::Array(items) = &example { items[0].clone() } else { example };
    let admits = |text: &str| match field.presence {
        Presence::List { .. } => field.admits(&[text]),
        _ => field.admits(&text),
    };
    let mut text = example.as_str().unwrap().to_owned();
    while let Some(longer) =
        ["a", "0", ".0", "-a", "/a"].iter().map(|more| format!("{text}{more}")).find(|text| admits(text))
    {
        text = longer;
        assert!(text.len() <= max_length as usize);
    }
    json!(text)
}

fn put(report: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('.', "/"));
    let mut place = report;
    for name in pointer.trim_start_matches('/').split('/') {
        place = &mut place[name];
    }
    *place = value;
}

/// The largest event of a kind: each field with its longest value, or named among those that are absent if that is longer.
fn largest(event: Event) -> String {
    let mut report = json!({});
    let mut absent: Vec<&str> = Vec::new();
    for field in fields::ALL.iter().filter(|field| !field.path.starts_with("absent.")) {
        if field.event.is_some_and(|name| name != event.as_str()) {
            continue;
        }
        let value = longest(field);
        let name = field.path.rsplit('.').next().unwrap();
        let is_measured = field.presence != Presence::Required;
        if is_measured && field.path.len() + r#""","#.len() > name.len() + r#""":,"#.len() + value.to_string().len() {
            absent.push(field.path);
        } else {
            put(&mut report, field.path, value);
        }
    }
    report["event"] = event.as_str().into();
    report["consented"] = json!(["ENVIRONMENT", "USAGE", "PERFORMANCE"]);
    if !absent.is_empty() {
        report["absent"] = json!({ "not_applicable": absent });
    }
    Valid::<Report>::parse(&report.to_string()).unwrap().json().to_owned()
}

fn leaves(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn no_event_is_larger_than_what_splunk_extracts() {
    let dictionary: Value = serde_json::from_str(contract::DICTIONARY).unwrap();
    let computed: BTreeMap<&str, (u64, u64)> = dictionary["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let number = |name: &str| event[name].as_u64().unwrap();
            (event["name"].as_str().unwrap(), (number("max_bytes"), number("max_fields")))
        })
        .collect();
    assert_eq!(computed.len(), Event::ALL.len());
    for event in Event::ALL {
        let (max_bytes, max_fields) = computed[event.as_str()];
        assert!(
            max_bytes < EXTRACTED_BYTES && max_fields <= EXTRACTED_FIELDS,
            "{event}: {max_bytes} bytes, {max_fields} fields"
        );
        let text = largest(*event);
        let (bytes, fields) = (text.len() as u64, leaves(&serde_json::from_str(&text).unwrap()));
        assert!(
            bytes <= max_bytes && fields <= max_fields,
            "{event}: {bytes} bytes of {max_bytes}, {fields} fields of {max_fields}"
        );
        // The bound is one that is nearly reached, not one that anything keeps.
        assert!(bytes * 100 >= max_bytes * 80, "{event}: {bytes} bytes of {max_bytes}");
    }
}
