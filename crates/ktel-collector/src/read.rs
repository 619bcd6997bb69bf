//! What is read from a cluster, as the generated table says it.

use std::fmt;

use ktel_types::report::Category;

/// One thing that is read from a cluster.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// What is read.
    pub subject: Subject,
    /// The categories of the fields that need it. None if the envelope needs it: it is then read for any category.
    pub categories: &'static [Category],
    /// Whether it is made at the first report, and then no more often than once a day.
    pub is_daily: bool,
}

/// What is read.
#[derive(Debug, PartialEq, Eq)]
pub enum Subject {
    /// A path that every client may read.
    Path(&'static str),
    /// A single object, or its metadata.
    Object(Resource, Name, Part),
    /// The objects of a kind, or a part of them.
    List(Resource, Part),
    /// The number of objects of a kind.
    Count(Resource),
}

/// A kind of object.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// Whether its objects stand outside of namespaces.
    pub is_cluster_scoped: bool,
    /// The API group, empty for the core group.
    pub group: &'static str,
    /// The versions that will do, the one to be preferred first.
    pub versions: &'static [&'static str],
    /// The plural name that paths and permissions use.
    pub plural: &'static str,
}

/// The name of a single object.
#[derive(Debug, PartialEq, Eq)]
pub enum Name {
    /// A name that is the same in every cluster.
    Fixed(&'static str),
    /// The pod that reports.
    Own,
    /// What makes the pod that reports.
    Workload,
    /// The Service that the installation names as the one that it serves.
    Published,
}

/// How much of what is there is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Read {
    /// Whether one of these categories needs it.
    #[must_use]
    pub fn is_needed_for(&self, categories: &[Category]) -> bool {
        match self.categories {
            [] => !categories.is_empty(),
            needed => needed.iter().any(|category| categories.contains(category)),
        }
    }
}

impl Resource {
    /// The path of the kind in one of its versions, in one namespace or in all: `/apis/networking.k8s.io/v1/ingresses`.
    #[must_use]
    pub fn path(&self, version: &str, namespace: Option<&str>) -> String {
        let base = self.base(version);
        match namespace {
            Some(namespace) => format!("{base}/namespaces/{namespace}/{}", self.plural),
            None => format!("{base}/{}", self.plural),
        }
    }

    fn base(&self, version: &str) -> String {
        match self.group {
            "" => format!("/api/{version}"),
            group => format!("/apis/{group}/{version}"),
        }
    }
}

impl fmt::Display for Subject {
    /// Writes what is read without naming any object of the cluster.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Object(resource, ..) => write!(f, "one of {resource}"),
            Self::List(resource, _) => write!(f, "list of {resource}"),
            Self::Count(resource) => write!(f, "number of {resource}"),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group {
            "" => f.write_str(self.plural),
            group => write!(f, "{}.{group}", self.plural),
        }
    }
}
