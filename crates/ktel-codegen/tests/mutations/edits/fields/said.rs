//! Edits of what is said of a field.

use ktel_codegen::compare::Class::{Addition, Break, Doc, Privacy};

use super::{
    super::{Edit, Kind},
    blocks,
};
use crate::sources::{Sources, Texts};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("sensitivity raised", Some(Privacy), |s| {
        blocks(s, |b| {
            let raised = match b.get("sensitivity")? {
                "TECHNICAL" => "USAGE",
                "USAGE" => "IDENTIFIER",
                _ => return None,
            };
            b.set("sensitivity", raised)
        })
    }),
    Kind::new("sensitivity lowered", Some(Privacy), |s| {
        blocks(s, |b| {
            (b.get("sensitivity")? != "TECHNICAL").then_some(())?;
            b.set("sensitivity", "TECHNICAL")
        })
    }),
    Kind::new("field deprecated", Some(Addition), |s| blocks(s, |b| b.add("deprecated.reason", "\"Nobody asks.\""))),
    Kind::new("expiry set", Some(Addition), |s| blocks(s, |b| b.add("expires", "\"1.9\""))),
    Kind::new("index added", Some(Addition), |s| {
        blocks(s, |b| {
            b.lacks("indexed")?;
            (b.get("sensitivity")? != "IDENTIFIER").then_some(())?;
            b.add("indexed", "\"ktel_mutant\"")
        })
    }),
    Kind::new("identifier indexed", Some(Privacy), |s| {
        blocks(s, |b| {
            b.lacks("indexed")?;
            (b.get("sensitivity")? == "IDENTIFIER").then_some(())?;
            b.add("indexed", "\"ktel_mutant\"")
        })
    }),
    Kind::new("index dropped", Some(Break), |s| blocks(s, |b| b.cut("indexed"))),
    Kind::new("place in the line added", Some(Addition), |s| {
        blocks(s, |b| {
            (b.get("sensitivity")? != "IDENTIFIER").then_some(())?;
            b.add("line", "{ key: \"mutant\" }")
        })
    }),
    Kind::new("identifier put into the line", Some(Privacy), |s| {
        blocks(s, |b| {
            (b.get("sensitivity")? == "IDENTIFIER").then_some(())?;
            b.add("line", "{ key: \"mutant\" }")
        })
    }),
    Kind::new("place in the line dropped", Some(Break), |s| blocks(s, |b| b.cut("line"))),
    Kind::new("host dropped", Some(Break), |s| {
        blocks(s, |b| {
            let _ = b.cut("merge");
            b.cut("host")
        })
    }),
    Kind::new("host added", Some(Addition), |s| {
        blocks(s, |b| {
            ["host", "counts", "min"].into_iter().try_for_each(|key| b.lacks(key))?;
            b.add("host", "true")
        })
    }),
    Kind::new("merge changed", Some(Break), |s| {
        blocks(s, |b| {
            (b.get("merge")? == "SUM").then_some(())?;
            b.set("merge", "MAX")
        })
    }),
    Kind::new("other objects counted", Some(Break), |s| blocks(s, |b| b.set("counts", "\"v1/widgets\""))),
    Kind::new("older version counted", Some(Doc), |s| {
        blocks(s, |b| {
            let (kind, plural) = b.get("counts")?.rsplit_once('/')?;
            let counts = format!("{kind}|v1beta9/{plural}");
            b.set("counts", &counts)
        })
    }),
    Kind::new("read added", Some(Privacy), |s| {
        blocks(s, |b| {
            b.lacks("counts")?;
            b.add("lists", "\"example.org/v1/widgets\"")
        })
    }),
    Kind::new("whole objects read in place of metadata", Some(Privacy), |s| everywhere(s, "#metadata\"", "\"")),
    Kind::new("comment edited", Some(Doc), |s| {
        blocks(s, |b| {
            b.comment += " Or so.";
            Some(())
        })
    }),
    Kind::new("example edited", Some(Doc), |s| {
        blocks(s, |b| {
            let max = format!("\"{}\"", b.get("max")?);
            b.set("example", &max)
        })
    }),
    Kind::new("source edited", Some(Doc), |s| blocks(s, |b| b.set("source", "\"somewhere else\""))),
    Kind::new("owner edited", Some(Doc), |s| {
        blocks(s, |b| {
            b.lacks("owner")?;
            b.add("owner", "\"somebody-else\"")
        })
    }),
    Kind::new("answers edited", Some(Doc), |s| {
        blocks(s, |b| {
            (!b.options.iter().any(|option| option == "answers = \"mesh\"")).then_some(())?;
            b.add("answers", "\"mesh\"")
        })
    }),
];

/// A text of a file that stands for another one wherever it is; fields of the file are named by what fills them.
fn everywhere(sources: &Sources, old: &str, new: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (file, text) in sources.0.iter().filter(|(_, text)| text.contains(old)) {
        let site = sources.fields().into_iter().find(|site| site.file == *file && site.text.contains(old));
        edits.push(Edit::new(&site.unwrap().name, Texts::from([(file.clone(), text.replace(old, new))])));
    }
    edits
}
