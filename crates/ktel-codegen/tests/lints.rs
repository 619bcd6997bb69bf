//! Each rule, on a standard that breaks it and no other one.
//!
//! A case is `golden/lints/<id>.proto`, with what is found beside it. It is the section of `base/report.proto`, or a whole report
//! where the rule is about that. `UPDATE_EXPECT=1 cargo test -p ktel-codegen` writes anew what is found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use ktel_codegen::{
    lint::{Finding, Format, RULES},
    read,
};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/lints")
}

/// What is found in a case, on a day on which some ends have come.
fn lint(case: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    if case.contains("message Report ") {
        fs::write(folder.path().join("report.proto"), case).unwrap();
    } else {
        fs::copy(cases().join("base/report.proto"), folder.path().join("report.proto")).unwrap();
        fs::write(folder.path().join("section.proto"), case).unwrap();
    }
    match read::read_on(folder.path(), &vocabulary, Some("2026-11-24".parse().unwrap())) {
        Ok(_) => Vec::new(),
        Err(read::Error::Findings(findings)) => findings,
        Err(error) => panic!("{error}"),
    }
}

fn case(id: &str) -> String {
    fs::read_to_string(cases().join(id).with_extension("proto")).unwrap_or_else(|_| panic!("`{id}` has no case"))
}

#[test]
fn each_rule_has_a_case_that_breaks_no_other_one() {
    for rule in RULES {
        let findings = lint(&case(rule.id));
        let found: BTreeSet<&str> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(found, BTreeSet::from([rule.id]), "{findings:#?}");
        expect_file![cases().join(rule.id).with_extension("txt")].assert_eq(&Format::Text.write(&findings));
    }
}

#[test]
fn each_case_is_that_of_a_rule() {
    let rules = RULES.iter().flat_map(|rule| ["proto", "txt"].map(|extension| format!("{}.{extension}", rule.id)));
    let rules: BTreeSet<String> = rules.collect();
    let files = fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let orphans: Vec<String> = files.filter(|name| name != "base" && !rules.contains(name)).collect();
    assert_eq!(orphans, [] as [&str; 0], "cases of no rule");
}

#[test]
fn what_the_cases_have_in_common_breaks_nothing() {
    assert_eq!(lint(&case("base/section")), []);
}

/// With an `allow` at the fields in question, a rule that may be broken is silent, and any other one is not.
#[test]
fn what_may_be_broken_can_be_allowed() {
    for rule in RULES {
        let source = case(rule.id);
        let lines = lint(&source).into_iter().map(|finding| finding.at.line).collect::<BTreeSet<_>>();
        let is_at_field = |line: &usize| source.lines().nth(line - 1).is_some_and(|line| line.ends_with(" ["));
        if !lines.iter().all(is_at_field) {
            assert!(!rule.may_be_allowed, "what the case of `{}` breaks it with cannot allow it", rule.id);
            continue;
        }
        let mut allowed = source.clone();
        for line in lines.into_iter().rev() {
            let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
            let end = start + source[start..].find("\n  ];").unwrap();
            let allow = format!("{{ rule: \"{}\" reason: \"It is tried.\" until: \"9.9\" }}", rule.id);
            allowed.insert_str(end, &format!(",\n    (ktel.v1.field).allow = {allow}"));
        }
        let found = lint(&allowed);
        let found: BTreeSet<&str> = found.iter().map(|finding| finding.rule).collect();
        let expected = if rule.may_be_allowed { BTreeSet::new() } else { BTreeSet::from([rule.id, "allow-rule"]) };
        assert_eq!(found, expected, "{}", rule.id);
    }
}

#[test]
fn a_rule_says_what_and_why_in_sentences() {
    for rule in RULES {
        let is_kebab = rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let is_sentence = |text: &str| text.ends_with('.') && !text.contains('|');
        assert!(is_kebab && is_sentence(rule.what) && is_sentence(rule.why), "{rule:?}");
    }
    assert_eq!(RULES.iter().map(|rule| rule.id).collect::<BTreeSet<_>>().len(), RULES.len());
}

/// Dates count where one is given, and nowhere else: a build must come to the same result tomorrow.
#[test]
fn no_date_counts_that_was_not_given() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(cases().join("base/report.proto"), folder.path().join("report.proto")).unwrap();
    fs::write(folder.path().join("section.proto"), case("expired")).unwrap();
    let vocabulary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    assert!(read::read(folder.path(), &vocabulary).is_ok());
}
