"""Clusters of a size, of objects that were recorded: each as often as it takes, under names and identifiers of their own."""

import json

# A pod with a sidecar: the one that reports, and the one behind each Service.
POD = "kong-controller-ttnznbxnr-bmnrr"
OWN_POD = f"kong/{POD}-1"
GATEWAY = "gateway.networking.k8s.io/v1"
# What the channel `standard` of the Gateway API 1.6 serves, and Kong's kinds.
SERVES = {
    GATEWAY: ["Gateway", "GatewayClass", "GRPCRoute", "HTTPRoute", "ReferenceGrant", "TCPRoute", "TLSRoute", "UDPRoute"],
    "gateway.networking.k8s.io/v1beta1": ["Gateway", "GatewayClass", "HTTPRoute", "ReferenceGrant"],
    "configuration.konghq.com/v1": ["KongPlugin", "KongClusterPlugin", "KongConsumer"],
    "configuration.konghq.com/v1beta1": ["KongConsumerGroup", "TCPIngress", "UDPIngress"],
}


def counts(pods):
    """How many objects of each kind a cluster of so many pods has."""
    few = max(2, pods // 50)
    return {"pods": pods, "services": pods // 5, "nodes": max(1, pods // 20), "ingresses": few, "HTTPRoutes": few}


def description(recorded, pods):
    """The cluster, without a mesh, as a file of tests/clusters describes one: JSON, which is YAML."""
    count = counts(pods)
    inside = pods // 10

    def templates(file, api_version, kind, total):
        items = json.loads((recorded / f"{file}.json").read_text())["response"]["body"]["items"]
        for place, item in enumerate(items):
            times = total // len(items) + (place < total % len(items))
            if not times:
                continue
            metadata = item["metadata"]
            metadata["name"] += "-{n}"
            # What no two objects share: without it, a page would be compressed as no real one is.
            metadata |= {"uid": "{n#}-{n#}", "resourceVersion": "{n*7+13}"}
            if kind == "Node":
                item["spec"]["providerID"] = "aws:///us-east-1a/i-{n#}"
                metadata["annotations"]["csi.volume.kubernetes.io/nodeid"] = "{n#}"
            if kind == "EndpointSlice":
                lead_to_pods(item)
            yield item | {"apiVersion": api_version, "kind": kind, "times": times}

    objects = [
        *templates("objects/pods-page1-full", "v1", "Pod", pods - inside),
        *templates("eks-3000pods/kong-pods", "v1", "Pod", inside),
        *templates("objects/list-services-first60", "v1", "Service", count["services"]),
        *templates("objects/list-endpointslices-first20", "discovery.k8s.io/v1", "EndpointSlice", count["services"]),
        *templates("eks-3000pods/list-nodes", "v1", "Node", count["nodes"]),
        *templates("eks-3000pods/ingresses-page1", "networking.k8s.io/v1", "Ingress", count["ingresses"]),
        *templates("eks-3000pods/httproutes-page1", GATEWAY, "HTTPRoute", count["HTTPRoutes"]),
        *templates("eks-3000pods/list-gateways", GATEWAY, "Gateway", 6),
        *templates("eks-3000pods/list-gatewayclasses", GATEWAY, "GatewayClass", 3),
        *templates("eks-3000pods/list-kongplugins", "configuration.konghq.com/v1", "KongPlugin", 100),
    ]
    return json.dumps({"serves": SERVES, "objects": objects})


def mesh():
    """What makes it one with a mesh."""
    istiod = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "istiod", "namespace": "istio-system"}}
    return json.dumps({"objects": [istiod]})


def lead_to_pods(slice_):
    """Lets a slice lead to a pod that has a sidecar, and to others that have none, as many as were recorded."""
    for place, endpoint in enumerate(slice_.get("endpoints") or []):
        name = f"{POD}-{{n}}" if place == 0 else f"other-{place}-{{n}}"
        endpoint["targetRef"] = {"kind": "Pod", "namespace": "kong", "name": name}
    slice_["metadata"]["labels"]["kubernetes.io/service-name"] += "-{n}"
