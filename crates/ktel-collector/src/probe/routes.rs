//! `kong.routes`: the routes that Kong serves.

use super::{classes, number};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

impl probe::Routes for Snapshot {
    fn ingress_count(&self) -> Reading<u32> {
        classes::ingresses(self, &self.networking_k8s_io_ingresses).map(|found| number(found.len()))
    }

    fn tcp_ingress_count(&self) -> Reading<u32> {
        classes::ingresses(self, &self.configuration_konghq_com_tcpingresses).map(|found| number(found.len()))
    }

    fn udp_ingress_count(&self) -> Reading<u32> {
        classes::ingresses(self, &self.configuration_konghq_com_udpingresses).map(|found| number(found.len()))
    }

    fn http_route_count(&self) -> Reading<u32> {
        classes::routes(self, &self.gateway_networking_k8s_io_httproutes).map(|found| number(found.len()))
    }

    fn grpc_route_count(&self) -> Reading<u32> {
        classes::routes(self, &self.gateway_networking_k8s_io_grpcroutes).map(|found| number(found.len()))
    }

    fn tcp_route_count(&self) -> Reading<u32> {
        classes::routes(self, &self.gateway_networking_k8s_io_tcproutes).map(|found| number(found.len()))
    }

    fn tls_route_count(&self) -> Reading<u32> {
        classes::routes(self, &self.gateway_networking_k8s_io_tlsroutes).map(|found| number(found.len()))
    }

    fn udp_route_count(&self) -> Reading<u32> {
        classes::routes(self, &self.gateway_networking_k8s_io_udproutes).map(|found| number(found.len()))
    }
}
