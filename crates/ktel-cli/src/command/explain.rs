//! `ktel explain`: the dictionary in the terminal, a field, a section or a question at a time.

use std::{collections::BTreeMap, process::ExitCode};

use ktel_types::contract;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    args::ExplainArgs,
    failure::Failure,
    terminal::{HEADING, NAME, QUIET, indented, styled, wrapped},
};

/// How far a name may be from one that exists, to be taken for a slip: 1 is the same.
const ALIKE: f64 = 0.75;

/// What the fields are called that stand in no section.
const ENVELOPE: &str = "envelope";

/// The most names that are suggested.
const SUGGESTED: usize = 5;

/// What of the dictionary is shown.
#[derive(Deserialize)]
struct Dictionary {
    schema: String,
    purpose: String,
    questions: Vec<Question>,
    fields: Vec<Field>,
    enums: Vec<Named<Vec<Named<()>>>>,
}

#[derive(Deserialize)]
struct Question {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Named<T> {
    name: String,
    #[serde(default)]
    meaning: String,
    #[serde(default)]
    values: T,
}

#[derive(Deserialize)]
struct Field {
    path: String,
    meaning: String,
    r#type: String,
    r#enum: Option<String>,
    presence: String,
    min: Option<f64>,
    max: Option<f64>,
    max_length: Option<u32>,
    max_items: Option<u32>,
    pattern: Option<String>,
    unit: Option<String>,
    example: Value,
    sensitivity: String,
    category: Option<String>,
    event: Option<String>,
    answers: Vec<String>,
    source: String,
    reads: Vec<String>,
    filled_by: String,
    since: String,
    deprecated: Option<String>,
    replacement: Option<String>,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let dictionary: Dictionary = serde_json::from_str(contract::DICTIONARY)
        .map_err(|error| Failure::new(error.to_string(), "report this as a fault of ktel"))?;
    let shown = match &args.name {
        None => dictionary.overview(),
        Some(name) => {
            let name = name.trim().trim_matches('.').to_lowercase();
            // A section and a question may have one name.
            let others = [dictionary.section(&name), dictionary.question(&name)].into_iter().flatten();
            let others: Vec<String> = others.collect();
            let found = dictionary.field(&name).or_else(|| (!others.is_empty()).then(|| others.join("\n")));
            found.ok_or_else(|| dictionary.unknown(&name))?
        }
    };
    anstream::print!("{shown}");
    Ok(ExitCode::SUCCESS)
}

impl Dictionary {
    /// All sections and questions.
    fn overview(&self) -> String {
        let mut text = format!("{}\n{}\n\n", styled(HEADING, &self.schema), indented(0, &self.purpose));
        text += &format!("{}\n", styled(NAME, "sections, and how many fields they have"));
        for (section, count) in self.sections() {
            let name = if section.is_empty() { ENVELOPE } else { section };
            text += &format!("  {name:<30} {count:>3}\n");
        }
        text += &format!("\n{}\n", styled(NAME, "questions"));
        for question in &self.questions {
            text += &wrapped(&format!("  {:<20} ", question.id), &question.text);
            text += "\n";
        }
        text + "\nEach of these, and each field, is explained by its name: `ktel explain cluster`.\n"
    }

    fn field(&self, path: &str) -> Option<String> {
        let field = self.fields.iter().find(|field| field.path == path)?;
        let mut text = format!("{}\n{}\n\n", styled(HEADING, &field.path), indented(2, &field.meaning));
        if let Some(reason) = &field.deprecated {
            let instead = field.replacement.as_ref().map_or_else(String::new, |path| format!(" Use {path}."));
            text += &(indented(2, &format!("No longer to be used: {reason}{instead}")) + "\n\n");
        }
        let questions = self.questions.iter().filter(|question| field.answers.contains(&question.id));
        let questions: Vec<&str> = questions.map(|question| question.text.as_str()).collect();
        let category = field.category.as_deref().unwrap_or("any: it travels with every event");
        let rows = [
            ("why", questions.join(" ")),
            ("from", field.source.clone()),
            (
                "reads",
                if field.reads.is_empty() { "nothing of the cluster".to_owned() } else { field.reads.join(", ") },
            ),
            ("filled by", field.filled_by.clone()),
            ("type", field.kind()),
            ("example", field.example.to_string()),
            ("sensitivity", field.sensitivity.clone()),
            ("consent", category.to_owned()),
            ("event", field.event.clone().unwrap_or_else(|| "every one".to_owned())),
            ("since", field.since.clone()),
        ];
        for (name, said) in rows {
            text += &(wrapped(&format!("  {name:<12} "), &said) + "\n");
        }
        for value in field.r#enum.iter().flat_map(|name| self.values(name)) {
            text += &format!("\n  {}\n{}", styled(NAME, &value.name), indented(4, &value.meaning));
        }
        Some(text.trim_end().to_owned() + "\n")
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &Named<()>> {
        self.enums.iter().filter(move |an_enum| an_enum.name == name).flat_map(|an_enum| &an_enum.values)
    }

