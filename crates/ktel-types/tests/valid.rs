//! What is valid, and what is said of what is not. `tests/conformance` holds the documents that every language judges; here
//! is what only this implementation has.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use ktel_types::{
    Described as _, Invalid, Valid, check, each_present, fields,
    host::HostFacts,
    report::{Event, Product, Report},
    table::{Member, Presence},
};

fn violations(json: &str) -> Vec<String> {
    check(Product::message(), json).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn all_violations_are_found_at_once_in_the_order_of_the_text() {
    let found = violations(r#"{"version": "three", "colour": {"deep": [1, 2]}, "colour": 1}"#);
    let expected = [
        r"version: must match `v?[0-9]+(\.[0-9]+)*([-+][0-9A-Za-z.+-]+)?`",
        "colour: is not part of the contract",
        "colour: is not part of the contract",
        "name: is missing",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_field_that_is_there_twice_is_a_violation() {
    assert_eq!(violations(r#"{"name": "kong", "name": "kong"}"#), ["name: is there more than once"]);
}

#[test]
fn a_name_that_is_no_name_is_not_repeated() {
    for name in ["db.internal.example", "päyments", "a b", &"x".repeat(41), ""] {
        assert_eq!(violations(&format!(r#"{{"name": "kong", "{name}": 1}}"#)), ["…: is not part of the contract"]);
    }
}

#[test]
fn what_is_not_json_is_told_from_what_is_not_valid() {
    for text in
        ["", "{", "{\"name\": }", "{\"name\": \"kong\"} {}", "{\"name\": 1e999}", "{\"name\": \"\\ud800\"}", "nul"]
    {
        assert!(matches!(Valid::<Product>::parse(text), Err(Invalid::NotJson(_))), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(Valid::<Product>::parse(&deep), Err(Invalid::NotJson(_))), "a stack has an end");
}

/// What is sent is what was checked, and what is read from it is what was sealed.
#[test]
fn the_bytes_that_were_checked_are_kept() {
    let text = r#"{"name":"kong-operator","version":"2.1.0"}"#;
    let product = Valid::<Product>::parse(text).unwrap();
    assert_eq!(product.json(), text);
    let again = Valid::new(product.clone().into_inner()).unwrap();
    assert_eq!(again, product);
    let refused = Valid::new(Product::new("Kong!".to_owned())).unwrap_err();
    assert_eq!(refused.violations().len(), 1);
    assert!(!refused.to_string().contains("Kong!"));
}

#[test]
fn facts_of_a_host_are_checked_like_reports() {
    let facts = Valid::<HostFacts>::parse(r#"{"product": {"version": "3.6.0"}}"#).unwrap();
    let unanswered = HostFacts::default().unanswered();
    assert!(unanswered.contains(&"product.version") && unanswered.contains(&"performance.config_push_count"));
    assert_eq!(facts.unanswered().len(), unanswered.len() - 1);
    let refused = Valid::<HostFacts>::parse(r#"{"product": {"name": "kong"}}"#).unwrap_err();
    assert_eq!(refused.to_string(), "product.name: is not part of the contract");
}

#[test]
fn the_table_tells_every_field_once() {
    let mut paths: Vec<&str> = fields::ALL.iter().map(|field| field.path).collect();
    let count = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), count);
    for field in fields::ALL {
        assert!(!field.meaning.is_empty() && !field.source.is_empty() && !field.answers.is_empty(), "{}", field.path);
        let example: serde_json::Value = serde_json::from_str(field.example).unwrap();
        assert!(field.admits(&example), "{}: {example}", field.path);
        // Envelope and required are not the same: what is measured is never required.
        assert!(field.category.is_none() || field.presence != Presence::Required, "{}", field.path);
    }
    let cluster = Report::message().member("cluster").unwrap();
    assert!(matches!(cluster, Member::Section { message, is_required: false } if message.path == "cluster"));
}

#[test]
fn what_a_document_has_is_told_in_its_order() {
    let told = |json: &str| {
        let mut paths = Vec::new();
        each_present(Report::message(), json, |field| paths.push(field.path)).map(|()| paths)
    };
    let json =
        r#"{"sequence": "no number", "cluster": {"colour": [1], "node_count": 1, "platform": null}, "event": {}}"#;
    assert_eq!(told(json).unwrap(), ["sequence", "cluster.node_count", "cluster.platform", "event"]);
    assert_eq!(told("{}").unwrap(), [""; 0]);
    for text in [r#"{"cluster": 7}"#, "[]", "{} {}", "{"] {
        told(text).unwrap_err();
    }
}

#[test]
fn an_event_belongs_to_the_category_that_its_fields_do() {
    for event in Event::ALL {
        let fields: Vec<_> = fields::ALL.iter().filter(|field| field.event == Some(event.as_str())).collect();
        assert!(!fields.is_empty() && fields.iter().all(|field| field.category == Some(event.category())));
    }
}

/// A host may say that there is none; a report leaves the list out.
#[test]
fn a_host_may_tell_an_empty_list() {
    let none = r#"{"features": {"enabled": []}}"#;
    assert_eq!(Valid::<HostFacts>::parse(none).unwrap().features.enabled, Some(Vec::new()));
    let refused = ktel_types::check(Report::message(), none).unwrap();
    assert!(refused.iter().any(|violation| violation.path == "features.enabled"), "{refused:?}");
}
