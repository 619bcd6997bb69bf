//! Names that are taken for each other.

use super::Fault;
use crate::model::{Member, Model};

/// Words that bear an `s` where they are secure, which is not a plural.
const SECURED: [&str; 6] = ["amqp", "grpc", "http", "ldap", "mqtt", "ws"];

/// Shorter words differ by a letter without being alike: `tcp` and `udp`, `p95` and `p99`.
const LONG_ENOUGH: usize = 5;

pub(super) fn similar(model: &Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    for message in &model.messages {
        for (index, member) in message.members.iter().enumerate() {
            let before = message.members[..index].iter().map(Member::name);
            for other in before.filter(|other| are_alike(other, member.name())) {
                let help =
                    format!("choose a name that nobody takes for `{other}`, or say in `allow` why both are needed");
                let text = format!("`{}` is named nearly like `{other}`", member.name());
                faults.push(Fault::new(member.at(), text, help));
            }
        }
    }
    faults
}

fn are_alike(one: &str, other: &str) -> bool {
    let squeezed = |name: &str| name.replace('_', "");
    let words = |name: &str| name.split('_').map(str::to_owned).collect::<Vec<_>>();
    let sorted = |name: &str| {
        let mut words = words(name);
        words.sort();
        words
    };
    if squeezed(one) == squeezed(other) || sorted(one) == sorted(other) {
        return true;
    }
    let (ones, others) = (words(one), words(other));
    let mut different = ones.iter().zip(&others).filter(|(one, other)| one != other);
    let (first, second) = (different.next(), different.next());
    ones.len() == others.len() && second.is_none() && first.is_some_and(|(one, other)| are_alike_words(one, other))
}

fn are_alike_words(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_plural = long == format!("{short}s")
        || long == format!("{short}es")
        || short.strip_suffix('y').is_some_and(|stem| long == format!("{stem}ies"));
    if is_plural {
        return !SECURED.contains(&short);
    }
    let is_word = |word: &str| word.len() >= LONG_ENOUGH && !word.contains(|c: char| c.is_ascii_digit());
    is_word(short) && is_word(long) && strsim::osa_distance(short, long) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_each_other_is_known() {
        for (one, other) in [
            ("node_count", "nodes_count"),
            ("policy_count", "policies_count"),
            ("count_nodes", "nodes_count"),
            ("nodecount", "node_count"),
            ("gateway", "gateways"),
            ("gateway_count", "gatewya_count"),
            ("listener_count", "listenner_count"),
        ] {
            assert!(are_alike(one, other) && are_alike(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("node_count", "pod_count"),
            ("http_protocol_route_count", "https_protocol_route_count"),
            ("ws_protocol_route_count", "wss_protocol_route_count"),
            ("tcp_route_count", "udp_route_count"),
            ("push_p95_seconds", "push_p99_seconds"),
            ("enabled", "enabled_count"),
            ("amd64_node_count", "arm64_node_count"),
        ] {
            assert!(!are_alike(one, other) && !are_alike(other, one), "{one} {other}");
        }
    }
}
