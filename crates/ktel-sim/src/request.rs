//! A request, as far as an API server looks at it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// A `GET` request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The path: `/api/v1/pods`.
    pub path: String,
    /// The parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The header `Accept`.
    pub accept: String,
    /// The token of the header `Authorization`.
    pub token: Option<String>,
    /// The header `Impersonate-User`: on whose behalf the client asks, if it is not its own. In the group `system:masters`, that
    /// is on behalf of nobody who may be refused anything.
    pub impersonated: Option<String>,
    /// The header `If-None-Match`.
    pub if_none_match: Option<String>,
}

impl Request {
    /// A request for a path with its query: `/api/v1/pods?limit=1`.
    #[must_use]
    pub fn new(path_and_query: &str, accept: &str, authorization: Option<&str>) -> Self {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self {
            path: path.to_owned(),
            query: pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
            accept: accept.to_owned(),
            token: authorization.and_then(|header| header.strip_prefix("Bearer ")).map(str::to_owned),
            impersonated: None,
            if_none_match: None,
        }
    }

    /// The same, unless the answer is the one of this tag.
    #[must_use]
    pub fn if_none_match(mut self, etag: Option<&str>) -> Self {
        self.if_none_match = etag.map(str::to_owned);
        self
    }

    /// The same on behalf of a user of this group.
    #[must_use]
    pub fn impersonating(mut self, user: Option<&str>, group: Option<&str>) -> Self {
        self.impersonated = user.filter(|_| group != Some("system:masters")).map(str::to_owned);
        self
    }

    /// The form in which the answer is wanted, by the parameter `as` of the first type that is accepted:
    /// `PartialObjectMetadataList`. Empty for objects as they are.
    #[must_use]
    pub fn form(&self) -> &str {
        let first = self.accept.split(',').next().unwrap_or_default();
        first.split(';').find_map(|parameter| parameter.trim().strip_prefix("as=")).unwrap_or_default()
    }
}
