//! `gateway_api`: which Gateway API is installed. Its objects are counted without a probe.

use ktel_types::{Absence, report::Channel};

use super::seen;
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

impl probe::GatewayApi for Snapshot {
    fn channel(&self) -> Reading<Channel> {
        match annotation(self, "gateway.networking.k8s.io/channel")? {
            "standard" => Ok(Channel::Standard),
            "experimental" => Ok(Channel::Experimental),
            _ => Err(Absence::Unknown),
        }
    }

    fn bundle_version(&self) -> Reading<String> {
        let version = annotation(self, "gateway.networking.k8s.io/bundle-version")?;
        // What a vendor adds behind the number is the vendor's to tell.
        let number = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        Ok(number.to_owned())
    }
}

fn annotation<'a>(snapshot: &'a Snapshot, name: &str) -> Reading<&'a str> {
    let definition =
        &snapshot.apiextensions_k8s_io_customresourcedefinitions_gateways_gateway_networking_k8s_io_metadata;
    seen(definition)?.annotation(name).ok_or(Absence::Unknown)
}
