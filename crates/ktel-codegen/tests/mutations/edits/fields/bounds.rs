//! Edits of bounds.

use ktel_codegen::compare::Class::{Addition, Break};

use super::{
    super::{Edit, Kind, block::Block},
    blocks,
};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("max tightened", Some(Break), |s| blocks(s, |b| moved(b, "max", -1))),
    Kind::new("max loosened", Some(Addition), |s| blocks(s, |b| moved(b, "max", 1))),
    Kind::new("min tightened", Some(Break), |s| blocks(s, |b| moved(b, "min", 1))),
    // Zero is as low as it goes: what was above zero is loosened.
    Kind::new("min loosened", Some(Addition), |s| {
        let tightened = blocks(s, |b| moved(b, "min", 1)).into_iter();
        tightened.map(|edit| Edit { before: edit.after, after: edit.before, ..edit }).collect()
    }),
    Kind::new("max_length tightened", Some(Break), |s| blocks(s, |b| moved(b, "max_length", -1))),
    Kind::new("max_length loosened", Some(Addition), |s| blocks(s, |b| moved(b, "max_length", 1))),
    Kind::new("max_items tightened", Some(Break), |s| blocks(s, |b| moved(b, "max_items", -1))),
    Kind::new("max_items loosened", Some(Addition), |s| blocks(s, |b| moved(b, "max_items", 1))),
    Kind::new("pattern tightened", Some(Break), |s| blocks(s, |b| repeated(b, -1))),
    Kind::new("pattern loosened", Some(Addition), |s| blocks(s, |b| repeated(b, 1))),
];

/// Moves a bound, but past no example.
fn moved(block: &mut Block, key: &str, by: i64) -> Option<()> {
    let bound = block.get(key)?.parse::<i64>().ok()? + by;
    let example = block.get("example")?.trim_matches('"').to_owned();
    let is_kept = match key {
        "min" => bound <= example.parse().ok()?,
        "max" => bound >= example.parse().ok()?,
        "max_length" => bound >= i64::try_from(example.len()).ok()?,
        _ => bound >= 1,
    };
    is_kept.then_some(())?;
    block.set(key, &bound.to_string())
}

/// Lets the first thing that a pattern repeats, `{1,5}`, be repeated more often or less.
fn repeated(block: &mut Block, by: i64) -> Option<()> {
    let pattern = block.get("pattern")?.to_owned();
    let (before, rest) = pattern.split_once("{1,")?;
    let (most, after) = rest.split_once('}')?;
    let most = most.parse::<i64>().ok()? + by;
    (most >= 1).then_some(())?;
    block.set("pattern", &format!("{before}{{1,{most}}}{after}"))
}
