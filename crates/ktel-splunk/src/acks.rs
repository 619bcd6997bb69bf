//! Acknowledgements: the channel that they are given on, and what was promised there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ktel_outbox::Ack;
use reqwest::Url;
use uuid::Uuid;

/// What the names of cookies begin with that a load balancer of AWS writes anew with each answer, whoever is behind it.
const ALWAYS_NEW: &str = "AWSALB";

/// A channel to one receiver. What another one behind the same address promised, this one knows nothing of.
#[derive(Debug)]
pub(crate) struct Acks {
    /// Where they are asked for.
    url: Url,
    channel: String,
    /// How the receiver numbers what it promised on this channel.
    promised: HashMap<Ack, u64>,
    next: u64,
    /// By what a load balancer knows which receiver it chose for us.
    cookies: BTreeMap<String, String>,
    /// The cookies that were new in the last answer that had them. If they are new again, they tell of no receiver.
    restless: BTreeSet<String>,
}

impl Acks {
    pub(crate) fn new(url: Url) -> Self {
        Self {
            url,
            channel: channel(),
            promised: HashMap::new(),
            next: 0,
            cookies: BTreeMap::new(),
            restless: BTreeSet::new(),
        }
    }

    /// Where acknowledgements are asked for.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The channel, for the header `X-Splunk-Request-Channel`.
    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }

    /// The cookies, for the header `Cookie`; `None` if there are none.
    pub(crate) fn cookies(&self) -> Option<String> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes note of a promise that was made on a channel, where it has this number. On a former channel, it does not hold.
    pub(crate) fn promise(&mut self, channel: &str, number: u64) -> Ack {
        let ack = Ack(self.next);
        self.next += 1;
        if channel == self.channel {
            self.promised.insert(ack, number);
        }
        ack
    }

    /// The number of a promise to the receiver; `None` if it was made on a former channel, and holds no more.
    pub(crate) fn number(&self, ack: Ack) -> Option<u64> {
        self.promised.get(&ack).copied()
    }

    /// Forgets a promise: it was kept.
    pub(crate) fn keep(&mut self, ack: Ack) {
        self.promised.remove(&ack);
    }

    /// Opens a new channel. What was promised on the former one holds no more.
    pub(crate) fn renew(&mut self) {
        self.channel = channel();
        self.promised.clear();
    }

    /// Takes note of the cookies of an answer, each the value of a header `Set-Cookie`. If they tell of another receiver,
    /// a new channel is opened.
    pub(crate) fn see<'a>(&mut self, cookies: impl IntoIterator<Item = &'a str>) {
        let mut is_other = false;
        for cookie in cookies {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            if value.is_empty() {
                // That is how a cookie is taken back.
                self.cookies.remove(name);
                continue;
            }
            let former = self.cookies.insert(name.to_owned(), value.to_owned());
            if former.is_some_and(|former| former != value) {
                is_other |= self.restless.insert(name.to_owned()) && !name.starts_with(ALWAYS_NEW);
            } else {
                self.restless.remove(name);
            }
        }
        if is_other {
            self.renew();
        }
    }
}

fn channel() -> String {
    Uuid::new_v4().hyphenated().to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn another_cookie_opens_another_channel() {
        let mut acks = Acks::new(Url::parse("http://splunk/services/collector/ack").unwrap());
        let first = acks.channel().to_owned();
        let ack = acks.promise(&first, 7);
        assert_eq!(acks.number(ack), Some(7));
        // The first one, the same again, another path, and one that says nothing of who answers.
        acks.see(["AWSELB=a; Path=/", "AWSALB=1"]);
        acks.see(["AWSELB=a; Path=/other; Secure", "AWSALB=2", "nonsense"]);
        assert_eq!((acks.channel(), acks.number(ack)), (&*first, Some(7)));
        assert_eq!(acks.cookies().as_deref(), Some("AWSALB=2; AWSELB=a"));

        acks.see(["AWSELB=b"]);
        assert_ne!(acks.channel(), first);
        assert_eq!(acks.number(ack), None);
        let late = acks.promise(&first, 7);
        assert_ne!(late, ack);
        assert_eq!(acks.number(late), None, "it was made on the former channel");
    }

    #[test]
    fn a_cookie_that_is_always_new_or_taken_back_opens_no_channel_again_and_again() {
        let mut acks = Acks::new(Url::parse("http://splunk/services/collector/ack").unwrap());
        let mut channels = vec![acks.channel().to_owned()];
        for number in 0..5 {
            acks.see([&*format!("session={number}")]);
            channels.push(acks.channel().to_owned());
        }
        channels.dedup();
        assert_eq!(channels.len(), 2, "the first change may tell of another receiver");
        acks.see(["session=; Max-Age=0"]);
        assert_eq!((acks.channel(), acks.cookies()), (&*channels[1], None));
    }
}
