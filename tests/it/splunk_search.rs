//! The macros at work on events that a collector made.
//!
//! There is no Splunk here. The few commands that the macros are made of are done as its documentation says: `dedup` keeps the
//! first row and drops those that lack a name, `stats` counts a row once for each value that it is grouped by, `values` sorts
//! and leaves out what is there already, and `*` stands for no name that begins with an underscore.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use ktel_collector::{
    Collector,
    consent::{Environment, Setting},
};
use ktel_outbox::Envelope;
use ktel_types::report::Category;
use serde_json::Value;

use crate::{
    splunk_app::{App, kong, searches},
    support::{builder, client, cluster, own_pod, root, serve},
};

/// What is found: the values of each name.
type Row = BTreeMap<String, BTreeSet<String>>;

/// An event as `KV_MODE = json` shows it, with what is indexed beside it.
fn row(envelope: &Envelope) -> Row {
    fn extract(path: &str, value: &Value, row: &mut Row) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    extract(&path, value, row);
                }
            }
            Value::Array(items) => {
                for item in items {
                    extract(&format!("{path}{{}}"), item, row);
                }
            }
            scalar => {
                let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
                row.entry(path.to_owned()).or_default().insert(text);
            }
        }
    }
    let mut row = Row::new();
    extract("", &serde_json::from_str(&envelope.event).unwrap(), &mut row);
    let time = format!("{:.3}", envelope.time.as_secs_f64());
    let beside = [("_time", &*time), ("index", "main"), ("sourcetype", &*envelope.sourcetype)];
    let indexed = envelope.fields.iter().map(|(name, value)| (&**name, value.as_str()));
    for (name, value) in beside.into_iter().chain(indexed) {
        assert!(row.insert(name.to_owned(), BTreeSet::from([value.to_owned()])).is_none(), "{name} has two values");
    }
    row
}

/// What a search finds among events.
fn search(app: &App, search: &str, events: &[Row]) -> Vec<Row> {
    let text = app.expand(search);
    let mut rows = events.to_vec();
    for (index, stage) in text.split('|').map(str::trim).enumerate() {
        let (command, rest) = stage.split_once(' ').unwrap();
        rows = match command {
            _ if index == 0 => rows.into_iter().filter(|row| fits(stage, row)).collect(),
            "dedup" => dedup(rows, rest),
            "sort" => {
                sort(&mut rows, rest.strip_prefix("0 ").unwrap());
                rows
            }
            "stats" => stats(&rows, rest),
            other => panic!("{other} is not known here"),
        };
    }
    rows
}

fn fits(terms: &str, row: &Row) -> bool {
    terms.split(' ').all(|term| {
        let (name, value) = term.trim_matches(['(', ')']).split_once('=').unwrap();
        row.get(name).is_some_and(|values| values.contains(value.trim_matches('"')))
    })
}

/// Sorts by several names, the first of them above all: `+` upwards by text, `-` downwards by number.
fn sort(rows: &mut [Row], names: &str) {
    let first = |row: &Row, name: &str| row[name].first().unwrap().clone();
    let number = |row: &Row, name: &str| first(row, name).parse::<f64>().unwrap();
    let names = names.replace("- ", "-");
    for name in names.split(' ').rev() {
        match name.split_at(1) {
            ("+", name) => rows.sort_by_key(|row| first(row, name)),
            ("-", name) => rows.sort_by(|a, b| number(b, name).total_cmp(&number(a, name))),
            _ => panic!("{name} has no direction"),
        }
    }
}

fn dedup(rows: Vec<Row>, names: &str) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let key = |row: &Row| names.split(' ').map(|name| row.get(name).cloned()).collect::<Option<Vec<_>>>();
    rows.into_iter().filter(|row| key(row).is_some_and(|key| seen.insert(key))).collect()
}

fn stats(rows: &[Row], clauses: &str) -> Vec<Row> {
    let (functions, by) = clauses.split_once(" by ").unwrap_or((clauses, ""));
    let mut groups: BTreeMap<Option<&String>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        match row.get(by) {
            Some(values) => {
                for value in values {
                    groups.entry(Some(value)).or_default().push(row);
                }
            }
            None if by.is_empty() => groups.entry(None).or_default().push(row),
            None => {}
        }
    }
    let mut found = Vec::new();
    for (value, group) in groups {
        let mut result: Row = value.map(|value| (by.to_owned(), BTreeSet::from([value.clone()]))).into_iter().collect();
        let numbers = |name: &str| -> Vec<f64> {
            let values = group.iter().filter_map(|row| row.get(name)).flatten();
            values.map(|value| value.parse().unwrap()).collect()
        };
        for function in functions.split(' ') {
            match function.trim_end_matches(')').split_once('(') {
                Some(("values", "*")) => {
                    for (name, values) in group.iter().flat_map(|row| row.iter()) {
                        if name != by && !name.starts_with('_') {
                            result.entry(name.clone()).or_default().extend(values.clone());
                        }
                    }
                }
                Some(("max", name)) => {
                    let max = numbers(name).into_iter().fold(f64::MIN, f64::max);
                    result.insert(name.to_owned(), BTreeSet::from([format!("{max:.3}")]));
                }
                Some(("sum", name)) => {
                    let sum: f64 = numbers(name).iter().sum();
                    result.insert("sum".to_owned(), BTreeSet::from([sum.to_string()]));
                }
                // What follows `as` is the name that it has anyway.
                _ => assert!(["as", "*", "_time"].contains(&function), "{function} is not known here"),
            }
        }
        found.push(result);
    }
    found
}

