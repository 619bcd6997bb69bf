//! `cluster`: the distribution of Kubernetes and its version.

use ktel_types::{
    Absence,
    report::{Cloud, Platform},
};

use super::{openshift, platform, seen};
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
        let version = seen(&self.version)?;
        match split(&version.git_version) {
            Some((number, _)) => Ok(number.to_owned()),
            None => major_minor(version).ok_or(Absence::Failed),
        }
    }

    fn kubernetes_build(&self) -> Reading<String> {
        let version = seen(&self.version)?;
        match split(&version.git_version) {
            Some((_, "")) => Err(Absence::NotApplicable),
            Some((_, build)) => Ok(build.to_owned()),
            None => Err(Absence::Failed),
        }
    }

    fn openshift_version(&self) -> Reading<String> {
        openshift::version(self)
    }

    fn api_server_platform(&self) -> Reading<String> {
        let platform = &seen(&self.version)?.platform;
        if platform.is_empty() { Err(Absence::Unknown) } else { Ok(platform.clone()) }
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

#[cfg(test)]
mod tests {
    use ktel_types::Absence;
    use serde_json::json;

    use crate::{
        generated::{probe::Cluster as _, snapshot::Snapshot},
        reading::Reading,
    };

    fn check(git_version: &str, version: Reading<&str>, build: Reading<&str>) {
        let read = json!({ "gitVersion": git_version, "major": "1", "minor": "24+" });
        let snapshot = Snapshot { version: Ok(serde_json::from_value(read).unwrap()), ..Snapshot::default() };
        assert_eq!(snapshot.kubernetes_version(), version.map(str::to_owned), "{git_version}");
        assert_eq!(snapshot.kubernetes_build(), build.map(str::to_owned), "{git_version}");
    }

    #[test]
    fn a_version_is_told_from_what_the_vendor_adds() {
        check("v1.36.2", Ok("1.36.2"), Err(Absence::NotApplicable));
        check("v1.22.10-eks-84b4fe6", Ok("1.22.10"), Ok("eks-84b4fe6"));
        check("v1.24.1-gke.1400", Ok("1.24.1"), Ok("gke.1400"));
        check("v1.27.8+rke2r1", Ok("1.27.8"), Ok("rke2r1"));
        check("1.31", Ok("1.31"), Err(Absence::NotApplicable));
        check("v1-custom", Ok("1.24"), Err(Absence::Failed));
        check("", Ok("1.24"), Err(Absence::Failed));
        check("v1.2.3.4", Ok("1.24"), Err(Absence::Failed));
        check("v1..3", Ok("1.24"), Err(Absence::Failed));
    }
}
