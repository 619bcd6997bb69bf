//! From a line to the bytes that a heavy forwarder reads.

use ktel_outbox::Line;

/// What stands before every line: to a syslog, a message of a user's program, for information.
const PRIORITY: &str = "<14>";

/// A line that would not be read as it was meant. The text holds nothing of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key or a value holds `;`, `=` or a control character, which would look like another field or another record"
)]
pub struct Forged;

/// Writes a line, its end included: `<14>signal=kic-ping;k8s_pods_count=1;` and a line feed.
///
/// The pairs of each group are sorted, and the groups are, each by its text.
pub fn encode_line(line: &Line) -> Result<String, Forged> {
    let pair = |key: &str, value: &str| {
        if [key, value].into_iter().any(ends_early) { Err(Forged) } else { Ok(format!("{key}={value};")) }
    };
    let mut groups = Vec::new();
    for group in &line.groups {
        let mut pairs = group.iter().map(|(key, value)| pair(key, value)).collect::<Result<Vec<_>, _>>()?;
        pairs.sort();
        groups.push(pairs.concat());
    }
    groups.sort();
    Ok(format!("{PRIORITY}{}{}\n", pair("signal", &line.signal)?, groups.concat()))
}

fn ends_early(text: &str) -> bool {
    text.contains([';', '=']) || text.contains(char::is_control)
}
