//! Where in a cluster somebody may say something.

use std::fmt;

/// A namespace that may bear the annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `kube-system`.
    KubeSystem,
    /// `default`: some platforms let nobody change `kube-system`.
    Default,
    /// The namespace that the collector runs in.
    Own,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KubeSystem => "the namespace kube-system",
            Self::Default => "the namespace default",
            Self::Own => "the namespace of the controller",
        })
    }
}
