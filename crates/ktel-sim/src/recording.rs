//! Answers recorded from a real API server, given again to whoever asks the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{answer::Answer, refusal, request::Request, selector::Selector, server::Api};

/// Recorded exchanges, one file each.
///
/// A client need not ask for exactly what was recorded, as long as a server would give the recorded answer: a list that
/// was read without a limit, or page by page to its end, answers a limit that it fits into, a refusal answers whatever is asked of the same path, and
/// metadata, which is the same in all versions of a kind, answers for each of them, and a list that is all there is answers
/// for each of its objects and for a selection of them.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    exchanges: Vec<Exchange>,
}

#[derive(Debug, Clone)]
struct Exchange {
    request: Request,
    answer: Answer,
    /// The number of items of a list that is all there is.
    complete: Option<usize>,
}

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not a recorded exchange.
    #[error("{path} is not a recorded exchange: {why}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

#[derive(Deserialize)]
struct File {
    request: RequestFile,
    response: ResponseFile,
}

#[derive(Deserialize)]
struct RequestFile {
    method: String,
    path: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct ResponseFile {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: Option<Value>,
    body_text: Option<String>,
    body_base64: Option<String>,
}

impl Recording {
    /// Reads the exchanges of one user from the files of a folder.
    pub fn load(folder: &Path, user: &str) -> Result<Self, RecordingError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| RecordingError::Io { path, source }
        };
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(io(folder))? {
            let path = entry.map_err(io(folder))?.path();
            let is_exchange = path.extension().is_some_and(|extension| extension == "json");
            if is_exchange && path.file_name().is_some_and(|name| name != "index.json") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut exchanges = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(io(&path))?;
            let unreadable = |why: String| RecordingError::Unreadable { path: path.clone(), why };
            let file: File = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
            if file.request.user == user && file.request.method == "GET" {
                exchanges.push(Exchange::read(file).map_err(unreadable)?);
            }
        }
        let joined: Vec<Exchange> = exchanges.iter().filter_map(|first| first.joined(&exchanges)).collect();
        exchanges.extend(joined);
        Ok(Self { exchanges })
    }

    /// The exchanges of both; where both answer, those of this one do.
    #[must_use]
    pub fn over(mut self, base: Self) -> Self {
        self.exchanges.extend(base.exchanges);
        self
    }
}

impl Api for Recording {
    fn answer(&self, request: &Request) -> Answer {
        let rules: [fn(&Exchange, &Request) -> bool; 4] =
            [Exchange::is_same, Exchange::refuses, Exchange::fits, Exchange::is_same_in_other_version];
        let found = rules.iter().find_map(|rule| self.exchanges.iter().find(|exchange| rule(exchange, request)));
        let part_of: [fn(&Exchange, &Request) -> Option<Answer>; 2] = [Exchange::object, Exchange::selection];
        let answer = found.map(|exchange| exchange.answer.clone()).or_else(|| {
            part_of.iter().find_map(|part| self.exchanges.iter().find_map(|exchange| part(exchange, request)))
        });
        answer.unwrap_or_else(|| refusal::not_simulated(&format!("{} was not recorded", request.path)))
    }
}

impl Exchange {
    fn read(file: File) -> Result<Self, String> {
        let File { request, response } = file;
        let header = |name: &str| {
            let known = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            known.map(|(_, value)| value.as_str())
        };
        let content_type = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let complete = response.body.as_ref().and_then(complete_items);
        let body = match (response.body, response.body_text, response.body_base64) {
            (Some(json), ..) => json.to_string().into_bytes(),
            (_, Some(text), _) => text.into_bytes(),
            (_, _, Some(base64)) => BASE64_STANDARD.decode(base64).map_err(|error| error.to_string())?,
            _ => Vec::new(),
        };
        Ok(Self {
            request: Request::new(&request.path, header("accept").unwrap_or_default(), None),
            answer: Answer::new(response.status, content_type.map_or("", |(_, value)| value), body),
            complete,
        })
    }

