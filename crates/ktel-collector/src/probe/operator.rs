//! `kong.operator`: what the objects of Kong Operator ask for.

use super::{number, seen};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view,
};

impl probe::Operator for Snapshot {
    fn standalone_data_plane_count(&self) -> Reading<u32> {
        let planes = seen(&self.gateway_operator_konghq_com_dataplanes)?;
        Ok(number(planes.iter().filter(|plane| plane.is_standalone()).count()))
    }

    fn standalone_control_plane_count(&self) -> Reading<u32> {
        let planes = seen(&self.gateway_operator_konghq_com_controlplanes)?;
        Ok(number(planes.iter().filter(|plane| plane.is_standalone()).count()))
    }

    fn requested_replica_count(&self) -> Reading<u32> {
        let planes = seen(&self.gateway_operator_konghq_com_dataplanes)?;
        Ok(planes.iter().map(view::dataplanes::Object::replicas).fold(0, u32::saturating_add))
    }
}
