//! Findings as texts: for a terminal, for the changed lines of a pull request, for tools.

mod github;
mod sarif;

use std::str::FromStr;

use super::Finding;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// As commands of GitHub's workflows, which annotate the lines.
    GitHub,
    /// As a log of the Static Analysis Results Interchange Format, 2.1.0.
    Sarif,
}

/// A format that nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is none of text, github, sarif")]
pub struct UnknownFormat(String);

impl Format {
    /// Writes findings, each line ended. Without any, SARIF alone has something to say.
    #[must_use]
    pub fn write(self, findings: &[Finding]) -> String {
        match self {
            Self::Text => findings.iter().map(|finding| format!("{finding}\n")).collect(),
            Self::GitHub => findings.iter().map(github::annotation).collect(),
            Self::Sarif => sarif::log(findings),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text {
            "text" => Ok(Self::Text),
            "github" => Ok(Self::GitHub),
            "sarif" => Ok(Self::Sarif),
            _ => Err(UnknownFormat(text.to_owned())),
        }
    }
}
