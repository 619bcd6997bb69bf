//! The dictionary in the terminal.

use ktel_types::fields;

use crate::bench::{check_refusal, ktel, text};

fn explain(name: &str) -> String {
    let output = ktel(&["explain", name]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn every_field_section_and_question_is_explained_in_80_columns() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for field in fields::ALL {
        let shown = explain(field.path);
        // A path is one word, however long.
        let fits = |line: &str| line.chars().count() <= 80 || line.split(' ').any(|word| word.len() > 64);
        assert!(shown.lines().all(fits), "{shown}");
        for said in [field.path, field.meaning, field.source] {
            assert!(words(&shown).contains(&words(said)), "{said}\n{shown}");
        }
        if let Some((section, name)) = field.path.rsplit_once('.') {
            assert!(explain(section).contains(&format!("{section}.{name}\n")), "{section}");
        }
    }
    for question in fields::QUESTIONS {
        assert!(explain(question.id).contains(&format!("{}\n", question.text)), "{}", question.id);
    }
    assert!(explain("envelope").contains("\n  report_id\n"));
    let overview = text(&ktel(&["explain"]).output().unwrap().stdout);
    assert!(overview.contains("  kong.plugins ") && overview.contains("ingress-rules"), "{overview}");
    assert!(overview.lines().all(|line| line.chars().count() <= 80), "{overview}");
}

#[test]
fn a_value_of_a_list_is_explained_with_it() {
    let shown = explain("cluster.platform");
    assert!(shown.contains("\n  EKS\n    ") && shown.contains("one of the values of Platform"), "{shown}");
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    for (slip, meant) in [
        ("cluster.node_cuont", "did you mean cluster.node_count"),
        ("node_count", "cluster.node_count"),
        ("kong.plugin", "kong.plugins"),
        ("ingres-rules", "ingress-rules"),
    ] {
        check_refusal(&ktel(&["explain", slip]).output().unwrap(), 1, "is no field, section or question", meant);
    }
    check_refusal(&ktel(&["explain", "weather"]).output().unwrap(), 1, "`weather` is no field", "`ktel explain` alone");
}

#[test]
fn the_dictionary_is_there_as_json() {
    let json = |arguments: &[&str]| text(&ktel(arguments).output().unwrap().stdout);
    let dictionary: serde_json::Value = serde_json::from_str(&json(&["schema", "--json"])).unwrap();
    assert_eq!(dictionary["fields"].as_array().unwrap().len(), fields::ALL.len());
    assert_eq!(json(&["schema", "--json"]), json(&["schema", "dictionary"]));
}
