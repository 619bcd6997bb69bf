//! Lists and single objects, whole or as metadata alone.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    cluster::{Cluster, Numbers, Template},
    fault::FRESH,
    kind::Kind,
    refusal,
    request::Request,
    selector::Selector,
};

/// Every state of a simulated cluster is its first.
const RESOURCE_VERSION: &str = "1";

/// Answers a list of a kind, in one namespace or in all.
pub(crate) fn list(cluster: &Cluster, kind: &Kind, namespace: Option<&str>, request: &Request) -> Answer {
    let is_metadata = match request.form() {
        "" => false,
        "PartialObjectMetadataList" => true,
        _ => return refusal::not_acceptable(),
    };
    if kind.is_lease() && !cluster.leases.is_empty() {
        return refusal::not_simulated("lists of leases that were written");
    }
    let selector = match Selector::of(request) {
        Ok(selector) => selector,
        Err(what) => return refusal::not_simulated(&what),
    };
    let templates: Vec<(&Template, Numbers)> =
        cluster.templates_of(kind).map(|template| (template, template.numbers(namespace, &selector))).collect();
    let total = templates.iter().map(|(_, numbers)| numbers.len()).sum::<usize>();
    let (start, limit) = match (start(request), limit(request, total)) {
        (Ok(start), Ok(limit)) => (start, limit),
        (Err(refusal), _) | (_, Err(refusal)) => return refusal,
    };
    let end = total.min(start.saturating_add(limit));
    let mut items: Vec<Value> = Vec::new();
    let mut before = 0;
    for (template, numbers) in &templates {
        let places = start.max(before)..end.min(before + numbers.len());
        items.extend(places.map(|place| form(template.object(numbers.get(place - before)), is_metadata)));
        before += numbers.len();
    }
    let mut metadata = json!({ "resourceVersion": RESOURCE_VERSION });
    let left = total.saturating_sub(end);
    if left > 0 {
        metadata["continue"] = token(end).into();
        // Real servers do not count what is left of a selection.
        if cluster.counts_remaining(kind) && selector.is_everything() {
            metadata["remainingItemCount"] = left.into();
        }
    }
    let (kind, api_version) = if is_metadata {
        ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1".to_owned())
    } else {
        (format!("{}List", kind.name), kind.api_version())
    };
    // A list of metadata has `null` for no items, one of objects has an empty list.
    let items = if is_metadata && items.is_empty() { Value::Null } else { items.into() };
    Answer::json(200, &json!({ "kind": kind, "apiVersion": api_version, "metadata": metadata, "items": items }))
}

/// Answers a single object.
pub(crate) fn get(cluster: &Cluster, kind: &Kind, namespace: Option<&str>, name: &str, request: &Request) -> Answer {
    let is_metadata = match request.form() {
        "" => false,
        "PartialObjectMetadata" => true,
        _ => return refusal::not_acceptable(),
    };
    if let (true, Some(Value::Object(lease))) = (kind.is_lease(), cluster.leases.get(namespace, name)) {
        return Answer::json(200, &form(lease, is_metadata));
    }
    match cluster.described(kind, namespace.unwrap_or_default(), name) {
        Some(object) => Answer::json(200, &form(object, is_metadata)),
        None => refusal::not_found(kind, name),
    }
}

fn form(mut object: Map<String, Value>, is_metadata: bool) -> Value {
    if is_metadata {
        let metadata = object.remove("metadata").unwrap_or_default();
        return json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata });
    }
    object.into()
}

/// How many objects a page has. Real servers ignore the limit for `resourceVersion=0`, and so does this one.
fn limit(request: &Request, total: usize) -> Result<usize, Answer> {
    if request.query.get("resourceVersion").is_some_and(|version| version == "0") {
        return Ok(total);
    }
    match request.query.get("limit").map(String::as_str) {
        None | Some("0") => Ok(total),
        Some(text) => text
            .parse()
            .map_err(|_| refusal::bad_request(&format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))),
    }
}

fn start(request: &Request) -> Result<usize, Answer> {
    let Some(token) = request.query.get("continue") else { return Ok(0) };
    let number = token.trim_end_matches(FRESH).strip_prefix(TOKEN).and_then(|number| number.parse().ok());
    number.ok_or_else(|| refusal::bad_request("invalid continue token: continue key is not valid"))
}

/// What a continue token starts with. The rest is the number of objects before it.
const TOKEN: &str = "sim.";

fn token(start: usize) -> String {
    format!("{TOKEN}{start}")
}
