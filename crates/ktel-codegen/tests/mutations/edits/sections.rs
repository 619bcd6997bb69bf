//! Edits of sections.

use ktel_codegen::compare::Class::{Break, Doc, Privacy};

use super::{Edit, Kind, replaced};
use crate::sources::{Site, Sources, Texts};

pub(super) static KINDS: &[Kind] = &[
    Kind::new("section deleted", Some(Break), |s| declared(s, |_| String::new())),
    Kind::new("section renamed", Some(Break), |s| {
        declared(s, |site| site.text.replace(&format!(" {} =", site.name), &format!(" other_{} =", site.name)))
    }),
    Kind::new("section renumbered", Some(Break), |s| declared(s, |site| site.text.replace(" = ", " = 9"))),
    Kind::new("message of section renamed", Some(Break), renamed),
    Kind::new("section moved to another event", Some(Break), moved),
    Kind::new("section moved to another category", Some(Break), recategorized),
    Kind::new("category of a whole event changed", Some(Privacy), allowed_otherwise),
    Kind::new("comment of section edited", Some(Doc), commented),
];

fn declared(sources: &Sources, edit: impl Fn(&Site) -> String) -> Vec<Edit> {
    let sites = sources.sections().into_iter();
    sites.map(|site| Edit::new(&site.name, replaced(sources, &site, &edit(&site)))).collect()
}

/// The file in which the message of a section is declared, and how that declaration begins.
fn declaration(sources: &Sources, site: &Site) -> (String, String) {
    let message = site.text.split_whitespace().next().unwrap();
    let opening = format!("\nmessage {message} {{");
    let (file, _) = sources.0.iter().find(|(_, text)| text.contains(&opening)).unwrap();
    (file.clone(), opening)
}

/// A message with another name, wherever it is named.
fn renamed(sources: &Sources) -> Vec<Edit> {
    let edits = sources.sections().into_iter().map(|site| {
        let (file, opening) = declaration(sources, &site);
        let mut after = replaced(sources, &site, &format!("  Other{}", site.text.trim_start()));
        let declared = after.get(&file).unwrap_or(&sources.0[&file]);
        let declared = declared.replace(&opening, &opening.replace("message ", "message Other"));
        after.insert(file, declared);
        Edit::new(&site.name, after)
    });
    edits.collect()
}

/// A section of an event of its own. Where nothing is left of the old event, that is no standard.
fn moved(sources: &Sources) -> Vec<Edit> {
    let (last, own) = ("    PERFORMANCE = 5;\n", "    // What stands alone.\n    ALONE = 6;\n");
    let edits = sources.sections().into_iter().filter_map(|site| {
        let (file, opening) = declaration(sources, &site);
        let text = &sources.0[&file];
        let category = "  option (ktel.v1.section).category = ";
        let start = text.find(&format!("{opening}\n{category}"))?;
        let end = start + opening.len() + 1;
        let line = text[end..].lines().next()?;
        let event = format!("{line}\n  option (ktel.v1.section).event = \"ALONE\";");
        (!text[end..].starts_with(&format!("{line}\n  option (ktel.v1.section).event"))).then_some(())?;
        let mut after =
            Texts::from([(file.clone(), format!("{}{}", &text[..end], text[end..].replacen(line, &event, 1)))]);
        after.insert("report.proto".to_owned(), sources.0["report.proto"].replace(last, &format!("{last}{own}")));
        Some(Edit::new("ALONE", after))
    });
    edits.collect()
}

/// A section that another category allows, and that so travels in another event.
fn recategorized(sources: &Sources) -> Vec<Edit> {
    let line = "  option (ktel.v1.section).category = USAGE;\n";
    let files = sources.0.iter().filter(|(_, text)| text.contains(line) && !text.contains("section).event"));
    let edits = files.map(|(file, text)| {
        let after = text.replacen(line, "  option (ktel.v1.section).category = ENVIRONMENT;\n", 1);
        Edit::new("ENVIRONMENT", Texts::from([(file.clone(), after)]))
    });
    edits.collect()
}

/// All sections of a file that another category allows, in the events that they travelled in. Where others travel there, too,
/// that is no standard.
fn allowed_otherwise(sources: &Sources) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (file, text) in &sources.0 {
        for (was, is) in [("ENVIRONMENT", "USAGE"), ("USAGE", "PERFORMANCE"), ("PERFORMANCE", "USAGE")] {
            let line = |category: &str| format!("  option (ktel.v1.section).category = {category};\n");
            let event = format!("{}  option (ktel.v1.section).event", line(is));
            let mut after = text.replace(&line(was), &line(is));
            if !after.contains(&event) {
                after = after.replace(&line(is), &format!("{event} = \"{was}\";\n"));
            }
            if text.contains(&line(was)) {
                edits.push(Edit::new(is, Texts::from([(file.clone(), after)])));
            }
        }
    }
    edits
}

fn commented(sources: &Sources) -> Vec<Edit> {
    let edits = sources.sections().into_iter().map(|site| {
        let (file, opening) = declaration(sources, &site);
        let after = sources.0[&file].replace(&opening, &format!("\n// Or so.{opening}"));
        Edit::new(&site.name, Texts::from([(file, after)]))
    });
    edits.collect()
}
