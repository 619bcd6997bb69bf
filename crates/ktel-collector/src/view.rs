//! What probes see of the objects of a cluster, one module a kind.
//!
//! A page is decoded into these and nothing else: what no probe looks at is passed over as it is parsed. For each read of
//! the standard, the generated snapshot names the type here that it wants: `Object` or `Metadata` of a single object, and
//! of a list `List`, `MetadataList`, `FirstPage` or `Selected`. What is read of many objects is folded as it comes, so that
//! what is kept does not grow with their size.

mod changed;
mod collection;
mod key;
mod owners;
pub(crate) mod protocols;

pub(crate) mod apis;
pub(crate) mod ciliumenvoyconfigs;
pub(crate) mod clusterversions;
pub(crate) mod controlplanes;
pub(crate) mod customresourcedefinitions;
pub(crate) mod daemonsets;
pub(crate) mod dataplanes;
pub(crate) mod deployments;
pub(crate) mod endpointslices;
pub(crate) mod gatewayclasses;
pub(crate) mod gateways;
pub(crate) mod ingressclasses;
pub(crate) mod ingresses;
pub(crate) mod kongplugins;
pub(crate) mod namespaces;
pub(crate) mod nodes;
pub(crate) mod pods;
pub(crate) mod routes;
pub(crate) mod services;
pub(crate) mod tcpingresses;
pub(crate) mod version;

// Kinds that look the same to probes.
pub(crate) use {
    ciliumenvoyconfigs as ciliumclusterwideenvoyconfigs, kongplugins as kongclusterplugins, routes as grpcroutes,
    routes as httproutes, routes as tcproutes, routes as tlsroutes, routes as udproutes, tcpingresses as udpingresses,
};

pub(crate) use changed::Changed;
pub(crate) use collection::Collection;
pub(crate) use key::Key;
