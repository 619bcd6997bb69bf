//! Fields that were deprecated in the version before, and are removed.

use ktel_codegen::compare::Class::{Addition, Break};

use super::{Edit, Kind, block::Block, opened, replaced};
use crate::sources::{Sources, Texts};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("deprecated field removed, both reserved", Some(Addition), |s| {
        removed(s, |number, name| format!("  reserved {number};\n  reserved \"{name}\";\n"))
    }),
    Kind::new("deprecated field removed, nothing reserved", Some(Break), |s| removed(s, |_, _| String::new())),
    Kind::new("deprecated field removed, number reserved", Some(Break), |s| {
        removed(s, |number, _| format!("  reserved {number};\n"))
    }),
    Kind::new("deprecated field removed, name reserved", Some(Break), |s| {
        removed(s, |_, name| format!("  reserved \"{name}\";\n"))
    }),
    Kind::new("reservation dropped", Some(Break), dropped),
];

/// Optional fields that were deprecated, each removed with what is reserved in its place.
fn removed(sources: &Sources, reserved: impl Fn(u32, &str) -> String) -> Vec<Edit> {
    let edits = sources.fields().into_iter().filter(|site| site.text.contains("\n  optional ")).map(|site| {
        let mut block = Block::of(&site);
        let _ = block.add("deprecated.reason", "\"Nobody asks.\"");
        let before = replaced(sources, &site, &block.text());
        let without = &replaced(sources, &site, "")[&site.file];
        let after = opened(without, &site.message, &reserved(block.number(), &site.name));
        Edit { subject: site.name.clone(), before, after: Texts::from([(site.file, after)]) }
    });
    edits.collect()
}

/// Numbers and names that were reserved, and no longer are.
fn dropped(sources: &Sources) -> Vec<Edit> {
    let edits = sources.fields().into_iter().map(|site| {
        let file = &sources.0[&site.file];
        let before = opened(file, &site.message, "  reserved 901 to 910;\n  reserved \"atlantis\";\n");
        Edit {
            subject: "atlantis".to_owned(),
            before: Texts::from([(site.file.clone(), before)]),
            after: Texts::from([(site.file.clone(), file.clone())]),
        }
    });
    edits.collect()
}
