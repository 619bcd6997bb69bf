//! Edits of one field, and fields that are added or moved.

mod bounds;
mod said;
mod types;

use ktel_codegen::compare::Class::{Addition, Break, Privacy};

use super::{Edit, Kind, block::Block, opened, replaced};
use crate::sources::{Site, Sources, Texts};

/// What a section can be given.
const NEW: &str = r#"  // How often the moon was full.
  optional uint32 full_moon_count = 900 [
    (ktel.v1.field).sensitivity = TECHNICAL,
    (ktel.v1.field).answers = "activity",
    (ktel.v1.field).source = "the moon",
    (ktel.v1.field).owner = "astronomy",
    (ktel.v1.field).example = "3",
    (ktel.v1.field).unit = "count",
    (ktel.v1.field).min = 1,
    (ktel.v1.field).max = 90
  ];
"#;

pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    [KINDS, bounds::KINDS, said::KINDS, types::KINDS].into_iter().flatten()
}

static KINDS: &[Kind] = &[
    Kind::new("field deleted", Some(Break), |s| texts(s, |_| Some(String::new()))),
    Kind::new("field renamed", Some(Break), |s| {
        named(s, |b, name| b.rewrite(&format!(" {name} ="), &format!(" other_{name} =")))
    }),
    Kind::new("field renumbered", Some(Break), |s| {
        blocks(s, |b| b.rewrite(&format!("= {} [", b.number()), &format!("= {} [", b.number() + 900)))
    }),
    Kind::new("field swapped with its neighbour", None, swapped),
    Kind::new("field moved to another section", Some(Break), moved),
    Kind::new("field added", Some(Addition), |s| added(s, NEW)),
    Kind::new("identifier added", Some(Privacy), |s| added(s, &NEW.replace("TECHNICAL", "IDENTIFIER"))),
    Kind::new("field with a new read added", Some(Privacy), |s| {
        let counts = "\"the moon\",\n    (ktel.v1.field).counts = \"sky.example/v1/moons\",";
        added(s, &NEW.replace("\"the moon\",", counts))
    }),
    Kind::new("required field added", Some(Break), |s| added(s, &NEW.replace("optional ", ""))),
];

/// One edit for each field of which the declaration can be written otherwise.
fn texts(sources: &Sources, edit: impl Fn(&Site) -> Option<String>) -> Vec<Edit> {
    let edited = sources.fields().into_iter().filter_map(|site| {
        let text = edit(&site)?;
        Some(Edit::new(&site.name, replaced(sources, &site, &text)))
    });
    edited.collect()
}

fn named(sources: &Sources, edit: impl Fn(&mut Block, &str) -> Option<()>) -> Vec<Edit> {
    texts(sources, |site| {
        let mut block = Block::of(site);
        edit(&mut block, &site.name)?;
        Some(block.text())
    })
}

fn blocks(sources: &Sources, edit: impl Fn(&mut Block) -> Option<()>) -> Vec<Edit> {
    named(sources, |block, _| edit(block))
}

/// A field in each section.
fn added(sources: &Sources, field: &str) -> Vec<Edit> {
    let mut messages: Vec<(String, String)> =
        sources.fields().into_iter().map(|site| (site.file, site.message)).collect();
    messages.dedup();
    let edits = messages.into_iter().map(|(file, message)| {
        let text = opened(&sources.0[&file], &message, field);
        // A read is named by its category, a field by its name.
        Edit::new("full_moon_count", Texts::from([(file, text)]))
    });
    edits.collect()
}

/// A field of numbers in another file's section.
fn moved(sources: &Sources) -> Vec<Edit> {
    let edits = sources.fields().into_iter().filter_map(|site| {
        let mut block = Block::of(&site);
        let (file, message) =
            if site.file == "delivery.proto" { ("product.proto", "Product") } else { ("delivery.proto", "Delivery") };
        block.head.starts_with("  optional uint32 ").then_some(())?;
        block.rewrite(&format!("= {} [", block.number()), "= 900 [")?;
        let mut after = replaced(sources, &site, "");
        after.insert(file.to_owned(), opened(&sources.0[file], message, &block.text()));
        Some(Edit::new(&site.name, after))
    });
    edits.collect()
}

/// Two fields in the other order.
fn swapped(sources: &Sources) -> Vec<Edit> {
    let sites = sources.fields();
    let edits = sites.windows(2).filter(|pair| pair[0].message == pair[1].message).map(|pair| {
        let (one, next) = (&pair[0].text, &pair[1].text);
        let text = sources.0[&pair[0].file].replace(one, "\u{0}").replace(next, one).replace('\u{0}', next);
        Edit::new(&pair[0].name, Texts::from([(pair[0].file.clone(), text)]))
    });
    edits.collect()
}
