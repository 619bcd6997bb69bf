//! How things are named, and what a name gives away.

use super::Fault;
use crate::model::{Field, Kind, Model};

/// Whole words of a name that speak of somebody or of a place in somebody's network.
const IDENTIFYING: [&str; 38] = [
    "address",
    "addr",
    "arn",
    "cidr",
    "credential",
    "customer",
    "dns",
    "domain",
    "email",
    "endpoint",
    "fqdn",
    "host",
    "hostname",
    "ip",
    "ipaddress",
    "ipv4",
    "ipv6",
    "issuer",
    "login",
    "mac",
    "mail",
    "organization",
    "password",
    "path",
    "person",
    "phone",
    "principal",
    "secret",
    "serial",
    "subject",
    "tenant",
    "token",
    "uid",
    "uri",
    "url",
    "user",
    "userid",
    "username",
];

pub(super) fn case(model: &Model) -> Vec<Fault> {
    let members = model.messages.iter().flat_map(|message| &message.members);
    let odd = members.filter(|member| !is_joined_by(member.name(), '_', char::is_ascii_lowercase));
    let mut faults: Vec<Fault> = odd
        .map(|member| {
            let help = "use lower-case letters and digits, with single underscores between words: `node_count`";
            Fault::new(member.at(), format!("`{}` is not in snake_case", member.name()), help)
        })
        .collect();
    let values = model.enums.iter().flat_map(|an_enum| &an_enum.values);
    for value in values.filter(|value| !is_joined_by(&value.name, '_', char::is_ascii_uppercase)) {
        let help = "use capital letters and digits, with single underscores between words: `ON_DEMAND`";
        faults.push(Fault::new(&value.at, format!("the value `{}` is not in SCREAMING_SNAKE_CASE", value.name), help));
    }
    for question in model.questions.iter().filter(|asked| !is_joined_by(&asked.id, '-', char::is_ascii_lowercase)) {
        let help = "use lower-case letters and digits, with single hyphens between words: `ingress-rules`";
        faults.push(Fault::new(&question.at, format!("the question `{}` is not in kebab-case", question.id), help));
    }
    faults
}

pub(super) fn identifying(model: &Model) -> Vec<Fault> {
    let fields = model.fields().map(|(_, field)| field).filter(|field| may_identify(field));
    fields
        .filter(|field| !field.is_identifier())
        .filter_map(|field| {
            let word = field.name.split('_').find(|word| is_identifying(word))?;
            let help = "send something coarser under another name; or make it an `IDENTIFIER`; or say in `allow` why the \
                        value cannot tell who sends it";
            let message = format!("`{}` has `{word}` in its name, and is no IDENTIFIER", field.name);
            Some(Fault::new(&field.at, message, help))
        })
        .collect()
}

/// Whether a value of the field may say more than the standard itself: a choice from its own list cannot, nor a quantity.
fn may_identify(field: &Field) -> bool {
    match field.kind {
        Kind::Boolean | Kind::Enum(_) => false,
        Kind::Number(_) => field.unit.is_none(),
        Kind::Text(_) => true,
    }
}

fn is_identifying(word: &str) -> bool {
    let is = |word: &str| IDENTIFYING.contains(&word);
    is(word) || word.strip_suffix('s').is_some_and(is) || word.strip_suffix("es").is_some_and(is)
}

/// Whether a name is made of words in one case that begin with a letter, the first of them at least, and of single joints.
fn is_joined_by(name: &str, joint: char, is_letter: fn(&char) -> bool) -> bool {
    name.starts_with(|c: char| is_letter(&c))
        && name.split(joint).all(|word| !word.is_empty() && word.chars().all(|c| is_letter(&c) || c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_identify() {
        for word in ["host", "hosts", "ip", "ips", "addresses", "email", "url", "token", "paths"] {
            assert!(is_identifying(word), "{word}");
        }
        for word in ["hosted", "ship", "description", "pathological", "curl", "count", "s", ""] {
            assert!(!is_identifying(word), "{word}");
        }
    }

    #[test]
    fn names_are_words_in_one_case() {
        for name in ["a", "node_count", "p95_seconds", "amd64", "s390x_node_count"] {
            assert!(is_joined_by(name, '_', char::is_ascii_lowercase), "{name}");
        }
        for name in ["", "_a", "a_", "a__b", "nodeCount", "Node", "9_lives", "a-b", "ä"] {
            assert!(!is_joined_by(name, '_', char::is_ascii_lowercase), "{name}");
        }
    }
}
