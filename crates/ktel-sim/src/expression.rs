//! Numbers in the texts of a template: `{n}`, and what can be reckoned from it, such as `{n*5+1}`, `{n/5}` and `{n%20}`. `{n#}`
//! is 16 digits that look random, and are the same for the same number.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Replaces each expression in a text by its value for the object of this number. What is no expression stays as it is.
pub(crate) fn substitute(text: &str, number: usize) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{n") {
        let (before, from) = rest.split_at(start);
        done.push_str(before);
        let found = from.find('}').and_then(|end| Some((value(from.get(2..end)?, number)?, end)));
        if let Some((value, end)) = found {
            done.push_str(&value);
            rest = &from[end + 1..];
        } else {
            done.push_str("{n");
            rest = &from[2..];
        }
    }
    done.push_str(rest);
    done
}

/// Whether a text has an expression in it.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains("{n")
}

fn value(operations: &str, number: usize) -> Option<String> {
    if operations == "#" {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        return Some(format!("{:016x}", hasher.finish()));
    }
    evaluate(operations, number).map(|value| value.to_string())
}

/// Evaluates what follows the `n`, from left to right: `*5+1`.
fn evaluate(operations: &str, number: usize) -> Option<usize> {
    let mut value = number;
    let mut rest = operations;
    while let Some(operation) = rest.chars().next() {
        let digits = rest[operation.len_utf8()..].bytes().take_while(u8::is_ascii_digit).count();
        let (operand, after) = rest[operation.len_utf8()..].split_at(digits);
        let operand: usize = operand.parse().ok()?;
        value = match operation {
            '+' => value.checked_add(operand)?,
            '-' => value.checked_sub(operand)?,
            '*' => value.checked_mul(operand)?,
            '/' => value.checked_div(operand)?,
            '%' => value.checked_rem(operand)?,
            _ => return None,
        };
        rest = after;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::substitute;

    #[test]
    fn expressions_are_reckoned_from_left_to_right() {
        for (text, expected) in [
            ("pod-{n}", "pod-17"),
            ("{n}-{n}", "17-17"),
            ("team-{n%5}", "team-2"),
            ("{n/5}", "3"),
            ("{n*5+1}", "86"),
            ("{n-1/8}", "2"),
            ("{name}", "{name}"),
            ("{n*}", "{n*}"),
            ("{n/0}", "{n/0}"),
            ("{n", "{n"),
            ("{}", "{}"),
        ] {
            assert_eq!(substitute(text, 17), expected, "{text}");
        }
        let digits = substitute("{n#}", 17);
        assert!(digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digits}");
        assert!(digits == substitute("{n#}", 17) && digits != substitute("{n#}", 18));
    }
}
