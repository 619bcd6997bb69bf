//! `kong.protocols`: Kong's listeners and routes by protocol.

use ktel_types::Absence;

use super::{classes, number};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
    view::{
        self,
        gateways::Listens,
        protocols::{Protocol, Protocols},
    },
};

impl probe::Protocols for Snapshot {
    fn http_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::Http)
    }

    fn https_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::Https)
    }

    fn tls_terminate_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::TlsTerminate)
    }

    fn tls_passthrough_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::TlsPassthrough)
    }

    fn tcp_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::Tcp)
    }

    fn udp_listener_count(&self) -> Reading<u32> {
        listeners(self, Listens::Udp)
    }

    fn http_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Http)
    }

    fn https_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Https)
    }

    fn grpc_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Grpc)
    }

    fn grpcs_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Grpcs)
    }

    fn ws_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Ws)
    }

    fn wss_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Wss)
    }

    fn tcp_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Tcp)
    }

    fn tls_terminate_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Tls)
    }

    fn tls_passthrough_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::TlsPassthrough)
    }

    fn udp_protocol_route_count(&self) -> Reading<u32> {
        routes(self, Protocol::Udp)
    }
}

fn listeners(snapshot: &Snapshot, protocol: Listens) -> Reading<u32> {
    let gateways = classes::gateways(snapshot)?.into_iter();
    let listeners = gateways.flat_map(|gateway| &gateway.listeners);
    Ok(number(listeners.filter(|listener| listener.protocol == protocol).count()))
}

/// The number of routes for a protocol, of all kinds that are installed.
///
/// Each kind has protocols of its own; an annotation names others. Source: `internal/dataplane/kongstate/route.go` and
/// `internal/dataplane/translator` of the Ingress Controller.
fn routes(snapshot: &Snapshot, protocol: Protocol) -> Reading<u32> {
    use Protocol::{Grpc, Grpcs, Http, Https, Tcp, Tls, Udp};
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
    let of_tls_routes = tls_routes(snapshot, protocol);
    let of_routes = [
        (&snapshot.gateway_networking_k8s_io_httproutes, &[Http, Https][..]),
        (&snapshot.gateway_networking_k8s_io_grpcroutes, &[Grpc, Grpcs]),
        (&snapshot.gateway_networking_k8s_io_tcproutes, &[Tcp]),
        (&snapshot.gateway_networking_k8s_io_udproutes, &[Udp]),
    ]
    .map(|(list, by_kind)| {
        let serves = |route: &&&view::routes::Object| route.protocols.or(Protocols::of(by_kind)).contains(protocol);
        classes::routes(snapshot, list).map(|found| found.iter().filter(serves).count())
    });
    total([of_ingresses, of_tls_routes].into_iter().chain(of_tcp_ingresses).chain(of_routes))
}

/// The number of routes of TLS for a protocol. It is passed through if a listener that the route asks for does so, else the gateway
/// ends it.
///
/// Source: `isTLSRoutePassthrough` in `internal/dataplane/translator/translate_tlsroute.go` of the Ingress Controller.
fn tls_routes(snapshot: &Snapshot, protocol: Protocol) -> Reading<usize> {
    let found = classes::routes(snapshot, &snapshot.gateway_networking_k8s_io_tlsroutes)?;
    let gateways = classes::gateways(snapshot)?;
    let is_passed_by = |parent: &view::routes::Parent| {
        let listeners = gateways.iter().filter(|gateway| gateway.key == parent.gateway).flat_map(|it| &it.listeners);
        listeners
            .filter(|listener| parent.listener.as_ref().is_none_or(|name| *name == listener.name))
            .any(|listener| listener.protocol == Listens::TlsPassthrough)
    };
    let by_parents = |route: &view::routes::Object| {
        if route.parents.iter().any(is_passed_by) { Protocol::TlsPassthrough } else { Protocol::Tls }
    };
    let serves =
        |route: &&&view::routes::Object| route.protocols.or(Protocols::of(&[by_parents(route)])).contains(protocol);
    Ok(found.iter().filter(serves).count())
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
    use serde_json::json;

    use super::*;

    #[test]
    fn tls_is_ended_where_no_listener_that_is_asked_for_passes_it_through() {
        let list = |items: serde_json::Value| serde_json::from_value(items).unwrap();
        let class = json!({ "metadata": { "name": "kong" }, "spec": { "controllerName": "konghq.com/kic-gateway-controller" } });
        let listeners = json!([
            { "name": "ends", "protocol": "TLS", "tls": { "mode": "Terminate" } },
            { "name": "passes", "protocol": "TLS", "tls": { "mode": "Passthrough" } },
        ]);
        let gateway =
            json!({ "metadata": { "name": "one" }, "spec": { "gatewayClassName": "kong", "listeners": listeners } });
        let route = |parent| json!({ "metadata": {}, "spec": { "parentRefs": [parent] } });
        let routes = json!([
            route(json!({ "name": "one" })),
            route(json!({ "name": "one", "sectionName": "passes" })),
            route(json!({ "name": "one", "sectionName": "ends" })),
            route(json!({ "name": "two" })),
        ]);
        let snapshot = Snapshot {
            gateway_networking_k8s_io_gatewayclasses: Ok(serde_json::from_value(json!([class])).unwrap()),
            gateway_networking_k8s_io_gateways: Ok(serde_json::from_value(json!([gateway])).unwrap()),
            gateway_networking_k8s_io_tlsroutes: Ok(list(routes)),
            ..Snapshot::default()
        };
        assert_eq!(tls_routes(&snapshot, Protocol::TlsPassthrough), Ok(2));
        assert_eq!(tls_routes(&snapshot, Protocol::Tls), Ok(1));
    }

    #[test]
    fn a_kind_that_is_not_installed_has_no_routes() {
        let sum = |counts: &[Reading<usize>]| total(counts.iter().copied());
        assert_eq!(sum(&[Ok(2), Err(Absence::NotInstalled), Ok(3)]), Ok(5));
        assert_eq!(sum(&[Err(Absence::NotInstalled)]), Err(Absence::NotInstalled));
        assert_eq!(sum(&[Ok(2), Err(Absence::Forbidden)]), Err(Absence::Forbidden));
    }
}
