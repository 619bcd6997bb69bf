//! Which part of a simulated cluster answers a request.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::{
    answer::Answer, change::Change, cluster::Cluster, discovery, list, refusal, request::Request, server::Api,
};

impl Api for Cluster {
    fn answer(&self, request: &Request) -> Answer {
        if self.token.is_some() && self.token != request.token {
            return refusal::unauthorized();
        }
        if let Some(user) = request.impersonated.as_deref().filter(|user| !self.knows(user)) {
            return refusal::forbidden_impersonation(user);
        }
        if request.path == "/apis" {
            self.begin_report();
        }
        let answer = self.well(request);
        let answer = self
            .faults()
            .filter(|fault| fault.is_on_path(&request.path))
            .fold(answer, |answer, fault| fault.spoil(request, None, answer));
        if self.clock_skew_seconds == 0 {
            return answer;
        }
        answer.header("date", httpdate::fmt_http_date(self.now()))
    }

    fn change(&self, request: &Request, change: &Change) -> Answer {
        if self.token.is_some() && self.token != request.token {
            return refusal::unauthorized();
        }
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let ["apis", group, version, "namespaces", namespace, plural, ref rest @ ..] = parts[..] else {
            return refusal::not_simulated("changes of anything but leases");
        };
        let name = rest.first().copied();
        let kind = self.kind(group, version, plural).filter(|kind| kind.is_lease() && rest.len() < 2);
        let Some(kind) = kind else { return refusal::not_simulated("changes of anything but leases") };
        if !self.may_read(kind, request.impersonated.as_deref()) {
            return refusal::forbidden_to(change.verb.name(), kind, Some(namespace), name);
        }
        let ill = self.faults().find(|fault| fault.is_on(kind));
        // What is refused is not done.
        if let Some(fault) = ill {
            return fault.spoil(request, Some(kind), refusal::internal_error());
        }
        let Some(name) = name.map(str::to_owned).or_else(|| change.name()) else {
            return refusal::bad_request("the object has no name");
        };
        let is_described = self.described(kind, namespace, &name).is_some();
        self.leases.change(kind, namespace, &name, is_described, change)
    }
}

impl Cluster {
    /// Answers as if nothing went wrong, but for what goes wrong with single kinds.
    fn well(&self, request: &Request) -> Answer {
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["version"] => version(self),
            ["api"] => discovery::core(self, request),
            ["apis"] => discovery::groups(self, request),
            ["api", version] => discovery::resources(self, "", version).unwrap_or_else(refusal::not_served),
            ["apis", group, version] => discovery::resources(self, group, version).unwrap_or_else(refusal::not_served),
            ["api", version, ref rest @ ..] => objects(self, "", version, rest, request),
            ["apis", group, version, ref rest @ ..] => objects(self, group, version, rest, request),
            _ => refusal::forbidden_path(&request.path),
        }
    }

    fn now(&self) -> SystemTime {
        let skew = Duration::from_secs(self.clock_skew_seconds.unsigned_abs());
        if self.clock_skew_seconds < 0 { SystemTime::now() - skew } else { SystemTime::now() + skew }
    }
}

/// What is left of a path behind group and version: `pods`, `namespaces/kong/pods`, each with or without a name.
fn objects(cluster: &Cluster, group: &str, version: &str, rest: &[&str], request: &Request) -> Answer {
    let (namespace, plural, name) = match *rest {
        [plural] => (None, plural, None),
        ["namespaces", namespace, plural] => (Some(namespace), plural, None),
        [plural, name] => (None, plural, Some(name)),
        ["namespaces", namespace, plural, name] => (Some(namespace), plural, Some(name)),
        _ => return refusal::not_simulated("subresources"),
    };
    let Some(kind) = cluster.kind(group, version, plural) else { return refusal::not_served() };
    if !cluster.may_read(kind, request.impersonated.as_deref()) {
        return refusal::forbidden(kind, namespace, name);
    }
    let answer = match name {
        Some(name) => list::get(cluster, kind, namespace, name, request),
        None => list::list(cluster, kind, namespace, request),
    };
    cluster
        .faults()
        .filter(|fault| fault.is_on(kind))
        .fold(answer, |answer, fault| fault.spoil(request, Some(kind), answer))
}

fn version(cluster: &Cluster) -> Answer {
    let version = &cluster.version;
    let body = json!({
        "major": version.major,
        "minor": version.minor,
        "gitVersion": version.whole,
        "gitTreeState": "clean",
        "platform": "linux/amd64",
    });
    Answer::json(200, &body)
}