    fn section(&self, name: &str) -> Option<String> {
        if name == ENVELOPE {
            return list(name, self.fields.iter().filter(|field| !field.path.contains('.')));
        }
        let is_inside = |field: &&Field| field.path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        list(name, self.fields.iter().filter(is_inside))
    }

    fn question(&self, id: &str) -> Option<String> {
        let question = self.questions.iter().find(|question| question.id == id)?;
        let fields = self.fields.iter().filter(|field| field.answers.contains(&question.id));
        list(&question.text, fields)
    }

    fn unknown(&self, name: &str) -> Failure {
        let help = match &self.alike(name)[..] {
            [] => "`ktel explain` alone lists all sections and questions".to_owned(),
            alike => format!("did you mean {}?", alike.join(", ")),
        };
        Failure::new(format!("`{name}` is no field, section or question of {}", self.schema), help)
    }

    /// How many fields each section has, itself and those inside of it left out.
    fn sections(&self) -> BTreeMap<&str, usize> {
        let mut sections = BTreeMap::new();
        for field in &self.fields {
            *sections.entry(field.path.rsplit_once('.').map_or("", |(section, _)| section)).or_default() += 1;
        }
        sections
    }

    /// The names that are most like one that does not exist: in whole, or in what stands behind the last dot.
    fn alike(&self, name: &str) -> Vec<&str> {
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let paths = self.fields.iter().map(|field| field.path.as_str());
        let names =
            paths.chain(self.sections().into_keys()).chain(self.questions.iter().map(|question| question.id.as_str()));
        let mut alike: Vec<(f64, &str)> = names
            .map(|known| {
                let whole = strsim::normalized_damerau_levenshtein(known, name);
                let end = strsim::normalized_damerau_levenshtein(&last(known), &last(name));
                // The same end elsewhere is a better guess than much of another name.
                (whole.max(end - 0.01), known)
            })
            .filter(|(likeness, known)| *likeness >= ALIKE || (name.len() > 3 && known.contains(name)))
            .collect();
        alike.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        alike.dedup_by(|one, other| one.1 == other.1);
        alike.into_iter().take(SUGGESTED).map(|(_, known)| known).collect()
    }
}

impl Field {
    /// The type with its bounds, in words.
    fn kind(&self) -> String {
        let mut text = match (&self.r#enum, self.r#type.as_str()) {
            (Some(name), _) => format!("one of the values of {name}"),
            (None, kind) => kind.to_owned(),
        };
        if let (Some(min), Some(max)) = (self.min, self.max) {
            text += &format!(" from {min} to {max}");
        }
        if let Some(unit) = &self.unit {
            text += &format!(", in the unit {unit}");
        }
        if let (Some(pattern), Some(length)) = (&self.pattern, self.max_length) {
            text += &format!(" of at most {length} characters that matches {pattern}");
        }
        match (self.presence.as_str(), self.max_items) {
            ("list", Some(items)) => format!("a list of at most {items}, each {text}"),
            ("required", _) => format!("{text}; never absent"),
            _ => format!("{text}; or absent, with a reason"),
        }
    }
}

/// A heading, and what each field means, in one sentence.
fn list<'a>(heading: &str, fields: impl Iterator<Item = &'a Field>) -> Option<String> {
    let mut fields = fields.peekable();
    fields.peek()?;
    let mut text = styled(HEADING, heading) + "\n";
    for field in fields {
        let sentence = field.meaning.split_once(". ").map_or(field.meaning.as_str(), |(first, _)| first);
        let struck = if field.deprecated.is_some() { QUIET } else { NAME };
        text += &format!("  {}\n{}\n", styled(struck, &field.path), indented(4, sentence));
    }
    Some(text)
}
