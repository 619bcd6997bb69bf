//! Findings as a SARIF log: the rules that there are, then what breaks them.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use crate::lint::{Finding, RULES, Rule};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn log(findings: &[Finding]) -> String {
    let rules: Vec<Value> = RULES.iter().map(descriptor).collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let driver = json!({ "name": "ktel", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    format!("{:#}\n", json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }))
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.what },
        "fullDescription": { "text": format!("{} {}", rule.what, rule.why) },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding) -> Value {
    let Finding { at, message, help, rule } = finding;
    let place = json!({
        "artifactLocation": { "uri": uri(&at.file), "uriBaseId": "%SRCROOT%" },
        "region": { "startLine": at.line, "startColumn": at.column },
    });
    json!({
        "ruleId": rule,
        "ruleIndex": RULES.iter().position(|row| row.id == *rule),
        "level": "error",
        "message": { "text": format!("{message}: {help}") },
        "locations": [{ "physicalLocation": place }],
    })
}

/// The path of a file as a relative reference: what is not plain in one is written in percent.
fn uri(file: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    file.bytes()
        .map(|byte| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_relative_reference() {
        assert_eq!(uri("schema/kong/telemetry/v1/a b:ä.proto"), "schema/kong/telemetry/v1/a%20b%3A%C3%A4.proto");
    }
}
