//! How an API server words what it refuses.

use serde_json::{Value, json};

use crate::{answer::Answer, kind::Kind};

/// Who every client is, to a simulated cluster.
const USER: &str = "sim";

/// 401: the token is not the right one.
pub(crate) fn unauthorized() -> Answer {
    status(401, "Unauthorized", "Unauthorized", None)
}

/// 403 on a path that is no resource.
pub(crate) fn forbidden_path(path: &str) -> Answer {
    status(403, "Forbidden", &format!("forbidden: User \"{USER}\" cannot get path \"{path}\""), Some(json!({})))
}

/// 403 on whatever is asked on behalf of somebody whom the client may not stand for.
pub(crate) fn forbidden_impersonation(user: &str) -> Answer {
    let message = format!(
        "users \"{user}\" is forbidden: User \"{USER}\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
    );
    status(403, "Forbidden", &message, Some(json!({ "name": user, "kind": "users" })))
}

/// 403 on objects of a kind, or on one of them.
pub(crate) fn forbidden(kind: &Kind, namespace: Option<&str>, name: Option<&str>) -> Answer {
    forbidden_to(if name.is_some() { "get" } else { "list" }, kind, namespace, name)
}

/// 403 on doing this to objects of a kind, or to one of them.
pub(crate) fn forbidden_to(verb: &str, kind: &Kind, namespace: Option<&str>, name: Option<&str>) -> Answer {
    let full = kind.full_name();
    let subject = name.map_or_else(|| full.clone(), |name| format!("{full} \"{name}\""));
    let place =
        namespace.map_or_else(|| "at the cluster scope".to_owned(), |name| format!("in the namespace \"{name}\""));
    let message = format!(
        "{subject} is forbidden: User \"{USER}\" cannot {verb} resource \"{}\" in API group \"{}\" {place}",
        kind.plural, kind.group
    );
    status(403, "Forbidden", &message, Some(details(kind, name)))
}

/// 404 on an object of a kind that is served.
pub(crate) fn not_found(kind: &Kind, name: &str) -> Answer {
    let message = format!("{} \"{name}\" not found", kind.full_name());
    status(404, "NotFound", &message, Some(details(kind, Some(name))))
}

/// 409 on an object that is to be made, and is there.
pub(crate) fn already_exists(kind: &Kind, name: &str) -> Answer {
    let message = format!("{} \"{name}\" already exists", kind.full_name());
    status(409, "AlreadyExists", &message, Some(details(kind, Some(name))))
}

/// 409 on an object that has changed since the client read it.
pub(crate) fn conflict(kind: &Kind, name: &str) -> Answer {
    let message = format!(
        "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your changes to the latest \
         version and try again",
        kind.full_name()
    );
    status(409, "Conflict", &message, Some(details(kind, Some(name))))
}

/// 404 on a kind that is not served.
pub(crate) fn not_served() -> Answer {
    Answer::text(404, "404 page not found\n")
}

/// 406 on a form that is not served.
pub(crate) fn not_acceptable() -> Answer {
    let message = "only the following media types are accepted: application/json, application/yaml, \
                   application/vnd.kubernetes.protobuf";
    status(406, "NotAcceptable", message, Some(json!({})))
}

/// 400 on a parameter that cannot be read.
pub(crate) fn bad_request(message: &str) -> Answer {
    status(400, "BadRequest", message, None)
}

/// 410 on a token of a page that cannot be had any more, with one that leads to what is there now.
pub(crate) fn expired(fresh: &str) -> Answer {
    let message = "The provided continue parameter is too old to display a consistent list result. You can start a new list \
                   without the continue parameter, or use the continue token in this response to retrieve the remainder of \
                   the results. Continuing with the provided token results in an inconsistent list - objects that were \
                   created, modified, or deleted between the time the first chunk was returned and now may show up in the \
                   list.";
    let body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": { "continue": fresh },
        "status": "Failure",
        "message": message,
        "reason": "Expired",
        "code": 410,
    });
    Answer::json(410, &body)
}

/// 429 of a server that has too much to do.
pub(crate) fn throttled() -> Answer {
    let answer = status(429, "TooManyRequests", "Too many requests, please try again later.", None);
    answer.header("retry-after", "1")
}

/// 500.
pub(crate) fn internal_error() -> Answer {
    status(500, "InternalError", "Internal error occurred", None)
}

/// 501 on what real servers do and this one does not.
pub(crate) fn not_simulated(what: &str) -> Answer {
    status(501, "NotImplemented", &format!("not simulated: {what}"), None)
}

fn details(kind: &Kind, name: Option<&str>) -> Value {
    let mut details = json!({ "kind": kind.plural });
    if let Some(name) = name {
        details["name"] = name.into();
    }
    if !kind.group.is_empty() {
        details["group"] = kind.group.clone().into();
    }
    details
}

fn status(code: u16, reason: &str, message: &str, details: Option<Value>) -> Answer {
    let mut body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    });
    if let Some(details) = details {
        body["details"] = details;
    }
    Answer::json(code, &body)
}
