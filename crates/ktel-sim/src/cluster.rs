//! A cluster, as its YAML describes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{expression, fault::Fault, kind::Kind, leases::Leases, selector::Selector};

/// A simulated cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub(crate) version: Version,
    kinds: BTreeSet<Kind>,
    pub(crate) templates: Vec<Template>,
    forbidden: BTreeSet<String>,
    users: BTreeMap<String, BTreeSet<String>>,
    pub(crate) token: Option<String>,
    pub(crate) has_legacy_discovery: bool,
    pub(crate) clock_skew_seconds: i64,
    counts_remaining: bool,
    faults: Vec<Fault>,
    pub(crate) leases: Leases,
    /// The number of times that somebody asked what is served: the number of the report under way.
    reports: Arc<AtomicUsize>,
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
    /// What these users may not read besides, by name: `system:serviceaccount:kong:controller`. Clients may act on behalf of them, and
    /// of nobody else.
    #[serde(default)]
    users: BTreeMap<String, BTreeSet<String>>,
    /// The token that clients must bear.
    token: Option<String>,
    /// An old server, which tells of groups and versions only.
    #[serde(default)]
    legacy_discovery: bool,
    /// A server that does not say how many objects are left after a page.
    #[serde(default)]
    no_remaining_item_count: bool,
    /// By how much the server's clock is ahead.
    #[serde(default)]
    clock_skew_seconds: i64,
    /// What goes wrong.
    #[serde(default)]
    faults: Vec<Fault>,
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
    /// How often the object is there. `{n}` in any of its texts is its number, the first being 1; `{n*5+1}`, `{n%20}` and the
    /// like are reckoned from it, and `{n#}` are digits that look random.
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
    /// Whether clients may act on behalf of this user.
    pub(crate) fn knows(&self, user: &str) -> bool {
        self.users.contains_key(user)
    }

    /// Whether objects of a kind may be read, perhaps on behalf of a user.
    pub(crate) fn may_read(&self, kind: &Kind, user: Option<&str>) -> bool {
        let is_forbidden = |kinds: &BTreeSet<String>| kinds.contains(&kind.full_name());
        let of_user = user.and_then(|user| self.users.get(user));
        !is_forbidden(&self.forbidden) && !of_user.is_some_and(is_forbidden)
    }

    /// Reads the description of a cluster.
    pub fn parse(yaml: &str) -> Result<Self, ClusterError> {
        let description: Description =
            serde_saphyr::from_str(yaml).map_err(|error| ClusterError::Unreadable(error.to_string()))?;
        let served = description.serves.iter();
        let kinds: BTreeSet<Kind> = served
            .flat_map(|(group_version, names)| names.iter().map(|name| Kind::new(group_version, name)))
            .chain(Kind::built_in())
            .collect();
        let mut templates = Vec::new();
        for (index, object) in description.objects.into_iter().enumerate() {
            let kind = Kind::new(&object.api_version, &object.kind);
            if !kinds.contains(&kind) {
                let ObjectDescription { kind, api_version, .. } = object;
                return Err(ClusterError::NotServed { number: index + 1, kind, api_version });
            }
            templates.push(Template { kind, times: object.times, object: object.rest });
        }
        if !templates.iter().any(Template::is_kube_system) {
            templates.insert(0, kube_system(&description.uid));
        }
        Ok(Self {
            version: description.version.into(),
            kinds,
            templates,
            forbidden: description.forbidden,
            users: description.users,
            token: description.token,
            has_legacy_discovery: description.legacy_discovery,
            counts_remaining: !description.no_remaining_item_count,
            clock_skew_seconds: description.clock_skew_seconds,
            faults: description.faults,
            leases: Leases::default(),
            reports: Arc::default(),
        })
    }

    /// Begins the next report.
    pub(crate) fn begin_report(&self) {
        self.reports.fetch_add(1, Ordering::Relaxed);
    }

    /// What goes wrong in the report that is under way.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &Fault> {
        let report = self.reports.load(Ordering::Relaxed);
        self.faults.iter().filter(move |fault| fault.is_in(report))
    }

    /// The kinds that are served now.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(|kind| !self.faults().any(|fault| fault.hides() && fault.is_on(kind)))
    }

    /// The kind that a path names.
    pub(crate) fn kind(&self, group: &str, version: &str, plural: &str) -> Option<&Kind> {
        self.kinds().find(|kind| kind.group == group && kind.version == version && kind.plural == plural)
    }

    /// Whether lists of the kind say how many objects are left after a page.
    pub(crate) fn counts_remaining(&self, kind: &Kind) -> bool {
        self.counts_remaining && !self.faults().any(|fault| fault.is_uncounted() && fault.is_on(kind))
    }

    /// The object of a name that the file describes, in a namespace or in none.
    pub(crate) fn described(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Map<String, Value>> {
        let selector = Selector::named(name);
        self.templates_of(kind).find_map(|template| {
            let numbers = template.numbers(Some(namespace), &selector);
            (numbers.len() > 0).then(|| template.object(numbers.get(0)))
        })
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

    /// The numbers of those of its objects that are in the namespace, if one is named, and are selected.
    pub(crate) fn numbers(&self, namespace: Option<&str>, selector: &Selector) -> Numbers {
        let place = self.text("namespace").unwrap_or_default();
        let is_same = namespace.is_none_or(|namespace| !expression::is_in(place) && namespace == place);
        if is_same && selector.is_everything() {
            return Numbers::All(self.times);
        }
        let is_meant = |number: &usize| {
            namespace.is_none_or(|namespace| expression::substitute(place, *number) == namespace)
                && selector.admits(
                    |name| self.text(name).map(|text| expression::substitute(text, *number)),
                    |label| self.label(label).map(|text| expression::substitute(text, *number)),
                )
        };
        Numbers::Some((1..=self.times).filter(is_meant).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.object.get("metadata")?.get(name)?.as_str()
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.object.get("metadata")?.get("labels")?.get(name)?.as_str()
    }
}

/// Which objects of a template are meant, by number.
pub(crate) enum Numbers {
    /// The first ones, up to this.
    All(usize),
    /// These.
    Some(Vec<usize>),
}

impl Numbers {
    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All(last) => *last,
            Self::Some(numbers) => numbers.len(),
        }
    }

    /// One of them, by its place among them.
    pub(crate) fn get(&self, place: usize) -> usize {
        match self {
            Self::All(_) => place + 1,
            Self::Some(numbers) => numbers.get(place).copied().unwrap_or_default(),
        }
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

impl Template {
    fn is_kube_system(&self) -> bool {
        self.kind == Kind::new("v1", "Namespace")
            && self.object.get("metadata").and_then(|metadata| metadata.get("name"))
                == Some(&Value::from("kube-system"))
    }
}

/// The namespace that every cluster has, by whose UID clusters are told apart. A description may have one of its own.
fn kube_system(uid: &str) -> Template {
    let mut object = Map::new();
    object.insert("metadata".to_owned(), serde_json::json!({ "name": "kube-system", "uid": uid }));
    Template { kind: Kind::new("v1", "Namespace"), times: 1, object }
}

fn substitute(value: &mut Value, number: usize) {
    match value {
        Value::String(text) if expression::is_in(text) => *text = expression::substitute(text, number),
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, number)),
        Value::Object(fields) => fields.values_mut().for_each(|field| substitute(field, number)),
        _ => {}
    }
}
