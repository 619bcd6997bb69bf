//! Which objects of a list are wanted: selectors of fields and of labels, as far as they are simulated.

use crate::request::Request;

/// What is asked of the objects of a list.
#[derive(Debug, Default)]
pub(crate) struct Selector {
    fields: Vec<(String, String)>,
    labels: Vec<(String, String)>,
}

impl Selector {
    /// Reads the selectors of a request: equalities, separated by commas.
    ///
    /// # Errors
    ///
    /// What is not simulated: other operators, other fields than name and namespace.
    pub(crate) fn of(request: &Request) -> Result<Self, String> {
        let parse = |parameter: &str| -> Result<Vec<(String, String)>, String> {
            let text = request.query.get(parameter).map_or("", String::as_str);
            text.split(',')
                .filter(|requirement| !requirement.is_empty())
                .map(|requirement| {
                    let (name, value) =
                        requirement.split_once('=').ok_or_else(|| format!("{parameter} without `=`"))?;
                    if name.ends_with('!') || name.contains(' ') {
                        return Err(format!("{parameter} with anything but `=`"));
                    }
                    Ok((name.to_owned(), value.trim_start_matches('=').to_owned()))
                })
                .collect()
        };
        let fields = parse("fieldSelector")?.into_iter().map(|(name, value)| match name.strip_prefix("metadata.") {
            Some(name @ ("name" | "namespace")) => Ok((name.to_owned(), value)),
            _ => Err(format!("a selector of the field {name}")),
        });
        Ok(Self { fields: fields.collect::<Result<_, _>>()?, labels: parse("labelSelector")? })
    }

    /// Wants the objects of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self { fields: vec![("name".to_owned(), name.to_owned())], labels: Vec::new() }
    }

    /// Whether everything is wanted.
    pub(crate) fn is_everything(&self) -> bool {
        self.fields.is_empty() && self.labels.is_empty()
    }

    /// Whether an object is wanted, of which these functions tell the fields of its metadata and its labels.
    pub(crate) fn admits(
        &self,
        field: impl Fn(&str) -> Option<String>,
        label: impl Fn(&str) -> Option<String>,
    ) -> bool {
        self.fields.iter().all(|(name, value)| field(name).as_ref() == Some(value))
            && self.labels.iter().all(|(name, value)| label(name).as_ref() == Some(value))
    }
}
