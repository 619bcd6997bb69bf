//! The searches that begin to answer a question, made of its fields: those that are choices are counted by their value, those
//! that are numbers by who has any.

use super::{App, macros};
use crate::model::{Field, Kind, Message, Model, Presence, Question, Text};

/// A search that can be run as it is.
pub(crate) struct Search {
    /// What it shows, in a sentence.
    pub(crate) about: String,
    pub(crate) text: String,
}

type Asked<'a> = (&'a Message, &'a Field);

/// The searches of a question, by how its answer is drawn.
pub(crate) fn question_searches(model: &Model, question: &Question, fields: &[Asked]) -> Vec<Search> {
    let is_about_clusters = question.about == "CLUSTERS";
    let app = App::new(model);
    let name = &app.name;
    // A standard whose events do not all say which cluster they are about has reports, and no clusters.
    let rows = format!("{name}_{}", question.about.to_lowercase());
    let has_rows = macros::macros(model, &app).iter().any(|entry| entry.name == rows);
    let rows = if has_rows { format!("`{rows}`") } else { format!("`{name}_reports`") };
    let who = if is_about_clusters { "cluster" } else { "installation" };
    let of = |keep: fn(&Field) -> bool| -> Vec<String> {
        fields.iter().filter(|(message, field)| message.category.is_some() && keep(field)).map(searched).collect()
    };
    let (choices, numbers) = (of(is_choice), of(is_number));
    let any = |path: &str| format!("\n  `{name}_adoption({path})`");
    let counted = |numbers: &[String]| Search {
        about: format!("The share of {who}s that have any of it, of those that know:"),
        text: format!("{rows}\n| stats count{}", numbers.iter().map(|path| any(path)).collect::<String>()),
    };
    match question.chart.as_str() {
        "TREND" => vec![
            Search {
                about: format!("The number of {who}s that report, day by day:"),
                text: format!("`{name}_reports`\n| timechart span=1d dc({})", identifier(is_about_clusters)),
            },
            table(&rows, &format!("A row for each {who}:"), &[choices, of(|field| !is_choice(field))].concat()),
        ],
        "SCATTER" => {
            let about = format!("A row for each {who}, to draw one column against another:");
            vec![table(&rows, &about, &[choices, numbers].concat())]
        }
        "HISTOGRAM" => {
            let mut searches = Vec::new();
            if let Some(path) = lead(question, &numbers) {
                searches.push(Search {
                    about: format!(
                        "How `{path}` is spread over {who}s; any other number of the question can stand in its place:"
                    ),
                    text: format!("{rows}\n| bin {path} bins=20\n| stats count by {path}"),
                });
            }
            searches.push(counted(&numbers));
            searches
        }
        _ => {
            let mut searches = Vec::new();
            if let Some(path) = lead(question, &choices) {
                searches.push(Search {
                    about: format!("The {who}s by `{path}`; {} can stand in its place:", others(&choices, &path)),
                    text: format!("{rows}\n| stats count by {path}"),
                });
            }
            if !numbers.is_empty() {
                searches.push(counted(&numbers));
            }
            searches
        }
    }
}

/// What the field is called in a search: a list ends in braces.
fn searched((message, field): &Asked) -> String {
    let path = message.path_of(&field.name);
    if matches!(field.presence, Presence::List { .. }) { path + "{}" } else { path }
}

fn table(rows: &str, about: &str, paths: &[String]) -> Search {
    Search { about: about.to_owned(), text: format!("{rows}\n| table {}", paths.join(" ")) }
}

/// A value of a closed list, or a short text such as a version: not a time or an identifier, of which each has another.
fn is_choice(field: &Field) -> bool {
    match &field.kind {
        Kind::Boolean | Kind::Enum(_) | Kind::Text(Text { format: None, .. }) => true,
        Kind::Text(_) | Kind::Number(_) => false,
    }
}

fn is_number(field: &Field) -> bool {
    matches!(field.kind, Kind::Number(_)) && field.presence == Presence::Optional
}

/// The field that bears most of the words that name the question, the first of several.
fn lead(question: &Question, paths: &[String]) -> Option<String> {
    let fit = |path: &&String| question.id.split('-').filter(|word| path.contains(word.trim_end_matches('s'))).count();
    paths.iter().rev().max_by_key(fit).cloned()
}

fn others(choices: &[String], lead: &str) -> String {
    let others: Vec<String> = choices.iter().filter(|path| *path != lead).map(|path| format!("`{path}`")).collect();
    if others.is_empty() { "nothing else".to_owned() } else { format!("any of {}", others.join(", ")) }
}

/// What a cluster or an installation is counted by.
fn identifier(is_about_clusters: bool) -> &'static str {
    if is_about_clusters { "identity.cluster_id" } else { "identity.installation_id" }
}
