//! Emits a page a question: which fields help to answer it, and the searches that begin to.

use super::{
    DOCS, Error, File,
    markdown::{count, head, item, prose, question},
    splunk_app::question_searches,
};
use crate::{
    model::{Field, Message, Model, Question},
    standard::Standard,
};

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let folder = format!("{DOCS}/questions");
    let mut text = head("Questions");
    text += "Nothing is collected that answers none of these. Each has a page, with its fields and with searches to begin with.\n\n";
    for asked in &model.questions {
        text += &format!("- {}\n", question("", asked));
    }
    let mut files = vec![File::new(&folder, "README.md", text)];
    files.extend(
        model.questions.iter().map(|asked| File::new(&folder, &format!("{}.md", asked.id), page(model, asked))),
    );
    Ok(files)
}

fn page(model: &Model, asked: &Question) -> String {
    let fields: Vec<(&Message, &Field)> =
        model.fields().filter(|(_, field)| field.answers.contains(&asked.id)).collect();
    let mut text = head(&prose(&asked.text));
    let about = asked.about.to_lowercase();
    text += &format!("It is asked about {about}; {} to answer it.\n", helping(fields.len()));
    text += &consent(&fields, &about);
    text += "\n## Searches\n";
    for search in question_searches(model, asked, &fields) {
        text += &format!("\n{}\n\n```spl\n{}\n```\n", search.about, search.text);
    }
    text += "\n## Fields\n";
    let mut section = None;
    for (message, field) in fields {
        if section != Some(&message.path) {
            section = Some(&message.path);
            let title = if message.is_report() { "Envelope".to_owned() } else { format!("`{}`", message.path) };
            text += &format!("\n### {title}\n\n");
        }
        text += &item("../", message, field);
    }
    text
}

fn helping(fields: usize) -> String {
    if fields == 1 { "one field helps".to_owned() } else { format!("{} help", count(fields, "field")) }
}

/// Who is not in the answer, since they said so.
fn consent(fields: &[(&Message, &Field)], about: &str) -> String {
    let mut categories: Vec<&str> = Vec::new();
    for category in fields.iter().filter_map(|(message, _)| message.category.as_deref()) {
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    match &categories[..] {
        [] => String::new(),
        [category] => format!("Of {about} without consent to **{category}**, nothing is known.\n"),
        categories => {
            let categories: Vec<String> = categories.iter().map(|category| format!("**{category}**")).collect();
            format!("Of {about} without consent to one of {}, a part is not known.\n", categories.join(", "))
        }
    }
}
