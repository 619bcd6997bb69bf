//! What is said of the standard as a whole.

use super::{
    Changes,
    kinds::{
        ID_BASE, PACKAGE, PURPOSE, QUESTION, QUESTION_ADDED, QUESTION_REMOVED, RETENTION_LONGER, RETENTION_SHORTER,
        SOURCETYPE,
    },
};
use crate::model::{Model, Question};

pub(super) fn compare(changes: &mut Changes, was: &Model, is: &Model) {
    let at = Some(&is.report().at);
    for (kind, was, is) in [
        (&PACKAGE, &was.package, &is.package),
        (&SOURCETYPE, &was.sourcetype, &is.sourcetype),
        (&ID_BASE, &was.id_base, &is.id_base),
        (&PURPOSE, &was.purpose, &is.purpose),
    ] {
        changes.note(kind, "report", (was, is), at);
    }
    let retention = if is.retention_days > was.retention_days { &RETENTION_LONGER } else { &RETENTION_SHORTER };
    changes.note(retention, "report", (was.retention_days, is.retention_days), at);
    questions(changes, was, is);
}

fn questions(changes: &mut Changes, was: &Model, is: &Model) {
    let at = Some(&is.report().at);
    let find = |model: &'_ Model, id: &str| model.questions.iter().position(|question| question.id == id);
    for question in &is.questions {
        match find(was, &question.id) {
            Some(index) => {
                changes.note(&QUESTION, &question.id, (said(&was.questions[index]), said(question)), at);
            }
            None => changes.push(&QUESTION_ADDED, &question.id, ("", said(question)), at),
        }
    }
    for question in was.questions.iter().filter(|question| find(is, &question.id).is_none()) {
        changes.push(&QUESTION_REMOVED, &question.id, (said(question), ""), at);
    }
}

fn said(question: &Question) -> String {
    format!("{} ({}, {})", question.text, question.chart, question.about)
}
