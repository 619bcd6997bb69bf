//! Findings as commands of GitHub's workflows: `::error file=…,line=…,col=…,title=…::…`.

use crate::lint::Finding;

pub(super) fn annotation(finding: &Finding) -> String {
    let Finding { at, message, help, rule } = finding;
    format!(
        "::error file={},line={},col={},title={}::{}\n",
        property(&at.file),
        at.line,
        at.column,
        property(rule),
        data(&format!("{message}\nhelp: {help}"))
    )
}

/// Text behind the command: a line end would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Location;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let at = Location { file: "schema/a,b:c%.proto".into(), line: 3, column: 5 };
        let finding = Finding { at, message: "50%: a, b\r\n::error::".into(), help: "do".into(), rule: "name-unit" };
        assert_eq!(
            annotation(&finding),
            "::error file=schema/a%2Cb%3Ac%25.proto,line=3,col=5,title=name-unit::50%25: a, b%0D%0A::error::%0Ahelp: do\n"
        );
    }
}
