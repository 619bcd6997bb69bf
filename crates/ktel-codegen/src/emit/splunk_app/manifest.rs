//! What the app says of itself, in the two files that ask for it.

use serde_json::json;

use super::{App, Error, HEADER};
use crate::model::Model;

pub(super) fn app_conf(model: &Model, app: &App) -> String {
    let App { name, label, version, author } = app;
    let description = description(model);
    format!(
        "{HEADER}\
[install]
is_configured = false

[ui]
is_visible = false
label = {label}

[launcher]
author = {author}
description = {description}
version = {version}

[package]
id = {name}
check_for_updates = false

[id]
name = {name}
version = {version}
"
    )
}

/// Settings of events are read where events arrive, those of searches where they are searched: the app goes to both.
pub(super) fn manifest(model: &Model, app: &App) -> Result<String, Error> {
    let App { name, label, version, author } = app;
    let manifest = json!({
        "schemaVersion": "2.0.0",
        "info": {
            "title": label,
            "id": { "group": null, "name": name, "version": version },
            "author": [{ "name": author, "email": null, "company": null }],
            "releaseDate": null,
            "description": description(model),
            "classification": { "intendedAudience": null, "categories": [], "developmentStatus": null },
            "commonInformationModels": null,
            "license": { "name": null, "text": null, "uri": null },
            "privacyPolicy": { "name": null, "text": null, "uri": null },
            "releaseNotes": { "name": null, "text": null, "uri": null },
        },
        "dependencies": null,
        "tasks": null,
        "inputGroups": null,
        "incompatibleApps": null,
        "platformRequirements": null,
        "supportedDeployments": ["_standalone", "_distributed", "_search_head_clustering"],
        "targetWorkloads": ["_search_heads", "_indexers"],
    });
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| Error { generator: "Splunk app", why: error.to_string() })?;
    Ok(text + "\n")
}

fn description(model: &Model) -> String {
    format!("How events of the sourcetype {} are read and searched.", model.sourcetype)
}
