//! Edits of types and presence.

use ktel_codegen::compare::Class::{Addition, Break};

use super::{super::Kind, blocks};

const UUID: &str = "\"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\"";

pub(super) static KINDS: &[Kind] = &[
    Kind::new("type made a fraction", Some(Break), |s| blocks(s, |b| b.rewrite("uint32 ", "double "))),
    Kind::new("type made a text", Some(Break), |s| {
        blocks(s, |b| {
            b.rewrite("uint32 ", "string ")?;
            for key in ["min", "max", "merge"] {
                let _ = b.cut(key);
            }
            b.add("pattern", "\"[0-9]+\"")?;
            b.add("max_length", "9")
        })
    }),
    Kind::new("type made a number", Some(Break), |s| {
        blocks(s, |b| {
            b.rewrite(" bool ", " uint32 ")?;
            b.set("example", "\"1\"")?;
            b.add("min", "0")?;
            b.add("max", "1")
        })
    }),
    Kind::new("enum made a text", Some(Break), |s| {
        blocks(s, |b| {
            let name = b.head.split_whitespace().find(|word| word.ends_with(".Value"))?.to_owned();
            b.rewrite(&name, "string")?;
            b.add("pattern", "\"[A-Z_0-9]+\"")?;
            b.add("max_length", "40")
        })
    }),
    Kind::new("integer widened", Some(Addition), |s| blocks(s, |b| b.rewrite("uint32 ", "int32 "))),
    Kind::new("integer made to go below zero", Some(Break), |s| {
        blocks(s, |b| {
            b.rewrite("uint32 ", "int32 ")?;
            b.set("min", "-1")
        })
    }),
    Kind::new("optional made required", Some(Break), |s| blocks(s, |b| b.rewrite("optional ", ""))),
    Kind::new("required made optional", Some(Break), |s| {
        blocks(s, |b| {
            let is_required = !b.head.starts_with("  optional ") && !b.head.starts_with("  repeated ");
            is_required.then_some(())?;
            b.rewrite("  ", "  optional ")
        })
    }),
    Kind::new("one made many", Some(Break), |s| {
        blocks(s, |b| {
            b.lacks("indexed")?;
            b.rewrite("optional ", "repeated ")?;
            b.add("max_items", "3")
        })
    }),
    Kind::new("format dropped", Some(Addition), |s| {
        blocks(s, |b| {
            (b.get("format")? == "\"uuid\"").then_some(())?;
            b.cut("format")?;
            b.add("pattern", UUID)
        })
    }),
    Kind::new("format changed", Some(Break), |s| {
        blocks(s, |b| {
            (b.get("format")? == "\"uuid\"").then_some(())?;
            b.set("format", "\"date-time\"")?;
            b.set("example", "\"2026-11-24T09:30:00Z\"")
        })
    }),
    Kind::new("unit changed", Some(Break), |s| blocks(s, |b| b.set("unit", "\"furlongs\""))),
];
