//! What the generated assembly is built with: where values come from, and where absences go.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ktel_types::{Absence, host::HostFacts, report, table::Field};
use serde::Serialize;

use crate::{generated::snapshot::Snapshot, occasion::Occasion, reading::Reading};

/// Where the values of a report come from.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) occasion: &'a Occasion,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) host: &'a HostFacts,
}

/// What could not be measured, in the order of the standard.
#[derive(Debug, Default)]
pub(crate) struct Absences(Vec<(&'static str, Absence)>);

impl Absences {
    /// Asks a probe for a field.
    ///
    /// A value that breaks the bounds of its field is as good as none, and so is a probe that panics: each costs that field
    /// alone, never the report.
    pub(crate) fn field<T: Serialize>(
        &mut self,
        field: &'static Field,
        probe: impl FnOnce() -> Reading<T>,
    ) -> Option<T> {
        let reading = catch_unwind(AssertUnwindSafe(probe)).unwrap_or(Err(Absence::Failed));
        match reading {
            Ok(value) if field.admits(&value) => Some(value),
            Ok(_) => self.note(field.path, Absence::Failed),
            Err(absence) => self.note(field.path, absence),
        }
    }

    /// Asks a probe for a list. An empty list is left out, which is not an absence: the number of its items is zero.
    pub(crate) fn list<T: Serialize>(
        &mut self,
        field: &'static Field,
        probe: impl FnOnce() -> Reading<Vec<T>>,
    ) -> Vec<T> {
        let probe = || probe().map(|items| Some(items).filter(|items| !items.is_empty()));
        match catch_unwind(AssertUnwindSafe(probe)).unwrap_or(Err(Absence::Failed)) {
            Ok(None) => Vec::new(),
            Ok(Some(items)) => self.field(field, || Ok(items)).unwrap_or_default(),
            Err(absence) => self.note(field.path, absence).unwrap_or_default(),
        }
    }

    /// Counts what a probe names. The list may have more items than may be sent: all of them count.
    pub(crate) fn length<T>(&mut self, field: &'static Field, probe: impl FnOnce() -> Reading<Vec<T>>) -> Option<u32> {
        self.field(field, || probe().map(|items| u32::try_from(items.len()).unwrap_or(u32::MAX)))
    }

    /// Builds a section. If all of it is absent for one reason, the section is named instead of its fields.
    pub(crate) fn section<T>(&mut self, path: &'static str, build: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.0.len();
        let section = build(self);
        let inside = &self.0[before..];
        if let (None, Some((_, reason))) = (&section, inside.first().copied())
            && inside.iter().all(|(_, other)| *other == reason)
        {
            self.0.truncate(before);
            self.0.push((path, reason));
        }
        section
    }

    /// The section of the report that says what is absent; `None` if nothing is.
    pub(crate) fn into_section(self) -> Option<report::Absent> {
        let mut absent = report::Absent::default();
        for (path, reason) in self.0 {
            let paths = match reason {
                Absence::Forbidden => &mut absent.forbidden,
                Absence::NotInstalled => &mut absent.not_installed,
                Absence::NotApplicable => &mut absent.not_applicable,
                Absence::TimedOut => &mut absent.timed_out,
                Absence::Failed => &mut absent.failed,
                Absence::Unknown => &mut absent.unknown,
                Absence::Expired => &mut absent.expired,
                Absence::NotDue => &mut absent.not_due,
            };
            paths.push(path.to_owned());
        }
        (absent != report::Absent::default()).then_some(absent)
    }

    fn note<T>(&mut self, path: &'static str, absence: Absence) -> Option<T> {
        self.0.push((path, absence));
        None
    }
}

#[cfg(test)]
mod tests {
    use ktel_types::fields;

    use super::*;

    fn absent(build: impl FnOnce(&mut Absences)) -> report::Absent {
        let mut absences = Absences::default();
        build(&mut absences);
        absences.into_section().unwrap_or_default()
    }

    #[test]
    fn a_probe_that_panics_costs_its_field_alone() {
        let absent = absent(|absences| {
            let panics = || -> Reading<u32> { panic!("a probe's fault") };
            assert_eq!(absences.field(&fields::CLUSTER_NODE_COUNT, panics), None);
            assert_eq!(absences.field(&fields::CLUSTER_POD_COUNT, || Ok(7)), Some(7));
        });
        assert_eq!(absent.failed, ["cluster.node_count"]);
    }

    #[test]
    fn a_value_out_of_bounds_costs_its_field_alone() {
        let absent = absent(|absences| {
            assert_eq!(absences.field(&fields::CLUSTER_NODE_COUNT, || Ok(u32::MAX)), None);
            let build = || Ok("not a build;signal=forged".to_owned());
            assert_eq!(absences.field(&fields::CLUSTER_KUBERNETES_BUILD, build), None);
            assert_eq!(absences.field(&fields::COLLECTION_SECONDS, || Ok(f64::NAN)), None);
            assert_eq!(absences.list(&fields::CONSENTED, || Ok(vec![report::Category::Usage; 4])), []);
        });
        let paths = ["cluster.node_count", "cluster.kubernetes_build", "collection_seconds", "consented"];
        assert_eq!(absent.failed, paths);
    }

    #[test]
    fn an_empty_list_is_no_absence() {
        let absent = absent(|absences| {
            assert_eq!(absences.list::<report::Category>(&fields::CONSENTED, || Ok(Vec::new())), []);
        });
        assert_eq!(absent, report::Absent::default());
    }

    #[test]
    fn a_section_that_is_absent_for_one_reason_is_named_instead_of_its_fields() {
        let build = |reasons: [Absence; 2]| {
            absent(|absences| {
                absences.section::<()>("cluster", |absences| {
                    absences.field::<u32>(&fields::CLUSTER_NODE_COUNT, || Err(reasons[0]));
                    absences.field::<u32>(&fields::CLUSTER_POD_COUNT, || Err(reasons[1]));
                    None
                });
            })
        };
        assert_eq!(build([Absence::Forbidden; 2]).forbidden, ["cluster"]);
        let mixed = build([Absence::Forbidden, Absence::TimedOut]);
        assert_eq!(
            (mixed.forbidden, mixed.timed_out),
            (vec!["cluster.node_count".into()], vec!["cluster.pod_count".into()])
        );
    }
}
