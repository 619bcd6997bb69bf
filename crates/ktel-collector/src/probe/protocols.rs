//! `kong.protocols`: Kong's listeners and routes by protocol.

use ktel_types::Absence;

use super::{classes, number};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view::{
        self,
        gateways::Listener,
        protocols::{Protocol, Protocols},
    },
};

impl probe::Protocols for Snapshot {
    fn http_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::Http)
    }

    fn https_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::Https)
    }

    fn tls_terminate_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::TlsTerminate)
    }

    fn tls_passthrough_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::TlsPassthrough)
    }

    fn tcp_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::Tcp)
    }

    fn udp_listener_count(&self) -> Reading<u32> {
        listeners(self, Listener::Udp)
    }

    fn http_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Http)
    }

    fn https_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Https)
    }

    fn grpc_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Grpc)
    }

    fn grpcs_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Grpcs)
    }

    fn ws_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Ws)
    }

    fn wss_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Wss)
    }

    fn tcp_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Tcp)
    }

    fn tls_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Tls)
    }

    fn tls_passthrough_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::TlsPassthrough)
    }

    fn udp_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Udp)
    }
}

fn listeners(snapshot: &Snapshot, listener: Listener) -> Reading<u32> {
    let gateways = classes::gateways(snapshot)?.into_iter();
    Ok(number(gateways.flat_map(|gateway| &gateway.listeners).filter(|other| **other == listener).count()))
}

/// The number of routes for a protocol, of all kinds that are installed.
///
/// Each kind has protocols of its own; an annotation names others. Source: `internal/dataplane/kongstate/route.go` and
/// `internal/dataplane/translator` of the Ingress Controller.
fn routes(snapshot: &Snapshot, protocol: Protocol) -> Reading<u32> {
    use Protocol::{Grpc, Grpcs, Http, Https, Tcp, Tls, TlsPassthrough, Udp};
    let of_ingresses = classes::ingresses(snapshot, &snapshot.networking_k8s_io_ingresses).map(|found| {
        let serves = |ingress: &&&view::ingresses::Object| {
            ingress.protocols.or(Protocols::of(&[Http, Https])).contains(protocol)
        };
        found.iter().filter(serves).count()
    });
    let of_tcp_ingresses = [
        (&snapshot.configuration_konghq_com_tcpingresses, &[Tcp, Tls][..]),
        (&snapshot.configuration_konghq_com_udpingresses, &[Udp]),
    ]
    .map(|(list, by_kind)| {
        let serves =
            |ingress: &&&view::tcpingresses::Object| ingress.protocols.or(Protocols::of(by_kind)).contains(protocol);
        classes::ingresses(snapshot, list).map(|found| found.iter().filter(serves).count())
    });
    let of_routes = [
        (&snapshot.gateway_networking_k8s_io_httproutes, &[Http, Https][..]),
        (&snapshot.gateway_networking_k8s_io_grpcroutes, &[Grpc, Grpcs]),
        (&snapshot.gateway_networking_k8s_io_tcproutes, &[Tcp]),
        (&snapshot.gateway_networking_k8s_io_tlsroutes, &[TlsPassthrough]),
        (&snapshot.gateway_networking_k8s_io_udproutes, &[Udp]),
    ]
    .map(|(list, by_kind)| {
        let serves = |route: &&&view::routes::Object| route.protocols.or(Protocols::of(by_kind)).contains(protocol);
        classes::routes(snapshot, list).map(|found| found.iter().filter(serves).count())
    });
    total([of_ingresses].into_iter().chain(of_tcp_ingresses).chain(of_routes))
}

/// The sum over all kinds. A kind that is not installed has no routes; one that could not be read costs the sum.
fn total(counts: impl Iterator<Item = Reading<usize>>) -> Reading<u32> {
    let mut sum = None;
    for count in counts {
        match count {
            Ok(count) => sum = Some(sum.unwrap_or(0) + count),
            Err(Absence::NotInstalled) => {}
            Err(absence) => return Err(absence),
        }
    }
    sum.map(number).ok_or(Absence::NotInstalled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_is_not_installed_has_no_routes() {
        let sum = |counts: &[Reading<usize>]| total(counts.iter().copied());
        assert_eq!(sum(&[Ok(2), Err(Absence::NotInstalled), Ok(3)]), Ok(5));
        assert_eq!(sum(&[Err(Absence::NotInstalled)]), Err(Absence::NotInstalled));
        assert_eq!(sum(&[Ok(2), Err(Absence::Forbidden)]), Err(Absence::Forbidden));
    }
}