    /// The whole list, if this is its first page and all that follow were recorded, too.
    fn joined(&self, exchanges: &[Self]) -> Option<Self> {
        if !self.request.query.keys().eq(["limit"]) {
            return None;
        }
        let mut whole: Value = serde_json::from_slice(&self.answer.body).ok()?;
        let mut token = next(&whole)?;
        loop {
            let is_next = |other: &&Self| {
                other.request.path == self.request.path
                    && other.has_form_of(&self.request)
                    && other.request.query.get("continue").is_some_and(|other| place(other) == place(&token))
            };
            let page: Value = serde_json::from_slice(&exchanges.iter().find(is_next)?.answer.body).ok()?;
            let following = next(&page);
            let items = page.get("items")?.as_array()?.clone();
            whole.get_mut("items")?.as_array_mut()?.extend(items);
            match following {
                Some(following) => token = following,
                None => break,
            }
        }
        let metadata = whole.get_mut("metadata")?.as_object_mut()?;
        metadata.remove("continue");
        metadata.remove("remainingItemCount");
        let request = Request { query: BTreeMap::new(), ..self.request.clone() };
        let complete = complete_items(&whole);
        let answer = Answer { body: whole.to_string().into_bytes(), ..self.answer.clone() };
        Some(Self { request, answer, complete })
    }

    /// Exactly this was asked.
    fn is_same(&self, request: &Request) -> bool {
        self.request.path == request.path && self.request.query == request.query && self.has_form_of(request)
    }

    /// Nobody may have anything from this path, whatever the parameters.
    fn refuses(&self, request: &Request) -> bool {
        matches!(self.answer.status, 401 | 403) && self.request.path == request.path
    }

    /// The whole list was recorded, and fits into the limit that is asked for now.
    fn fits(&self, request: &Request) -> bool {
        let limit = request.query.get("limit").and_then(|limit| limit.parse().ok());
        let is_limit_alone = request.query.len() == 1 && self.request.query.is_empty();
        self.request.path == request.path
            && self.has_form_of(request)
            && is_limit_alone
            && matches!((self.complete, limit), (Some(items), Some(limit)) if items <= limit)
    }

    /// The same was asked of another version of the kind, and the answer does not show the version.
    fn is_same_in_other_version(&self, request: &Request) -> bool {
        let without_version = |path: &str| match path.split('/').collect::<Vec<_>>()[..] {
            ["", "apis", group, _, plural] => Some((group.to_owned(), plural.to_owned())),
            _ => None,
        };
        let kind = without_version(&self.request.path);
        kind.is_some()
            && kind == without_version(&request.path)
            && self.request.query == request.query
            && request.form() == "PartialObjectMetadataList"
            && self.has_form_of(request)
            && self.answer.status == 200
    }

    /// A single object of a list that is all there is.
    fn object(&self, request: &Request) -> Option<Answer> {
        let name = request.path.strip_prefix(&self.request.path)?.strip_prefix('/')?;
        let is_form = match request.form() {
            "" => self.request.form().is_empty(),
            form => self.request.form().strip_suffix("List") == Some(form),
        };
        let items = self.items().filter(|_| is_form)?;
        let found = items.into_iter().find(|item| item["metadata"]["name"] == name)?;
        Some(Answer::json(200, &found))
    }

    /// Those objects of a list that is all there is which a selector selects.
    fn selection(&self, request: &Request) -> Option<Answer> {
        if self.request.path != request.path || !self.has_form_of(request) || !self.request.query.is_empty() {
            return None;
        }
        let selector = Selector::of(request).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let is_selected = |item: &Value| {
            let metadata = &item["metadata"];
            selector.admits(|name| text(&metadata[name]), |label| text(&metadata["labels"][label]))
        };
        let items: Vec<Value> = self.items()?.into_iter().filter(is_selected).collect();
        Some(Answer::json(200, &serde_json::json!({ "metadata": {}, "items": items })))
    }

    /// The objects of a list that is all there is.
    fn items(&self) -> Option<Vec<Value>> {
        self.complete?;
        let mut list: Value = serde_json::from_slice(&self.answer.body).ok()?;
        match list.get_mut("items")?.take() {
            Value::Array(items) => Some(items),
            _ => Some(Vec::new()),
        }
    }

    fn has_form_of(&self, request: &Request) -> bool {
        self.request.form() == request.form()
    }
}

/// Where a token of a real server leads to. A server that lists from its cache writes the same place without the slash that
/// one writes which lists from its store.
fn place(token: &str) -> String {
    #[derive(Deserialize)]
    struct Place {
        start: String,
    }
    let json = BASE64_STANDARD_NO_PAD.decode(token.trim_end_matches('=')).unwrap_or_default();
    let place = serde_json::from_slice(&json).map(|Place { start }| start.trim_start_matches('/').to_owned());
    place.unwrap_or_else(|_| token.to_owned())
}

/// The token of the page that follows.
fn next(body: &Value) -> Option<String> {
    let token = body.get("metadata")?.get("continue")?.as_str()?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// The number of items of a list after which nothing comes; `None` for anything else.
fn complete_items(body: &Value) -> Option<usize> {
    let items = body.get("items")?;
    next(body).is_none().then(|| items.as_array().map_or(0, Vec::len))
}
