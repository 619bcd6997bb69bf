//! Every question is answered, and every answer is to a question.

use super::Fault;
use crate::model::Model;

pub(super) fn twice(model: &Model) -> Vec<Fault> {
    let questions = model.questions.iter().enumerate();
    questions
        .filter(|(index, question)| model.questions[..*index].iter().any(|other| other.id == question.id))
        .map(|(_, question)| {
            let help = "give each question an id of its own";
            Fault::new(&question.at, format!("`{}` is asked twice", question.id), help)
        })
        .collect()
}

pub(super) fn unknown(model: &Model) -> Vec<Fault> {
    let answers = model.fields().flat_map(|(_, field)| field.answers.iter().map(move |id| (field, id)));
    answers
        .filter(|(_, id)| !model.questions.iter().any(|question| question.id == **id))
        .map(|(field, id)| {
            let help = format!("name a question of the report: {}", asked(model));
            Fault::new(&field.at, format!("`{}` answers `{id}`, which nobody asks", field.name), help)
        })
        .collect()
}

pub(super) fn unanswered(model: &Model) -> Vec<Fault> {
    let is_answered = |id: &String| model.fields().any(|(_, field)| field.answers.contains(id));
    let questions = model.questions.iter().filter(|question| !is_answered(&question.id));
    questions
        .map(|question| {
            let help = "drop it, or let a field say `(ktel.v1.field).answers = …`";
            Fault::new(&question.at, format!("no field answers `{}`", question.id), help)
        })
        .collect()
}

/// The ids of all questions, to choose from.
pub(super) fn asked(model: &Model) -> String {
    let ids: Vec<String> = model.questions.iter().map(|question| format!("`{}`", question.id)).collect();
    ids.join(", ")
}
