//! `kong.configuration`: how alive the configuration is.

use std::time::{Duration, UNIX_EPOCH};

use ktel_types::{Absence, host::HostFacts};

use super::{classes, seen};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view::{self, Changed},
};

/// As fine as a change is told.
const HOUR: u64 = 60 * 60;

impl probe::Configuration for Snapshot {
    fn last_changed_at(&self) -> Reading<String> {
        let routes = [
            &self.gateway_networking_k8s_io_httproutes,
            &self.gateway_networking_k8s_io_grpcroutes,
            &self.gateway_networking_k8s_io_tcproutes,
            &self.gateway_networking_k8s_io_tlsroutes,
            &self.gateway_networking_k8s_io_udproutes,
        ];
        let tcp_ingresses = [&self.configuration_konghq_com_tcpingresses, &self.configuration_konghq_com_udpingresses];
        let plugins = [&self.configuration_konghq_com_kongplugins, &self.configuration_konghq_com_kongclusterplugins];
        let times = [
            newest(classes::ingresses(self, &self.networking_k8s_io_ingresses), |ingress| ingress.changed),
            newest(classes::gateway_classes(self), view::gatewayclasses::Object::changed),
            newest(classes::gateways(self), |gateway| gateway.changed),
        ]
        .into_iter()
        .chain(routes.map(|routes| newest(classes::routes(self, routes), |route| route.changed)))
        .chain(tcp_ingresses.map(|list| newest(classes::ingresses(self, list), |ingress| ingress.changed)))
        .chain(plugins.map(|plugins| newest(all(plugins), view::kongplugins::Object::changed)));
        let newest = newest_of(times)?.ok_or(Absence::NotApplicable)?;
        Ok(hour(newest))
    }
}

/// Tells what a controller tells by its hour, too. What is no time is left for validation to refuse.
pub(crate) fn keep_hour(facts: &mut HostFacts) {
    let told = &mut facts.kong.configuration.last_changed_at;
    let time = told.as_deref().and_then(|text| humantime::parse_rfc3339(text).ok()?.duration_since(UNIX_EPOCH).ok());
    if let Some(time) = time {
        *told = Some(hour(time));
    }
}

/// All objects of a kind.
fn all<T>(list: &Reading<Vec<T>>) -> Reading<Vec<&T>> {
    seen(list).map(|objects| objects.iter().collect())
}

/// The last change of any of some objects.
fn newest<T>(objects: Reading<Vec<&T>>, changed: impl Fn(&T) -> Changed) -> Reading<Option<Duration>> {
    Ok(objects?.into_iter().filter_map(|object| changed(object).0).max())
}

/// The last change of all kinds. A kind that is not installed has none; one that could not be read may have the last.
fn newest_of(changes: impl Iterator<Item = Reading<Option<Duration>>>) -> Reading<Option<Duration>> {
    let mut newest = None;
    for change in changes {
        match change {
            Ok(change) => newest = newest.max(change),
            Err(Absence::NotInstalled) => {}
            Err(absence) => return Err(absence),
        }
    }
    Ok(newest)
}

/// The hour that a time lies in, by its beginning.
fn hour(time: Duration) -> String {
    let seconds = time.as_secs() / HOUR * HOUR;
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_by_its_hour() {
        assert_eq!(hour(Duration::from_secs(1_795_482_000 + 1799)), "2026-11-24T01:00:00Z");
        assert_eq!(hour(Duration::ZERO), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn what_a_controller_tells_is_told_by_its_hour() {
        let kept = |told: &str| {
            let mut facts = HostFacts::default();
            facts.kong.configuration.last_changed_at = Some(told.to_owned());
            keep_hour(&mut facts);
            facts.kong.configuration.last_changed_at.unwrap()
        };
        assert_eq!(kept("2026-11-24T09:17:43Z"), "2026-11-24T09:00:00Z");
        assert_eq!(kept("yesterday"), "yesterday");
    }

    #[test]
    fn what_could_not_be_read_may_have_changed_last() {
        let (early, late) = (Some(Duration::from_secs(1)), Some(Duration::from_secs(2)));
        let newest = |changes: &[Reading<Option<Duration>>]| newest_of(changes.iter().copied());
        assert_eq!(newest(&[Ok(early), Ok(late), Ok(None)]), Ok(late));
        assert_eq!(newest(&[Ok(early), Err(Absence::NotInstalled)]), Ok(early));
        assert_eq!(newest(&[Ok(early), Err(Absence::TimedOut)]), Err(Absence::TimedOut));
    }
}
