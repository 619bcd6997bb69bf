//! `features`: the feature gates that somebody switched on or off.

use ktel_types::host::HostFacts;

use super::{number, own};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    rules::feature_gates::KNOWN,
    view::pods::is_true,
};

/// Where Kong's controllers are told their feature gates.
const ARGUMENT: &str = "--feature-gates";
const VARIABLE: &str = "CONTROLLER_FEATURE_GATES";

impl probe::Features for Snapshot {
    fn enabled(&self) -> Reading<Vec<String>> {
        Ok(Gates::of_pod(self)?.known(true))
    }

    fn disabled(&self) -> Reading<Vec<String>> {
        Ok(Gates::of_pod(self)?.known(false))
    }

    fn unknown_count(&self) -> Reading<u32> {
        Ok(number(Gates::of_pod(self)?.unknown().count()))
    }
}

/// Takes the names that nobody knows out of what a controller tells, and counts them instead: somebody may have made them up.
pub(crate) fn keep_known(facts: &mut HostFacts) {
    let features = &mut facts.features;
    let mut unknown = 0;
    for names in [&mut features.enabled, &mut features.disabled].into_iter().flatten() {
        let told = names.len();
        names.retain(|name| is_known(name));
        unknown += told - names.len();
    }
    if unknown > 0 {
        let told = features.unknown_count.unwrap_or(0);
        features.unknown_count = Some(told.saturating_add(number(unknown)));
    }
}

/// Feature gates, each with what it was switched to.
struct Gates<'a>(Vec<(&'a str, bool)>);

impl<'a> Gates<'a> {
    /// Those that stand in the controller's own pod; none if none stand there.
    fn of_pod(snapshot: &'a Snapshot) -> Reading<Self> {
        let pod = own(snapshot)?;
        let said = pod.containers().iter().find_map(|container| container.setting(ARGUMENT, VARIABLE));
        Ok(Self::parse(said.unwrap_or_default()))
    }

    /// Reads `GatewayAlpha=true,FillIDs=false`.
    fn parse(text: &'a str) -> Self {
        let gates = text.split(',').filter_map(|gate| {
            let (name, value) = gate.split_once('=')?;
            Some((name.trim(), is_true(value)))
        });
        Self(gates.collect())
    }

    fn known(&self, value: bool) -> Vec<String> {
        let known = self.0.iter().filter(|(name, switched)| *switched == value && is_known(name));
        known.map(|(name, _)| (*name).to_owned()).collect()
    }

    fn unknown(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| *name).filter(|name| !is_known(name))
    }
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read_as_a_controller_is_told_them() {
        let gates = Gates::parse("GatewayAlpha=true, FillIDs=false,AcmeSecret=true,nonsense");
        assert_eq!(gates.known(true), ["GatewayAlpha"]);
        assert_eq!(gates.known(false), ["FillIDs"]);
        assert_eq!(gates.unknown().collect::<Vec<_>>(), ["AcmeSecret"]);
        assert!(Gates::parse("").0.is_empty());
    }

    #[test]
    fn names_that_nobody_knows_are_only_counted() {
        let mut facts = HostFacts::default();
        facts.features.enabled = Some(vec!["GatewayAlpha".into(), "AcmeSecret".into()]);
        facts.features.disabled = Some(vec!["AcmeOther".into()]);
        keep_known(&mut facts);
        assert_eq!(facts.features.enabled, Some(vec!["GatewayAlpha".to_owned()]));
        assert_eq!(facts.features.disabled, Some(vec![]));
        assert_eq!(facts.features.unknown_count, Some(2));
        let mut nothing = HostFacts::default();
        keep_known(&mut nothing);
        assert_eq!(nothing, HostFacts::default());
    }
}
