//! Findings as GitHub and tools want them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use expect_test::expect;
use ktel_codegen::{
    lint::{Finding, Format, RULES},
    model::Location,
};
use serde::Deserialize;

/// What SARIF 2.1.0 requires of a log, of what is used here. A key that it does not have would be refused, too.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    #[serde(rename = "$schema")]
    schema: String,
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Run {
    tool: Tool,
    column_kind: String,
    results: Vec<ResultObject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Driver {
    name: String,
    version: String,
    rules: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Descriptor {
    id: String,
    short_description: Message,
    full_description: Message,
    default_configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    level: Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResultObject {
    rule_id: String,
    rule_index: usize,
    level: Level,
    message: Message,
    locations: Vec<Place>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Place {
    physical_location: PhysicalLocation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ArtifactLocation {
    uri: String,
    uri_base_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Region {
    start_line: usize,
    start_column: usize,
}

fn findings() -> Vec<Finding> {
    let at = |line, column| Location { file: "schema/a b.proto".into(), line, column };
    vec![
        Finding { at: at(3, 5), message: "`a` has no max".into(), help: "add it".into(), rule: "missing-bound" },
        Finding { at: at(7, 1), message: "100% \"odd\",\n\\".into(), help: "mend it".into(), rule: "allow-unused" },
    ]
}

fn log(findings: &[Finding]) -> Log {
    serde_json::from_str(&Format::Sarif.write(findings)).unwrap()
}

#[test]
fn sarif_has_the_structure_that_it_requires() {
    let Log { schema, version, runs } = log(&findings());
    assert!(schema.ends_with("/sarif-schema-2.1.0.json"), "{schema}");
    assert_eq!((version.as_str(), runs.len()), ("2.1.0", 1));
    for Run { tool: Tool { driver }, column_kind, results } in runs {
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&column_kind.as_str()));
        assert!(!driver.name.is_empty() && driver.version == env!("CARGO_PKG_VERSION"));
        let ids: Vec<&str> = driver.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "each rule is described once");
        for rule in &driver.rules {
            assert!(rule.full_description.text.starts_with(&rule.short_description.text), "{}", rule.id);
            assert_eq!(rule.default_configuration.level, Level::Error);
        }
        for (result, finding) in results.iter().zip(findings()) {
            assert_eq!(driver.rules[result.rule_index].id, result.rule_id);
            assert_eq!((result.rule_id.as_str(), &result.level), (finding.rule, &Level::Error));
            assert_eq!(result.message.text, format!("{}: {}", finding.message, finding.help));
            let [Place { physical_location: PhysicalLocation { artifact_location, region } }] = &result.locations[..]
            else {
                panic!("one place each")
            };
            assert_eq!((region.start_line, region.start_column), (finding.at.line, finding.at.column));
            assert_eq!(
                (artifact_location.uri.as_str(), artifact_location.uri_base_id.as_str()),
                ("schema/a%20b.proto", "%SRCROOT%")
            );
        }
        assert_eq!(results.len(), findings().len());
    }
}

#[test]
fn what_is_in_order_is_an_empty_run() {
    assert!(log(&[]).runs[0].results.is_empty());
    assert_eq!(Format::Text.write(&[]) + &Format::GitHub.write(&[]), "");
}

#[test]
fn people_and_workflows_are_told_the_same() {
    expect![[r#"
        schema/a b.proto:3:5: `a` has no max [missing-bound]
          help: add it
        schema/a b.proto:7:1: 100% "odd",
        \ [allow-unused]
          help: mend it
    "#]]
    .assert_eq(&Format::Text.write(&findings()));
    expect![[r#"
        ::error file=schema/a b.proto,line=3,col=5,title=missing-bound::`a` has no max%0Ahelp: add it
        ::error file=schema/a b.proto,line=7,col=1,title=allow-unused::100%25 "odd",%0A\%0Ahelp: mend it
    "#]]
    .assert_eq(&Format::GitHub.write(&findings()));
}