/// What two controllers in one cluster send: the first one everything, and all of that twice; the second one, later, no more
/// than how it is used.
async fn events() -> Vec<Row> {
    let server = serve(cluster("everything")).await;
    let mut first = builder(&server).own_pod(own_pod()).build().unwrap();
    let usage = Setting::on().only(&[Category::Usage]);
    let second = Collector::builder(client(&server), "kong-operator", usage).environment(Environment::default());
    let mut second = second.own_pod(own_pod()).build().unwrap();
    let (first, second) = (first.preview().await.unwrap(), second.preview().await.unwrap());
    let at = |seconds: u64, envelope: &Arc<Envelope>| {
        let time = Duration::from_secs(seconds);
        row(&Envelope { time, ..(**envelope).clone() })
    };
    let twice = first.iter().chain(&first).map(|envelope| at(100, envelope));
    twice.chain(second.iter().map(|envelope| at(200, envelope))).collect()
}

/// The same of the first controller, later, when its cluster has grown.
fn again(events: &[Row]) -> Vec<Row> {
    let set = |row: &mut Row, name: &str, value: &str| row.insert(name.to_owned(), BTreeSet::from([value.to_owned()]));
    let mut rows: Vec<Row> = events.iter().filter(|event| values(event, "_time") == ["100.000"]).cloned().collect();
    for row in &mut rows {
        set(row, "report_id", "again");
        set(row, "_time", "300.000");
        if row.contains_key("cluster.node_count") {
            set(row, "cluster.node_count", "4000");
        }
    }
    rows
}

fn values<'a>(row: &'a Row, name: &str) -> Vec<&'a str> {
    row.get(name).into_iter().flatten().map(String::as_str).collect()
}

#[tokio::test]
async fn a_report_is_one_row_with_all_that_it_says() {
    let (app, events) = (kong(), events().await);
    let reports = search(&app, "`kong_telemetry_reports`", &events);
    assert_eq!(reports.len(), 2);
    for report in &reports {
        let own: Vec<&Row> = events.iter().filter(|event| event["report_id"] == report["report_id"]).collect();
        let told: BTreeSet<&String> = own.iter().flat_map(|event| event.keys()).collect();
        assert_eq!(report.keys().collect::<BTreeSet<_>>(), told);
        // What stands in one event alone, and what the events agree on, has one value unless it is a list.
        let several: Vec<&String> = report
            .iter()
            .filter(|(name, values)| values.len() > 1 && !name.ends_with("{}"))
            .map(|(name, _)| name)
            .collect();
        assert!(several.iter().all(|name| ["event", "ktel_event"].contains(&name.as_str())), "{several:?}");
    }
}

#[tokio::test]
async fn what_arrives_twice_counts_once() {
    let (app, events) = (kong(), events().await);
    let all = search(&app, "`kong_telemetry_events`", &events);
    let once = search(&app, "`kong_telemetry_events` | `kong_telemetry_dedup`", &events);
    let kinds: BTreeSet<_> = events.iter().map(|event| (&event["report_id"], &event["event"])).collect();
    assert_eq!((all.len(), once.len()), (events.len(), kinds.len()));
    assert!(once.len() < all.len());
    let usage = search(&app, "`kong_telemetry_events(USAGE)` | `kong_telemetry_dedup`", &events);
    assert_eq!(usage.len(), 2);
}

/// Two controllers see the same nodes. The one that may not tell them does not take them from the other one.
#[tokio::test]
async fn a_cluster_counts_once_and_keeps_its_nodes() {
    let (app, mut events) = (kong(), events().await);
    let [nodes] = values(&events[0], "cluster.node_count")[..] else { panic!("{:#?}", events[0]) };
    let clusters = search(&app, "`kong_telemetry_clusters`", &events);
    assert_eq!(clusters.len(), 1);
    assert_eq!(values(&clusters[0], "cluster.node_count"), [nodes]);
    assert_eq!(values(&clusters[0], "product.name"), ["kong-ingress-controller", "kong-operator"]);
    let sums = search(&app, "`kong_telemetry_clusters` | stats sum(cluster.node_count) by cluster.platform", &events);
    assert_eq!(values(&sums[0], "sum"), [nodes]);

    events.extend(again(&events));
    let clusters = search(&app, "`kong_telemetry_clusters`", &events);
    assert_eq!(values(&clusters[0], "cluster.node_count"), ["4000"], "the latest counts alone");
}

