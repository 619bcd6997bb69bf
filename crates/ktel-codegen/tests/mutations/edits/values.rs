//! Edits of the values of enums.

use ktel_codegen::compare::Class::{Addition, Break, Doc};

use super::{Edit, Kind, replaced};
use crate::sources::{Site, Sources};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("value deleted", Some(Break), |s| edits(s, |site| Some(reserved(site)))),
    Kind::new("value renamed", Some(Break), |s| {
        edits(s, |site| Some(site.text.replace(&format!("    {} =", site.name), &format!("    OTHER_{} =", site.name))))
    }),
    Kind::new("value renumbered", Some(Break), |s| edits(s, |site| Some(site.text.replacen(" = ", " = 90", 1)))),
    Kind::new("value added", Some(Addition), |s| {
        let added = edits(s, |site| Some(format!("{}    // Something new.\n    BRAND_NEW = 900;\n", site.text)));
        added.into_iter().map(|edit| Edit { subject: "BRAND_NEW".into(), ..edit }).collect()
    }),
    Kind::new("value deprecated", Some(Addition), |s| edits(s, |site| Some(deprecated(site)))),
    Kind::new("deprecated value removed, both reserved", Some(Addition), |s| removed(s, reserved)),
    Kind::new("deprecated value removed, nothing reserved", Some(Break), |s| removed(s, |_| String::new())),
    Kind::new("comment of value edited", Some(Doc), |s| edits(s, |site| Some(format!("    // Or so.\n{}", site.text)))),
    Kind::new("word in the line added", Some(Addition), |s| {
        edits(s, |site| {
            let word = " [(ktel.v1.value).line = \"mutant\"];\n";
            (!site.text.contains(" [")).then(|| site.text.replace(";\n", word))
        })
    }),
    Kind::new("word in the line changed", Some(Break), |s| {
        edits(s, |site| site.text.contains(" [(").then(|| site.text.replace("line = \"", "line = \"mutant-")))
    }),
];

/// One edit for each value whose declaration can be written otherwise, and is like no other one of its file.
fn edits(sources: &Sources, edit: impl Fn(&Site) -> Option<String>) -> Vec<Edit> {
    let edits = unique(sources).into_iter().filter_map(|site| {
        let text = edit(&site)?;
        Some(Edit::new(&site.name, replaced(sources, &site, &text)))
    });
    edits.collect()
}

fn removed(sources: &Sources, place: impl Fn(&Site) -> String) -> Vec<Edit> {
    let edits = unique(sources).into_iter().map(|site| Edit {
        subject: site.name.clone(),
        before: replaced(sources, &site, &deprecated(&site)),
        after: replaced(sources, &site, &place(&site)),
    });
    edits.collect()
}

fn unique(sources: &Sources) -> Vec<Site> {
    let is_unique = |site: &Site| sources.0[&site.file].matches(&site.text).count() == 1;
    sources.values().into_iter().filter(is_unique).collect()
}

fn deprecated(site: &Site) -> String {
    if site.text.contains(" [") {
        site.text.replacen(" [", " [deprecated = true, ", 1)
    } else {
        site.text.replace(";\n", " [deprecated = true];\n")
    }
}

fn reserved(site: &Site) -> String {
    let number = site.text.split(" = ").nth(1).unwrap().split([' ', ';']).next().unwrap();
    format!("    reserved {number};\n    reserved \"{}\";\n", site.name)
}
