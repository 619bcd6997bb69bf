//! `kong.rules`: what is inside of the routes that Kong serves.

use super::{classes, number};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view::{ingresses, routes, tcpingresses},
};

impl probe::Rules for Snapshot {
    fn ingress_rule_count(&self) -> Reading<u32> {
        classes::ingresses(self, &self.networking_k8s_io_ingresses)
            .map(|found| number(found.into_iter().map(|ingress: &ingresses::Object| ingress.rules).sum()))
    }

    fn ingress_path_count(&self) -> Reading<u32> {
        classes::ingresses(self, &self.networking_k8s_io_ingresses)
            .map(|found| number(found.into_iter().map(|ingress: &ingresses::Object| ingress.paths).sum()))
    }

    fn tcp_ingress_rule_count(&self) -> Reading<u32> {
        of_tcp_ingresses(self, &self.configuration_konghq_com_tcpingresses)
    }

    fn udp_ingress_rule_count(&self) -> Reading<u32> {
        of_tcp_ingresses(self, &self.configuration_konghq_com_udpingresses)
    }

    fn http_route_rule_count(&self) -> Reading<u32> {
        of_routes(self, &self.gateway_networking_k8s_io_httproutes)
    }

    fn grpc_route_rule_count(&self) -> Reading<u32> {
        of_routes(self, &self.gateway_networking_k8s_io_grpcroutes)
    }

    fn tcp_route_rule_count(&self) -> Reading<u32> {
        of_routes(self, &self.gateway_networking_k8s_io_tcproutes)
    }

    fn tls_route_rule_count(&self) -> Reading<u32> {
        of_routes(self, &self.gateway_networking_k8s_io_tlsroutes)
    }

    fn udp_route_rule_count(&self) -> Reading<u32> {
        of_routes(self, &self.gateway_networking_k8s_io_udproutes)
    }
}

fn of_routes(snapshot: &Snapshot, routes: &Reading<routes::List>) -> Reading<u32> {
    Ok(number(classes::routes(snapshot, routes)?.into_iter().map(|route| route.rules).sum()))
}

fn of_tcp_ingresses(snapshot: &Snapshot, ingresses: &Reading<tcpingresses::List>) -> Reading<u32> {
    Ok(number(classes::ingresses(snapshot, ingresses)?.into_iter().map(|ingress| ingress.rules).sum()))
}
