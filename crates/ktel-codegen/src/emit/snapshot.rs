//! Emits the snapshot: a struct with a field a read, and how each is filled.

use super::{
    COLLECTOR, Error, File,
    reads::{self, Row},
    rust,
};
use crate::{
    model::{Part, Read},
    standard::Standard,
};

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
        text += &format!("    /// `{}`, for {}.\n", row.read, reads::users(row));
        text += &format!("    pub(crate) {}: Reading<{}>,\n", row.name, reads::view(&row.read));
    }
    text += "}\n\nimpl Default for Snapshot {\n    /// Nothing was read.\n    fn default() -> Self {\n        Self {\n";
    for row in &rows {
        // What is read once a day is left out on purpose in between.
        let why = if row.is_daily { "NotDue" } else { "Unknown" };
        text += &format!("            {}: Err(Absence::{why}),\n", row.name);
    }
    text += "        }\n    }\n}\n\nimpl Snapshot {\n";
    text += "    /// Reads all that the reader is allowed to, but for what is read no more often than once a day.\n";
    text += "    #[allow(clippy::too_many_lines, reason = \"a line a read\")]\n";
    text += "    pub(crate) async fn gather(&mut self, reader: &Reader<'_>) {\n";
    text += &gather(&rows, false);
    text += "    }\n\n    /// Reads what is read no more often than once a day.\n";
    text += "    pub(crate) async fn gather_daily(&mut self, reader: &Reader<'_>) {\n";
    text += &gather(&rows, true);
    text += "    }\n}\n";
    Ok(vec![File::new(COLLECTOR, "snapshot.rs", text)])
}

/// Makes all reads of one kind at once, then counts what was read whole.
fn gather(rows: &[Row], is_daily: bool) -> String {
    let rows_now = || rows.iter().filter(move |row| row.is_daily == is_daily);
    let (counted, asked): (Vec<&Row>, Vec<&Row>) =
        rows_now().partition(|row| reads::list_to_count(rows, row).is_some());
    let mut text = String::new();
    if asked.is_empty() {
        return "        let _ = (self, reader);\n".to_owned();
    }
    text += "        (\n";
    for row in &asked {
        text += &format!("            self.{},\n", row.name);
    }
    text += "        ) = tokio::join!(\n";
    for row in &asked {
        let method = match &row.read {
            Read::Path(_) => "path",
            Read::Object(..) => "object",
            Read::List(_, Part::Selected) => "selected",
            Read::List(..) => "list",
            Read::Count(_) => "count",
        };
        text += &format!("            reader.{method}(&reads::{}),\n", rust::screaming(&row.name));
    }
    text += "        );\n";
    for row in counted {
        if let Some(list) = reads::list_to_count(rows, row) {
            text += &format!("        self.{} = reader.counted(&reads::{}, ", row.name, rust::screaming(&row.name));
            text += &format!("&self.{});\n", list.name);
        }
    }
    text
}
