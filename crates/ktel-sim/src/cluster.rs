//! A cluster, as its YAML describes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::kind::Kind;

/// A simulated cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub(crate) version: Version,
    pub(crate) kinds: BTreeSet<Kind>,
    pub(crate) templates: Vec<Template>,
    pub(crate) forbidden: BTreeSet<String>,
    pub(crate) token: Option<String>,
    pub(crate) has_legacy_discovery: bool,
    pub(crate) counts_remaining: bool,
}

/// An object that is there as often as its template says.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) kind: Kind,
    pub(crate) times: usize,
    object: Map<String, Value>,
}

/// What is wrong with the description of a cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// It cannot be read. The text tells line and column.
    #[error("the cluster cannot be read: {0}")]
    Unreadable(String),
    /// An object is of a kind that the cluster does not serve.
    #[error("object {number} is a {kind} of {api_version}, which the cluster does not serve: add it to `serves`")]
    NotServed {
        /// Which of the objects it is, the first being 1.
        number: usize,
        /// Its kind.
        kind: String,
        /// Its group and version.
        api_version: String,
    },
}

/// The YAML.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Description {
    /// What `GET /version` says: the whole version, or that with its two numbers.
    version: VersionDescription,
    /// The UID of the namespace `kube-system`.
    #[serde(default = "default_uid")]
    uid: String,
    /// The kinds that are served beyond those that every cluster has, by group and version.
    #[serde(default)]
    serves: BTreeMap<String, Vec<String>>,
    /// The kinds that may not be read, by plural name and group: `nodes`, `httproutes.gateway.networking.k8s.io`.
    #[serde(default)]
    forbidden: BTreeSet<String>,
    /// The token that clients must bear.
    token: Option<String>,
    /// An old server, which tells of groups and versions only.
    #[serde(default)]
    legacy_discovery: bool,
    /// A server that does not say how many objects are left after a page.
    #[serde(default)]
    no_remaining_item_count: bool,
    #[serde(default)]
    objects: Vec<ObjectDescription>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VersionDescription {
    Whole(String),
    Parts(Version),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    #[serde(rename = "gitVersion")]
    pub(crate) whole: String,
    pub(crate) major: String,
    pub(crate) minor: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectDescription {
    api_version: String,
    kind: String,
    /// How often the object is there. `{n}` in any of its texts is its number, the first being 1.
    #[serde(default = "once")]
    times: usize,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

fn once() -> usize {
    1
}

fn default_uid() -> String {
    "5e5f0c3a-2d1b-4c49-9f0e-3b6c7a8d9e10".to_owned()
}

impl Cluster {
    /// Reads the description of a cluster.
    pub fn parse(yaml: &str) -> Result<Self, ClusterError> {
        let description: Description =
            serde_saphyr::from_str(yaml).map_err(|error| ClusterError::Unreadable(error.to_string()))?;
        let served = description.serves.iter();
        let kinds: BTreeSet<Kind> = served
            .flat_map(|(group_version, names)| names.iter().map(|name| Kind::new(group_version, name)))
            .chain(Kind::built_in())
            .collect();
        let mut templates = vec![kube_system(&description.uid)];
        for (index, object) in description.objects.into_iter().enumerate() {
            let kind = Kind::new(&object.api_version, &object.kind);
            if !kinds.contains(&kind) {
                let ObjectDescription { kind, api_version, .. } = object;
                return Err(ClusterError::NotServed { number: index + 1, kind, api_version });
            }
            templates.push(Template { kind, times: object.times, object: object.rest });
        }
        Ok(Self {
            version: description.version.into(),
            kinds,
            templates,
            forbidden: description.forbidden,
            token: description.token,
            has_legacy_discovery: description.legacy_discovery,
            counts_remaining: !description.no_remaining_item_count,
        })
    }

    /// The kind that a path names.
    pub(crate) fn kind(&self, group: &str, version: &str, plural: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.group == group && kind.version == version && kind.plural == plural)
    }

    /// The templates of a kind, in whichever version they are written: a server keeps one object for all versions.
    pub(crate) fn templates_of<'a>(&'a self, kind: &'a Kind) -> impl Iterator<Item = &'a Template> {
        self.templates
            .iter()
            .filter(|template| template.kind.group == kind.group && template.kind.plural == kind.plural)
    }
}

impl Template {
    /// One of the objects, its number starting from 1.
    pub(crate) fn object(&self, number: usize) -> Map<String, Value> {
        let mut object = self.object.clone();
        object.values_mut().for_each(|value| substitute(value, number));
        object.insert("apiVersion".to_owned(), self.kind.api_version().into());
        object.insert("kind".to_owned(), self.kind.name.clone().into());
        object
    }

    /// The namespace of its objects, which is the same for all of them.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.object.get("metadata")?.get("namespace")?.as_str()
    }
}

impl From<VersionDescription> for Version {
    fn from(description: VersionDescription) -> Self {
        match description {
            VersionDescription::Parts(version) => version,
            VersionDescription::Whole(whole) => {
                let mut numbers = whole.trim_start_matches('v').split('.').map(str::to_owned);
                let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
                Self { whole, major, minor }
            }
        }
    }
}

/// The namespace that every cluster has, by whose UID clusters are told apart.
fn kube_system(uid: &str) -> Template {
    let mut object = Map::new();
    object.insert("metadata".to_owned(), serde_json::json!({ "name": "kube-system", "uid": uid }));
    Template { kind: Kind::new("v1", "Namespace"), times: 1, object }
}

fn substitute(value: &mut Value, number: usize) {
    match value {
        Value::String(text) if text.contains("{n}") => *text = text.replace("{n}", &number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, number)),
        Value::Object(fields) => fields.values_mut().for_each(|field| substitute(field, number)),
        _ => {}
    }
}
