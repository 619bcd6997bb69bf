//! A request, as far as the event collector looks at it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// A request, read to its end or to the largest body that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method: `POST`.
    pub method: String,
    /// The path without parameters.
    pub path: String,
    /// The parameters as they stand in the address.
    pub query: String,
    /// The headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, packed as it came. Nothing if it was larger than what is taken.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// A parameter of the address, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.into_iter().find(|(other, _)| *other == name)?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// The channel that the request names, in its header or in the address.
    #[must_use]
    pub fn channel(&self) -> Option<String> {
        let header = self.header("x-splunk-request-channel").map(str::to_owned);
        header.or_else(|| self.parameter("channel")).filter(|channel| !channel.is_empty())
    }
}
