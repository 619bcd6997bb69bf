//! `kong.plugins`: how many plugins are Kong's and how many are somebody's own, never which.

use std::collections::BTreeSet;

use ktel_types::Absence;

use super::{number, seen};
use crate::{
    generated::{
        probe::{self, Deployment as _},
        snapshot::Snapshot,
    },
    reading::Reading,
    rules::plugins::{self, is_bundled},
    view,
};

impl probe::Plugins for Snapshot {
    fn custom_plugin_count(&self) -> Reading<u32> {
        let gateway = gateway(self);
        Ok(number(names(self)?.into_iter().filter(|name| !is_bundled(name, gateway)).count()))
    }

    fn distinct_bundled_plugin_count(&self) -> Reading<u32> {
        let (gateway, distinct) = (gateway(self), distinct(self)?);
        Ok(number(distinct.into_iter().filter(|name| is_bundled(name, gateway)).count()))
    }

    fn distinct_custom_plugin_count(&self) -> Reading<u32> {
        let (gateway, distinct) = (gateway(self), distinct(self)?);
        Ok(number(distinct.into_iter().filter(|name| !is_bundled(name, gateway)).count()))
    }
}

/// The version of the gateway, as far as its pods tell it: it decides which plugins come with it.
fn gateway(snapshot: &Snapshot) -> Option<(u32, u32)> {
    plugins::version(&snapshot.gateway_version().ok()?)
}

fn distinct(snapshot: &Snapshot) -> Reading<BTreeSet<&str>> {
    Ok(names(snapshot)?.into_iter().collect())
}

/// The plugin of each object of both kinds. A kind that is not installed has no objects.
fn names(snapshot: &Snapshot) -> Reading<Vec<&str>> {
    let plugins = seen(&snapshot.configuration_konghq_com_kongplugins);
    let cluster_plugins = seen(&snapshot.configuration_konghq_com_kongclusterplugins);
    let both = match (plugins, cluster_plugins) {
        (Ok(plugins), Err(Absence::NotInstalled)) => vec![plugins],
        (Err(Absence::NotInstalled), Ok(cluster_plugins)) => vec![cluster_plugins],
        (plugins, cluster_plugins) => vec![plugins?, cluster_plugins?],
    };
    Ok(both.into_iter().flatten().map(view::kongplugins::Object::plugin).collect())
}
