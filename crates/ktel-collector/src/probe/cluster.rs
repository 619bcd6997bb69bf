//! `cluster`: the distribution of Kubernetes and its version.

use ktel_types::{
    Absence,
    report::{Cloud, Platform},
};

use super::platform;
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view,
};

impl probe::Cluster for Snapshot {
    fn platform(&self) -> Reading<Platform> {
        platform::platform(self)
    }

    fn cloud(&self) -> Reading<Cloud> {
        platform::cloud(self)
    }

    fn kubernetes_version(&self) -> Reading<String> {
        let version = self.version.as_ref().map_err(|absence| *absence)?;
        match split(&version.git_version) {
            Some((number, _)) => Ok(number.to_owned()),
            None => major_minor(version).ok_or(Absence::Failed),
        }
    }

    fn kubernetes_build(&self) -> Reading<String> {
        let version = self.version.as_ref().map_err(|absence| *absence)?;
        match split(&version.git_version) {
            Some((_, "")) => Err(Absence::NotApplicable),
            Some((_, build)) => Ok(build.to_owned()),
            None => Err(Absence::Failed),
        }
    }
}

/// Takes `v1.31.2-eks-7f9249a` apart into `1.31.2` and `eks-7f9249a`. `None` if it does not start with two or three numbers.
fn split(git_version: &str) -> Option<(&str, &str)> {
    let version = git_version.strip_prefix('v').unwrap_or(git_version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let (number, build) = version.split_at(end);
    let parts: Vec<&str> = number.split('.').collect();
    let is_number = (2..=3).contains(&parts.len()) && parts.iter().all(|part| !part.is_empty());
    is_number.then(|| (number, build.trim_start_matches(['-', '+'])))
}

/// The version from its two numbers, either of which may have something behind it: `27+`.
fn major_minor(version: &view::version::Object) -> Option<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (major, minor) = (digits(&version.major), digits(&version.minor));
    (!major.is_empty() && !minor.is_empty()).then(|| format!("{major}.{minor}"))
}
