//! What is read from a cluster, in the notation of the standard: `gateway.networking.k8s.io/v1|v1beta1/httproutes`.

use std::fmt;

/// One thing that is read from a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// A path that every client may read: `/version`.
    Path(String),
    /// A single object, or its metadata.
    Object(Resource, Name, Part),
    /// The objects of a kind, or a part of them.
    List(Resource, Part),
    /// The number of objects of a kind.
    Count(Resource),
}

/// A kind of object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// Whether its objects stand outside of namespaces.
    pub is_cluster_scoped: bool,
    /// The API group, empty for the core group.
    pub group: String,
    /// The versions that will do, the one to be preferred first.
    pub versions: Vec<String>,
    /// The plural name that paths and permissions use: `httproutes`.
    pub plural: String,
}

/// The name of a single object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A name that is the same everywhere, of an object outside of all namespaces.
    Fixed(String),
    /// The pod that reports, in its namespace.
    Own,
    /// What makes the pod that reports, in the same namespace.
    Workload,
    /// The Service that the installation names as the one that it serves, in that Service's namespace.
    Published,
}

/// The names that stand for an object of the installation, as the notation has them.
const SPECIAL: [(&str, Name); 3] =
    [("$self", Name::Own), ("$workload", Name::Workload), ("$published", Name::Published)];

/// How much of what is there is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Everything.
    Whole,
    /// Metadata alone.
    Metadata,
    /// No more than one page of whole objects.
    FirstPage,
    /// Those whole objects that a query of the collector's selects.
    Selected,
}

/// The parts that have a mark in the notation.
const PARTS: [(&str, Part); 3] =
    [("metadata", Part::Metadata), ("first-page", Part::FirstPage), ("selected", Part::Selected)];

impl Read {
    /// Reads the notation of `lists`.
    pub fn list(text: &str) -> Result<Self, String> {
        let (resource, part) = Part::split(text)?;
        Ok(Self::List(Resource::parse(resource)?, part))
    }

    /// Reads the notation of `gets`.
    pub fn get(text: &str) -> Result<Self, String> {
        if text.starts_with('/') {
            return Ok(Self::Path(text.to_owned()));
        }
        let (object, part) = Part::split(text)?;
        if matches!(part, Part::FirstPage | Part::Selected) {
            return Err("a single object is read whole, or its `#metadata`".into());
        }
        let (resource, name) = object.rsplit_once('/').ok_or("a single object is named `version/resource/name`")?;
        Ok(Self::Object(Resource::parse(resource)?, Name::parse(name)?, part))
    }

    /// The kind of object that is read, `None` for a path.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        match self {
            Self::Path(_) => None,
            Self::Object(resource, ..) | Self::List(resource, _) | Self::Count(resource) => Some(resource),
        }
    }
}

impl Name {
    fn parse(text: &str) -> Result<Self, String> {
        match SPECIAL.into_iter().find(|(special, _)| *special == text) {
            Some((_, name)) => Ok(name),
            None if text.starts_with('$') => Err(format!("`{text}` is none of `$self`, `$workload`, `$published`")),
            None => Ok(Self::Fixed(text.to_owned())),
        }
    }
}

impl Part {
    fn split(text: &str) -> Result<(&str, Self), String> {
        let Some((rest, mark)) = text.split_once('#') else { return Ok((text, Self::Whole)) };
        match PARTS.into_iter().find(|(known, _)| *known == mark) {
            Some((_, part)) => Ok((rest, part)),
            None => Err(format!("`#{mark}` is none of `#metadata`, `#first-page`, `#selected`")),
        }
    }
}

impl Resource {
    /// Reads the notation of `counts`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (is_cluster_scoped, text) = match text.strip_prefix(CLUSTER) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let parts: Vec<&str> = text.split('/').collect();
        let (group, versions, plural) = match parts[..] {
            [versions, plural] => ("", versions, plural),
            [group, versions, plural] => (group, versions, plural),
            _ => {
                return Err("a kind is named `group/version/resource`, or `version/resource` for the core group".into());
            }
        };
        let is_version =
            |version: &str| version.starts_with('v') && version[1..].starts_with(|c: char| c.is_ascii_digit());
        let versions: Vec<String> = versions.split('|').map(str::to_owned).collect();
        if let Some(odd) = versions.iter().find(|version| !is_version(version)) {
            return Err(format!("`{odd}` is not a version such as `v1` or `v1beta1`"));
        }
        if plural.is_empty() || !plural.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Err(format!("`{plural}` is not the plural name of a kind, in lower case"));
        }
        Ok(Self { is_cluster_scoped, group: group.to_owned(), versions, plural: plural.to_owned() })
    }
}

/// What stands before a kind whose objects stand outside of namespaces.
const CLUSTER: &str = "cluster:";

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Object(resource, name, part) => write!(f, "{resource}/{name}{part}"),
            Self::List(resource, part) => write!(f, "{resource}{part}"),
            Self::Count(resource) => resource.fmt(f),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(name) => f.write_str(name),
            special => SPECIAL.iter().filter(|(_, name)| name == special).try_for_each(|(text, _)| f.write_str(text)),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PARTS.iter().filter(|(_, part)| part == self).try_for_each(|(mark, _)| write!(f, "#{mark}"))
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_cluster_scoped {
            f.write_str(CLUSTER)?;
        }
        if !self.group.is_empty() {
            write!(f, "{}/", self.group)?;
        }
        write!(f, "{}/{}", self.versions.join("|"), self.plural)
    }
}
