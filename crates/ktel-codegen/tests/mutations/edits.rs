//! Kinds of edits, each with the class that `schema.md` gives to it.

mod block;
mod fields;
mod given_up;
mod report;
mod sections;
mod values;

use ktel_codegen::compare::Class;

use crate::sources::{Site, Sources, Texts};

/// A way to edit a standard.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What it has to be classed as, `None` if nothing has changed.
    pub(crate) class: Option<Class>,
    /// Every edit of the kind that can be made.
    pub(crate) edit: fn(&Sources) -> Vec<Edit>,
}

/// What an edit makes of some files, and what stood there before if that was not the original.
pub(crate) struct Edit {
    pub(crate) subject: String,
    pub(crate) before: Texts,
    pub(crate) after: Texts,
}

/// All kinds.
pub(crate) fn kinds() -> Vec<&'static Kind> {
    let others = [given_up::KINDS, sections::KINDS, values::KINDS, report::KINDS];
    fields::kinds().chain(others.into_iter().flatten()).collect()
}

impl Kind {
    const fn new(name: &'static str, class: Option<Class>, edit: fn(&Sources) -> Vec<Edit>) -> Self {
        Self { name, class, edit }
    }
}

impl Edit {
    /// An edit of the original.
    fn new(subject: &str, after: Texts) -> Self {
        Self { subject: subject.to_owned(), before: Texts::new(), after }
    }
}

/// A file in which a declaration is written otherwise.
fn replaced(sources: &Sources, site: &Site, text: &str) -> Texts {
    let file = &sources.0[&site.file];
    assert_eq!(file.matches(&site.text).count(), 1, "{}", site.text);
    Texts::from([(site.file.clone(), file.replace(&site.text, text))])
}

/// A file in which something stands right behind the opening of a message.
fn opened(file: &str, message: &str, text: &str) -> String {
    let opening = format!("\nmessage {message} {{\n");
    assert_eq!(file.matches(&opening).count(), 1, "{message}");
    file.replace(&opening, &format!("{opening}{text}"))
}
