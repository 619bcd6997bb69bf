//! Emits the table of what is read from a cluster: each read once, with the categories that need it.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTOR, Error, File, rust};
use crate::{
    model::{Model, Name, Part, Read, Resource},
    read::Standard,
};

const HEADER: &str = "\
use ktel_types::report::Category;

use crate::read::{Name, Part, Read, Resource, Subject};

";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let reads = reads(&standard.model);
    let mut text = rust::header("Everything that is read from a cluster.");
    text += HEADER;
    text += "/// All reads.\n#[allow(dead_code, reason = \"the collector names reads one by one\")]\npub static ALL: &[&Read] = &[\n";
    for row in &reads {
        text += &format!("    &{},\n", rust::screaming(&row.name));
    }
    text += "];\n";
    for row in &reads {
        text += &format!("\n/// `{}`: for {}.\n", row.read, code_list(&row.fields));
        text += &format!("pub static {}: Read = Read {{\n", rust::screaming(&row.name));
        text += &format!("    subject: {},\n", subject(&row.read));
        let categories: Vec<String> =
            row.categories.iter().map(|name| format!("Category::{}", rust::camel(name))).collect();
        text += &format!("    categories: &[{}],\n}};\n", categories.join(", "));
    }
    Ok(vec![File::new(COLLECTOR, "reads.rs", text)])
}

/// One read, and everything in the standard that needs it.
pub(super) struct Row {
    pub(super) read: Read,
    /// A name in `snake_case`.
    pub(super) name: String,
    /// The paths of the fields.
    pub(super) fields: Vec<String>,
    /// The categories of the fields; none if the envelope needs the read, which is then made for any category.
    pub(super) categories: BTreeSet<String>,
}

/// All reads of a standard, without repetition, in the order of their notation.
pub(super) fn reads(model: &Model) -> Vec<Row> {
    let mut rows: BTreeMap<Read, (Vec<String>, BTreeSet<Option<String>>)> = BTreeMap::new();
    for (message, field) in model.fields() {
        for read in field.filling.reads() {
            let (fields, categories) = rows.entry(read).or_default();
            fields.push(message.path_of(&field.name));
            categories.insert(message.category.clone());
        }
    }
    rows.into_iter()
        .map(|(read, (fields, categories))| {
            let is_envelope = categories.contains(&None);
            let categories = if is_envelope { BTreeSet::new() } else { categories.into_iter().flatten().collect() };
            Row { name: name(&read), read, fields, categories }
        })
        .collect()
}

/// A name for a read: `nodes_metadata`, `gateway_networking_k8s_io_httproutes_count`.
fn name(read: &Read) -> String {
    let kind = |resource: &Resource| {
        let group = if resource.group.is_empty() { String::new() } else { format!("{}_", resource.group) };
        format!("{group}{}", resource.plural).replace(['.', '-'], "_")
    };
    let part = |part: &Part| match part {
        Part::Whole => "",
        Part::Metadata => "_metadata",
        Part::FirstPage => "_first_page",
    };
    match read {
        Read::Path(path) => path.trim_matches('/').replace(['/', '.', '-'], "_"),
        Read::Object(resource, Name::Own, whole) => format!("own_{}{}", kind(resource), part(whole)),
        Read::Object(resource, Name::Fixed(name), whole) => {
            format!("{}_{}{}", kind(resource), name.replace(['.', '-'], "_"), part(whole))
        }
        Read::List(resource, whole) => format!("{}{}", kind(resource), part(whole)),
        Read::Count(resource) => format!("{}_count", kind(resource)),
    }
}

/// The name of the read that fills a field that counts objects.
pub(super) fn name_of_count(resource: &Resource) -> String {
    name(&Read::Count(resource.clone()))
}

/// The type that the objects of a read are decoded into, below the module `view`.
pub(super) fn view(read: &Read) -> String {
    let (module, part) = match read {
        Read::Path(_) => (name(read), Part::Whole),
        Read::Object(resource, _, part) | Read::List(resource, part) => {
            (name(&Read::List(resource.clone(), Part::Whole)), *part)
        }
        Read::Count(_) => return "u32".to_owned(),
    };
    let object = if part == Part::Metadata { "Metadata" } else { "Object" };
    format!("view::{module}::{object}")
}

fn subject(read: &Read) -> String {
    match read {
        Read::Path(path) => format!("Subject::Path({})", rust::string(path)),
        Read::Object(kind, name, whole) => {
            let name = match name {
                Name::Fixed(name) => format!("Name::Fixed({})", rust::string(name)),
                Name::Own => "Name::Own".to_owned(),
            };
            format!("Subject::Object({}, {name}, {})", resource(kind), part(*whole))
        }
        Read::List(kind, whole) => format!("Subject::List({}, {})", resource(kind), part(*whole)),
        Read::Count(kind) => format!("Subject::Count({})", resource(kind)),
    }
}

fn resource(resource: &Resource) -> String {
    let versions: Vec<String> = resource.versions.iter().map(|version| rust::string(version)).collect();
    let (group, plural) = (rust::string(&resource.group), rust::string(&resource.plural));
    format!("Resource {{ group: {group}, versions: &[{}], plural: {plural} }}", versions.join(", "))
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Whole => "Part::Whole",
        Part::Metadata => "Part::Metadata",
        Part::FirstPage => "Part::FirstPage",
    }
}

pub(super) fn code_list(items: &[String]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
