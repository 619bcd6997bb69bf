//! Edits of what is said of the standard as a whole.

use ktel_codegen::compare::Class::{Break, Doc, Privacy};

use super::{Edit, Kind};
use crate::sources::{Sources, Texts};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("retention lengthened", Some(Privacy), |s| said(s, "retention_days = 400", "retention_days = 500")),
    Kind::new("retention shortened", Some(Doc), |s| said(s, "retention_days = 400", "retention_days = 300")),
    Kind::new("purpose changed", Some(Privacy), |s| {
        said(s, "purpose = \"To learn", "purpose = \"To sell and to learn")
    }),
    Kind::new("sourcetype changed", Some(Break), |s| said(s, "kong:telemetry:v1", "kong:telemetry:new")),
    Kind::new("id base changed", Some(Break), |s| said(s, "konghq.com/telemetry/v1", "konghq.com/telemetry/new")),
    Kind::new("question edited", Some(Doc), |s| {
        let edits = said(s, "How many ingress rules", "How many rules").into_iter();
        edits.map(|edit| Edit { subject: "ingress-rules".into(), ..edit }).collect()
    }),
    Kind::new("package changed", Some(Break), |s| {
        let (old, new) = ("package kong.telemetry.v1;", "package kong.telemetry.v2;");
        vec![Edit::new("report", s.0.iter().map(|(file, text)| (file.clone(), text.replace(old, new))).collect())]
    }),
];

fn said(sources: &Sources, old: &str, new: &str) -> Vec<Edit> {
    let report = &sources.0["report.proto"];
    assert_eq!(report.matches(old).count(), 1, "{old}");
    vec![Edit::new("report", Texts::from([("report.proto".to_owned(), report.replace(old, new))]))]
}