#[tokio::test]
async fn an_installation_has_its_latest_report() {
    let (app, mut events) = (kong(), events().await);
    events.extend(again(&events));
    assert_eq!(search(&app, "`kong_telemetry_reports`", &events).len(), 3);
    let installations = search(&app, "`kong_telemetry_installations`", &events);
    let times: Vec<_> = installations.iter().map(|row| values(row, "_time")).collect();
    assert_eq!(times, [["300.000"], ["200.000"]]);
    assert_eq!(values(&installations[0], "report_id"), ["again"]);
}

/// Each page of a question has searches that can be run: their macros find rows, and in these rows, or among what they say is absent,
/// stands each name that is searched.
#[tokio::test]
async fn the_searches_of_a_question_find_its_fields() {
    let (app, events) = (kong(), events().await);
    let mut count = 0;
    for entry in std::fs::read_dir(root().join("docs/generated/questions")).unwrap() {
        let path = entry.unwrap().path();
        for text in searches(&std::fs::read_to_string(&path).unwrap()) {
            app.check(&text);
            let (rows, rest) = text.split_once(" | ").unwrap();
            let rows = search(&app, rows, &events);
            assert!(!rows.is_empty(), "{}: {text}", path.display());
            let absent: BTreeSet<&str> = rows
                .iter()
                .flat_map(|row| row.iter().filter(|(name, _)| name.starts_with("absent.")))
                .flat_map(|(_, values)| values.iter().map(String::as_str))
                .collect();
            let names = rest.split(|c: char| !(c.is_alphanumeric() || "_.{}".contains(c)));
            for name in names.filter(|name| name.contains('.')) {
                let path = name.trim_end_matches("{}");
                let mut above = path.match_indices('.').map(|(end, _)| &path[..end]).chain([path]);
                let is_there = rows.iter().any(|row| row.contains_key(name)) || above.any(|path| absent.contains(path));
                assert!(is_there, "{name} is in no row: {text}");
                count += 1;
            }
        }
    }
    assert!(count > 100, "the searches were not found: {count}");
}

/// What is not installed or not applicable counts as zero; what is not known leaves the denominator.
#[tokio::test]
async fn an_adoption_has_the_right_denominator() {
    let (app, events) = (kong(), events().await);
    let [cluster] = &search(&app, "`kong_telemetry_clusters`", &events)[..] else { panic!("one cluster") };
    let field = "gateway_api.gateway_count";
    let told = |value: &str| (field, value.to_owned());
    let absent = |reason: &'static str, path: &str| (reason, path.to_owned());
    let rows = [
        told("6"),
        told("0"),
        absent("absent.not_installed{}", "gateway_api"),
        absent("absent.forbidden{}", field),
        // The name of another section is no name of a section around the field.
        absent("absent.not_installed{}", "gateway"),
    ];
    let rows = rows.map(|(name, value)| {
        let mut row = cluster.clone();
        row.retain(|name, _| name != field && !name.starts_with("absent."));
        row.insert(name.to_owned(), BTreeSet::from([value]));
        row
    });
    let expanded = app.expand(&format!("`kong_telemetry_adoption({field})`"));
    let share = adoption(&expanded, field, &rows);
    assert_eq!(share, (1, 3), "{expanded}");
}

/// How many rows are above zero, of how many that count. The expression is read as it is written: pairs of a condition and a number.
fn adoption(expression: &str, field: &str, rows: &[Row]) -> (usize, usize) {
    let cases = expression.strip_prefix("avg(eval(case(").unwrap();
    let cases = cases.strip_suffix(&format!("))) as \"{field}\"")).unwrap();
    let mut values = Vec::new();
    for row in rows {
        let number = row.get(field).map(|values| values.first().unwrap().parse::<f64>().unwrap());
        let named = |condition: &str, list: &str| {
            let pattern = format!(r#"isnotnull(mvfilter(match("{field}","^".'{list}'."(\.|\z)")))"#);
            let parent = |path: &String| field == path || field.starts_with(&format!("{path}."));
            condition == pattern && row.get(list).is_some_and(|paths| paths.iter().any(parent))
        };
        // A comma inside of a condition stands before a quote, one between a condition and its number does not.
        let pieces: Vec<String> =
            cases.replace(",\"", "\u{0}\"").split(',').map(|piece| piece.replace('\0', ",")).collect();
        let holds = |condition: &str| {
            (condition == format!("'{field}'>0") && number.is_some_and(|number| number > 0.0))
                || (condition == format!("'{field}'=0") && number == Some(0.0))
                || named(condition, "absent.not_installed{}")
                || named(condition, "absent.not_applicable{}")
        };
        values.extend(pieces.chunks(2).find(|pair| holds(&pair[0])).map(|pair| pair[1].parse::<usize>().unwrap()));
    }
    (values.iter().sum(), values.len())
}
