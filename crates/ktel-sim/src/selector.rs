//! Which objects of a list are wanted: selectors of fields and of labels, as far as they are simulated.

use crate::request::Request;

/// What is asked of the objects of a list.
#[derive(Debug, Default)]
pub(crate) struct Selector {
    fields: Vec<(String, String)>,
    /// Without a value, the label has to be there.
    labels: Vec<(String, Option<String>)>,
}

impl Selector {
    /// Reads the selectors of a request: equalities and, of labels, names that have to be there, separated by commas.
    ///
    /// # Errors
    ///
    /// What is not simulated: other operators, other fields than name and namespace.
    pub(crate) fn of(request: &Request) -> Result<Self, String> {
        let mut selector = Self::default();
        for (name, value) in requirements(request, "fieldSelector")? {
            match (name.strip_prefix("metadata."), value) {
                (Some(name @ ("name" | "namespace")), Some(value)) => selector.fields.push((name.to_owned(), value)),
                _ => return Err(format!("a selector of the field {name}")),
            }
        }
        selector.labels = requirements(request, "labelSelector")?;
        Ok(selector)
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
            && self.labels.iter().all(|(name, value)| match (label(name), value) {
                (Some(label), Some(value)) => label == *value,
                (label, None) => label.is_some(),
                (None, Some(_)) => false,
            })
    }
}

/// The requirements of a parameter: names, most of them with the value that is wanted.
fn requirements(request: &Request, parameter: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let text = request.query.get(parameter).map_or("", String::as_str);
    let requirements = text.split(',').filter(|requirement| !requirement.is_empty()).map(|requirement| {
        let (name, value) = match requirement.split_once('=') {
            Some((name, value)) => (name, Some(value.trim_start_matches('=').to_owned())),
            None => (requirement, None),
        };
        if name.contains(['!', ' ', '(', '>', '<']) {
            return Err(format!("{parameter} with anything but `=`"));
        }
        Ok((name.to_owned(), value))
    });
    requirements.collect()
}
