//! Emits the snapshot: a struct with a field a read, and how each is filled.

use super::{COLLECTOR, Error, File, reads, rust};
use crate::{model::Read, read::Standard};

const HEADER: &str = "\
use ktel_types::Absence;

use super::reads;
use crate::{gather::Reader, reading::Reading, view};

/// What was read from a cluster: each thing, or why it is not there.
#[derive(Debug, Clone)]
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let rows = reads::reads(&standard.model);
    let mut text = rust::header("What was read from a cluster, as probes see it.");
    text += HEADER;
    text += "pub(crate) struct Snapshot {\n";
    for row in &rows {
        let view = reads::view(&row.read);
        let value = if matches!(row.read, Read::List(..)) { format!("Vec<{view}>") } else { view };
        text += &format!("    /// `{}`: for {}.\n", row.read, reads::code_list(&row.fields));
        text += &format!("    pub(crate) {}: Reading<{value}>,\n", row.name);
    }
    text += "}\n\nimpl Default for Snapshot {\n    /// Nothing was read.\n    fn default() -> Self {\n        Self {\n";
    for row in &rows {
        text += &format!("            {}: Err(Absence::Unknown),\n", row.name);
    }
    text += "        }\n    }\n}\n\nimpl Snapshot {\n    /// Reads all that the reader is allowed to.\n";
    text += "    pub(crate) async fn gather(reader: &Reader<'_>) -> Self {\n        let (\n";
    for row in &rows {
        text += &format!("            {},\n", row.name);
    }
    text += "        ) = tokio::join!(\n";
    for row in &rows {
        let method = match &row.read {
            Read::Path(_) => "path",
            Read::Object(..) => "object",
            Read::List(..) => "list",
            Read::Count(_) => "count",
        };
        text += &format!("            reader.{method}(&reads::{}),\n", rust::screaming(&row.name));
    }
    text += "        );\n        Self {\n";
    for row in &rows {
        text += &format!("            {},\n", row.name);
    }
    text += "        }\n    }\n}\n";
    Ok(vec![File::new(COLLECTOR, "snapshot.rs", text)])
}
