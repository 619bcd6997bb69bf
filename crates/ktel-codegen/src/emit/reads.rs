//! Emits the table of what is read from a cluster: each read once, with the categories that need it.
//!
//! A kind whose objects are all read anyway is not counted by a request of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::{COLLECTOR, Error, File, rust};
use crate::{
    model::{Field, Message, Model, Name, Part, Read, Resource},
    standard::Standard,
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
        text += &format!("\n/// `{}`, for {}.\n", row.read, users(row));
        text += &format!("pub static {}: Read = Read {{\n", rust::screaming(&row.name));
        text += &format!("    subject: {},\n", subject(&row.read));
        let categories: Vec<String> =
            row.categories.iter().map(|name| format!("Category::{}", rust::camel(name))).collect();
        text += &format!("    categories: &[{}],\n    is_daily: {},\n}};\n", categories.join(", "), row.is_daily);
    }
    Ok(vec![File::new(COLLECTOR, "reads.rs", text)])
}

/// One read, and everything in the standard that needs it.
pub(super) struct Row {
    pub(super) read: Read,
    /// A name in `snake_case`.
    pub(super) name: String,
    /// The paths of the fields, each with its category.
    fields: Vec<(String, Option<String>)>,
    /// The categories of the fields; none if the envelope needs the read, which is then made for any category.
    pub(super) categories: BTreeSet<String>,
    /// Whether it is made no more often than once a day.
    pub(super) is_daily: bool,
}

impl Row {
    /// The paths of the fields that need it for a category; of all that need it if it is needed for any category.
    pub(super) fn fields_of(&self, category: Option<&str>) -> impl Iterator<Item = &String> {
        let is_meant = move |other: Option<&str>| category.is_none() || other == category;
        self.fields.iter().filter(move |(_, other)| is_meant(other.as_deref())).map(|(path, _)| path)
    }
}

/// All reads of a standard, without repetition, in the order of their notation.
pub(super) fn reads(model: &Model) -> Vec<Row> {
    let mut users: BTreeMap<Read, Vec<(&Message, &Field)>> = BTreeMap::new();
    for (message, field) in model.fields() {
        for read in field.filling.reads() {
            users.entry(read).or_default().push((message, field));
        }
    }
    users
        .into_iter()
        .map(|(read, users)| {
            let categories: BTreeSet<Option<&String>> =
                users.iter().map(|(message, _)| message.category.as_ref()).collect();
            let is_envelope = categories.contains(&None);
            Row {
                name: name(&read),
                read,
                fields: users
                    .iter()
                    .map(|(message, field)| (message.path_of(&field.name), message.category.clone()))
                    .collect(),
                categories: categories.into_iter().flatten().filter(|_| !is_envelope).cloned().collect(),
                is_daily: users.iter().all(|(_, field)| field.is_daily),
            }
        })
        .collect()
}

/// The list from which the objects of a kind can be counted without asking: all of them are read for its categories, and
/// as often as they are counted.
pub(super) fn list_to_count<'a>(rows: &'a [Row], count: &Row) -> Option<&'a Row> {
    let Read::Count(kind) = &count.read else { return None };
    rows.iter().find(|row| match &row.read {
        Read::List(resource, Part::Whole | Part::Metadata) => {
            resource == kind && row.categories.is_superset(&count.categories) && row.is_daily == count.is_daily
        }
        _ => false,
    })
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
        Part::Selected => "_selected",
    };
    match read {
        Read::Path(path) => path.trim_matches('/').replace(['/', '.', '-'], "_"),
        Read::Object(resource, name, whole) => {
            let name = match name {
                Name::Fixed(name) => &name.replace(['.', '-'], "_"),
                Name::Own => "own",
                Name::Workload => "workload",
                Name::Published => "published",
            };
            format!("{}_{name}{}", kind(resource), part(whole))
        }
        Read::List(resource, whole) => format!("{}{}", kind(resource), part(whole)),
        Read::Count(resource) => format!("{}_count", kind(resource)),
    }
}

/// The name of the read that fills a field that counts objects.
pub(super) fn name_of_count(resource: &Resource) -> String {
    name(&Read::Count(resource.clone()))
}

/// The type that what is read is decoded into, below the module `view`: one for a single object, one for all of a list.
pub(super) fn view(read: &Read) -> String {
    let module = |resource: &Resource| resource.plural.clone();
    match read {
        Read::Path(_) => format!("view::{}::Object", name(read)),
        Read::Object(resource, _, Part::Metadata) => format!("view::{}::Metadata", module(resource)),
        Read::Object(resource, ..) => format!("view::{}::Object", module(resource)),
        Read::List(resource, part) => {
            let list = match part {
                Part::Whole => "List",
                Part::Metadata => "MetadataList",
                Part::FirstPage => "FirstPage",
                Part::Selected => "Selected",
            };
            format!("view::{}::{list}", module(resource))
        }
        Read::Count(_) => "u32".to_owned(),
    }
}

fn subject(read: &Read) -> String {
    match read {
        Read::Path(path) => format!("Subject::Path({})", rust::string(path)),
        Read::Object(kind, name, whole) => {
            let name = match name {
                Name::Fixed(name) => format!("Name::Fixed({})", rust::string(name)),
                special => format!("Name::{special:?}"),
            };
            format!("Subject::Object({}, {name}, Part::{whole:?})", resource(kind))
        }
        Read::List(kind, whole) => format!("Subject::List({}, Part::{whole:?})", resource(kind)),
        Read::Count(kind) => format!("Subject::Count({})", resource(kind)),
    }
}

fn resource(resource: &Resource) -> String {
    let versions: Vec<String> = resource.versions.iter().map(|version| rust::string(version)).collect();
    let (group, plural) = (rust::string(&resource.group), rust::string(&resource.plural));
    let (versions, is_cluster_scoped) = (versions.join(", "), resource.is_cluster_scoped);
    format!(
        "Resource {{ is_cluster_scoped: {is_cluster_scoped}, group: {group}, versions: &[{versions}], plural: {plural} }}"
    )
}

/// The fields that need a read: the only one, or how many of which sections.
pub(super) fn users(row: &Row) -> String {
    if let [(field, _)] = &row.fields[..] {
        return format!("`{field}`");
    }
    let sections = row.fields.iter().filter_map(|(field, _)| Some(field.rsplit_once('.')?.0.to_owned()));
    let mut sections: Vec<String> = sections.collect();
    sections.dedup();
    format!("{} fields of {}", row.fields.len(), code_list(&sections))
}

pub(super) fn code_list(items: &[String]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
