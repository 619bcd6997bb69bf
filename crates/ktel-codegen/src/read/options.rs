//! What the vocabulary lets a standard say, as plain structs.

use prost_reflect::DynamicMessage;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;

use super::sources::Sources;

/// `(ktel.v1.field)`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct FieldOptions {
    pub(super) sensitivity: String,
    pub(super) answers: Vec<String>,
    pub(super) source: String,
    pub(super) example: Vec<String>,
    #[serde(deserialize_with = "double")]
    pub(super) min: Option<f64>,
    #[serde(deserialize_with = "double")]
    pub(super) max: Option<f64>,
    pub(super) max_length: Option<u32>,
    pub(super) pattern: String,
    pub(super) format: String,
    pub(super) max_items: Option<u32>,
    pub(super) unit: String,
    pub(super) counts: String,
    pub(super) lists: Vec<String>,
    pub(super) gets: Vec<String>,
    pub(super) daily: bool,
    pub(super) host: bool,
    pub(super) merge: String,
    pub(super) line: Vec<LineOptions>,
    pub(super) indexed: String,
    pub(super) deprecated: Option<DeprecationOptions>,
    pub(super) expires: String,
    pub(super) owner: String,
    pub(super) allow: Vec<AllowOptions>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct LineOptions {
    pub(super) key: String,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) manner: String,
    pub(super) words: Vec<String>,
}

/// `(ktel.v1.value)`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct ValueOptions {
    pub(super) line: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct DeprecationOptions {
    pub(super) reason: String,
    pub(super) replacement: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct AllowOptions {
    pub(super) rule: String,
    pub(super) reason: String,
    pub(super) until: String,
}

/// `(ktel.v1.section)`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct SectionOptions {
    pub(super) category: String,
    pub(super) event: String,
    pub(super) owner: String,
}

/// `(ktel.v1.report)`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct ReportOptions {
    pub(super) questions: Vec<QuestionOptions>,
    pub(super) purpose: String,
    pub(super) retention_days: u32,
    pub(super) sourcetype: String,
    pub(super) id_base: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct QuestionOptions {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) chart: String,
    pub(super) about: String,
}

/// Reads one of the vocabulary's options; what is not said has its default.
///
/// The way leads over ProtoJSON, so that the keys stand in `options.proto` and in the structs above, and nowhere else.
///
/// # Errors
///
/// If the vocabulary has a key that the structs above do not know.
pub(super) fn option<T>(sources: &Sources, options: &DynamicMessage, name: &str) -> Result<T, String>
where
    T: Default + DeserializeOwned,
{
    let Some(extension) = sources.pool().get_extension_by_name(&format!("ktel.v1.{name}")) else {
        return Ok(T::default());
    };
    let said = options.get_extension(&extension);
    let Some(said) = said.as_message() else { return Ok(T::default()) };
    let json = serde_json::to_value(said).map_err(|error| error.to_string())?;
    serde_json::from_value(json).map_err(|error| error.to_string())
}

/// Reads a double, which ProtoJSON writes as a text if it is not finite.
fn double<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        number => Ok(number.as_f64()),
    }
}

/// Whether anything is said in one of the vocabulary's options.
pub(super) fn has_option(sources: &Sources, options: &DynamicMessage, name: &str) -> bool {
    let extension = sources.pool().get_extension_by_name(&format!("ktel.v1.{name}"));
    extension.is_some_and(|extension| options.has_extension(&extension))
}
