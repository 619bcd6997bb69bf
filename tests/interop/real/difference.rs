//! What two reports do not have in common, but for times and identifiers.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is another one in every report and every server: that it is there is compared, not what it is.
const INCOMPARABLE: [&str; 8] = [
    "report_id",
    "collected_at",
    "collection_seconds",
    "uptime_seconds",
    "identity.cluster_id",
    "identity.installation_id",
    "identity.instance_id",
    "kong.configuration.last_changed_at",
];

/// The differences, as sentences.
pub(crate) fn differences(simulated: Vec<Value>, real: Vec<Value>) -> Vec<String> {
    let (simulated, real) = (leaves(simulated), leaves(real));
    assert!(!simulated.is_empty() && !real.is_empty(), "there are no reports");
    let of_one = simulated.iter().filter_map(|(path, value)| match real.get(path) {
        Some(other) if other == value => None,
        other => Some(format!("{path}: simulated {value}, real {}", other.map_or("nothing", |other| other))),
    });
    let of_other = real.iter().filter(|(path, _)| !simulated.contains_key(*path));
    of_one.chain(of_other.map(|(path, value)| format!("{path}: simulated nothing, real {value}"))).collect()
}

/// Every value of the events, by the name of the event and the path in it.
fn leaves(events: Vec<Value>) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    for event in events {
        let name = event["event"].as_str().unwrap().to_owned();
        walk(&event, "", &mut |path, value| {
            let text = if INCOMPARABLE.contains(&path) { "something".to_owned() } else { value.to_string() };
            leaves.insert(format!("{name} {path}"), text);
        });
    }
    leaves
}

fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(value, &path, visit);
            }
        }
        value => visit(path, value),
    }
}
