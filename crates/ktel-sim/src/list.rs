//! Lists and single objects, whole or as metadata alone.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    cluster::{Cluster, Template},
    kind::Kind,
    refusal,
    request::Request,
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
    if let Some(selector) = request.query.keys().find(|name| name.ends_with("Selector")) {
        return refusal::not_simulated(selector);
    }
    let templates: Vec<&Template> = cluster
        .templates_of(kind)
        .filter(|template| namespace.is_none_or(|namespace| template.namespace() == Some(namespace)))
        .collect();
    let total = templates.iter().map(|template| template.times).sum::<usize>();
    let (start, limit) = match (start(request), limit(request, total)) {
        (Ok(start), Ok(limit)) => (start, limit),
        (Err(refusal), _) | (_, Err(refusal)) => return refusal,
    };
    let numbered =
        templates.into_iter().flat_map(|template| (1..=template.times).map(move |number| (template, number)));
    let items: Vec<Value> =
        numbered.skip(start).take(limit).map(|(template, number)| form(template.object(number), is_metadata)).collect();
    let mut metadata = json!({ "resourceVersion": RESOURCE_VERSION });
    let left = total.saturating_sub(start + items.len());
    if left > 0 {
        metadata["continue"] = token(start + items.len()).into();
        if cluster.counts_remaining {
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
    let templates = cluster.templates_of(kind).filter(|template| template.namespace() == namespace);
    let mut objects = templates.flat_map(|template| (1..=template.times).map(|number| template.object(number)));
    match objects.find(|object| object.get("metadata").is_some_and(|metadata| metadata["name"] == name)) {
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
    let number = token.strip_prefix(TOKEN).and_then(|number| number.parse().ok());
    number.ok_or_else(|| refusal::bad_request("invalid continue token: continue key is not valid"))
}

/// What a continue token starts with. The rest is the number of objects before it.
const TOKEN: &str = "sim.";

fn token(start: usize) -> String {
    format!("{TOKEN}{start}")
}
