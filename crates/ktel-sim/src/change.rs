//! A change that a client asks for.

use serde_json::Value;

/// A change that a client asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What is to be done.
    pub verb: Verb,
    /// The object as it is to be; nothing where one is deleted.
    pub object: Value,
}

/// What is to be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// It is made.
    Create,
    /// It takes the place of what is there.
    Replace,
    /// It goes.
    Delete,
}

impl Change {
    /// What a method asks for with a body; `None` if that is not simulated.
    #[must_use]
    pub fn new(method: &str, body: &[u8]) -> Option<Self> {
        let object = || serde_json::from_slice(body).ok().filter(Value::is_object);
        Some(match method {
            "POST" => Self { verb: Verb::Create, object: object()? },
            "PUT" => Self { verb: Verb::Replace, object: object()? },
            "DELETE" => Self { verb: Verb::Delete, object: Value::Null },
            _ => return None,
        })
    }

    /// The name of the object.
    pub(crate) fn name(&self) -> Option<String> {
        self.object["metadata"]["name"].as_str().map(str::to_owned)
    }
}

impl Verb {
    /// The verb in permissions.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "update",
            Self::Delete => "delete",
        }
    }
}
