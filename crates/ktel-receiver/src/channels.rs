//! Acknowledgements: numbers that are given out, a channel each, and asked for later.

use std::collections::{BTreeMap, HashMap};

use crate::settings::Acks;

/// The channels of all clients.
#[derive(Debug, Default)]
pub(crate) struct Channels(HashMap<String, Channel>);

#[derive(Debug, Default)]
struct Channel {
    next: u64,
    /// How often each number was asked for in vain.
    asked: BTreeMap<u64, usize>,
}

impl Channels {
    /// Whether a channel is known, or there is room for one more.
    pub(crate) fn has_room(&self, channel: &str, most: usize) -> bool {
        self.0.contains_key(channel) || self.0.len() < most
    }

    /// Gives out the next number of a channel, the first of which is 0.
    pub(crate) fn promise(&mut self, channel: &str) -> u64 {
        let channel = self.0.entry(channel.to_owned()).or_default();
        let number = channel.next;
        channel.next += 1;
        channel.asked.insert(number, 0);
        number
    }

    /// Whether what was promised under this number is safe. That it is, is said once.
    pub(crate) fn ask(&mut self, channel: &str, number: u64, acks: Acks) -> bool {
        let Some(channel) = self.0.get_mut(channel) else { return false };
        let Some(asked) = channel.asked.get_mut(&number) else { return false };
        let is_safe = match acks {
            Acks::AtOnce => true,
            Acks::After(times) => *asked >= times,
            Acks::Never => false,
        };
        *asked += 1;
        if is_safe {
            channel.asked.remove(&number);
        }
        is_safe
    }
}

/// Whether a text names a channel: 32 hexadecimal digits, with or without hyphens between them.
pub(crate) fn is_channel(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| *byte != b'-');
    digits.clone().count() == 32 && digits.clone().all(|byte| byte.is_ascii_hexdigit())
}
