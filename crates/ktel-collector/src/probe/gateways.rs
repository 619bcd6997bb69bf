//! `kong.gateways`: the Gateways that Kong serves.

use super::{classes, number};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

impl probe::Gateways for Snapshot {
    fn gateway_class_count(&self) -> Reading<u32> {
        classes::gateway_classes(self).map(|classes| number(classes.len()))
    }

    fn gateway_count(&self) -> Reading<u32> {
        classes::gateways(self).map(|gateways| number(gateways.len()))
    }

    fn programmed_gateway_count(&self) -> Reading<u32> {
        let gateways = classes::gateways(self)?;
        Ok(number(gateways.iter().filter(|gateway| gateway.is_programmed).count()))
    }

    fn listener_count(&self) -> Reading<u32> {
        classes::gateways(self).map(|gateways| number(gateways.iter().map(|gateway| gateway.listeners.len()).sum()))
    }

    fn attached_route_count(&self) -> Reading<u32> {
        classes::gateways(self).map(|gateways| number(gateways.iter().map(|gateway| gateway.attached_routes).sum()))
    }
}
