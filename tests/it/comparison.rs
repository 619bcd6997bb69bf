//! The page that holds ktel beside the library that it replaces, beside the run that it was written of.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::support::root;

fn read(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A number as the page has it, its thousands apart.
fn number(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits: Vec<&str> = whole.as_bytes().rchunks(3).rev().map(|three| str::from_utf8(three).unwrap()).collect();
    digits.join(",") + rest
}

#[test]
fn the_page_has_each_key_of_the_run() {
    let (run, page) = (serde_json::from_str::<Value>(&read("comparison.json")).unwrap(), read("comparison.md"));
    let mut keys: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let relations = ["same", "differs", "only in the library", "only in ktel"];
    for row in array(&run["keys"]) {
        let place = relations.iter().position(|relation| row["relation"] == *relation).unwrap();
        keys.entry(row["key"].as_str().unwrap()).or_default()[place] += 1;
    }
    assert!(keys.len() > 20, "a line has many keys");
    for (key, [same, differs, there, here]) in keys {
        let row =
            page.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap_or_else(|| panic!("{key}"));
        let numbers = format!("| {same} | {differs} | {there} | {here} | ");
        let (_, why) =
            row.split_once(&numbers).unwrap_or_else(|| panic!("{key} has other numbers than the run: {row}"));
        assert_eq!(differs + there + here > 0, why.len() > 2, "{key} has a reason if it is not the same");
    }
}

#[test]
fn the_page_has_the_costs_of_the_run() {
    let (run, page) = (serde_json::from_str::<Value>(&read("comparison.json")).unwrap(), read("comparison.md"));
    let figure = |cost: &Value, name: &str| cost[name].as_f64().unwrap();
    let mut rows = page.lines().filter(|line| line.contains(" | library | ") || line.contains(" | ktel | "));
    for cost in array(&run["costs"]) {
        for who in ["library", "ktel"] {
            let cost = &cost[who];
            let cells = [
                number(figure(cost, "requests"), 0),
                number(figure(cost, "bytes") / 1e6, 2),
                number(figure(cost, "seconds"), 2),
                number(figure(cost, "core_seconds"), 3),
                number(figure(cost, "peak_kib") / 1024.0, 1),
                number(figure(cost, "said"), 0),
            ];
            let row = rows.next().unwrap();
            assert!(row.ends_with(&format!("| {who} | {} |", cells.join(" | "))), "{row} is not {cells:?}");
        }
    }
    assert_eq!(rows.next(), None);
    assert_eq!(array(&run["costs"]).len(), 6, "three sizes, with a mesh and without");
    assert!(
        page.contains(run["date"].as_str().unwrap())
            && page.contains(run["versions"]["library"]["version"].as_str().unwrap())
    );
}
