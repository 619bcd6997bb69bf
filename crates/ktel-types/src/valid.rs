//! A value that keeps the contract.

use std::ops::Deref;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    table::Message,
    validate::{self, NotJson},
    violation::Violation,
};

/// A type of the standard.
pub trait Described: Serialize + DeserializeOwned {
    /// What the standard says of it.
    fn message() -> &'static Message;
}

/// A value that keeps the contract, with the bytes that were checked.
///
/// What is sent are those bytes, not a second serialization of the value.
#[derive(Debug, Clone, PartialEq)]
pub struct Valid<T> {
    value: T,
    json: String,
}

/// Why a value is not valid. The text holds no value of the document.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// It is not JSON.
    #[error(transparent)]
    NotJson(#[from] NotJson),
    /// It breaks rules of the contract.
    #[error("{}", list(.0))]
    Violations(Vec<Violation>),
}

impl<T: Described> Valid<T> {
    /// Checks a value.
    pub fn new(value: T) -> Result<Self, Invalid> {
        let json = serde_json::to_string(&value).map_err(|error| NotJson(error.to_string()))?;
        check(T::message(), &json)?;
        Ok(Self { value, json })
    }

    /// Checks a JSON text, and reads the value from it.
    pub fn parse(json: &str) -> Result<Self, Invalid> {
        check(T::message(), json)?;
        // A text that keeps the contract can be read; what serde would say if it could not might quote a value.
        let value = serde_json::from_str(json).map_err(|_| NotJson("the types cannot hold it".into()))?;
        Ok(Self { value, json: json.to_owned() })
    }
}

impl<T> Valid<T> {
    /// The bytes that were checked, as text.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The value, no longer known to be valid.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl Invalid {
    /// The rules that are broken; none if the document is not JSON.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::NotJson(_) => &[],
            Self::Violations(violations) => violations,
        }
    }
}

fn check(message: &'static Message, json: &str) -> Result<(), Invalid> {
    let violations = validate::check(message, json)?;
    if violations.is_empty() { Ok(()) } else { Err(Invalid::Violations(violations)) }
}

fn list(violations: &[Violation]) -> String {
    violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("; ")
}
