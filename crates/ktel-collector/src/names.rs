//! Which names can be those of a namespace or of an index.

/// Whether it can be the name of a namespace: a label of the domain name system.
pub(crate) fn is_namespace(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| is_letter(byte) || byte == b'-')
        && [name.bytes().next(), name.bytes().last()].into_iter().flatten().all(is_letter)
}

/// Whether it can be the name of an index, as Splunk's `indexes.conf` has it.
pub(crate) fn is_index(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=80).contains(&name.len())
        && name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || matches!(byte, b'-' | b'_'))
        && !name.contains("kvstore")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_kubernetes_and_splunk_have_them() {
        for (name, namespace, index) in [
            ("kong", true, true),
            ("kong-system", true, true),
            ("kong_telemetry", false, true),
            ("7", true, true),
            ("", false, false),
            ("-kong", false, false),
            ("kong-", false, true),
            ("_internal", false, false),
            ("Kong", false, false),
            ("a kvstore", false, false),
            ("my-kvstore", true, false),
        ] {
            assert_eq!((is_namespace(name), is_index(name)), (namespace, index), "{name}");
        }
    }
}
