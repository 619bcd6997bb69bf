"""Values, and what is to come of them."""

from dataclasses import dataclass, field

ALL = ["environment", "usage", "performance"]
RECEIVER = {"url": "https://splunk.example.com:8088"}


@dataclass
class Case:
    """Values with what they are to give."""

    values: dict
    categories: list = field(default_factory=lambda: ALL)
    makes: str = "Deployment"
    own: str = ""
    namespaces: list = field(default_factory=list)
    lease: tuple = ()
    # What else is made.
    besides: set = field(default_factory=set)
    # Variables that have to have these values; None is for those that must not be there.
    told: dict = field(default_factory=dict)
    account: tuple = ("kong", "ktel")
    user: int = 65532
    notes: str = "sent to nobody"


CASES = {
    "default": Case(
        {},
        told={"KTEL_TELEMETRY": "local", "KTEL_JOURNAL": "-", "KTEL_HEC_URL": None, "KTEL_SPOOL": None, "KTEL_LEASE": None},
    ),
    "off": Case({"telemetry": "off"}, categories=[], makes="", notes="nothing was installed"),
    "off, as YAML reads it": Case({"telemetry": False}, categories=[], makes="", notes="nothing was installed"),
    "off, with a claim": Case(
        {"telemetry": "off", "receiver": RECEIVER, "spool": {"existingClaim": "spool"}},
        categories=[],
        makes="",
        notes="the claim spool is still there",
    ),
    "do not track": Case(
        {"telemetry": "on", "doNotTrack": True, "receiver": RECEIVER}, categories=[], makes="", notes="nothing was installed"
    ),
    "on": Case(
        {"telemetry": "on", "receiver": RECEIVER},
        told={"KTEL_TELEMETRY": "on", "KTEL_HEC_URL": RECEIVER["url"], "KTEL_TOKEN_FILE": None, "KTEL_SPOOL": "/var/lib/ktel"},
        notes="are sent to the receiver",
    ),
    "on, as YAML reads it": Case(
        {"telemetry": True, "receiver": RECEIVER}, told={"KTEL_TELEMETRY": "on"}, notes="are sent to the receiver"
    ),
    "on, and no address": Case({"telemetry": "on"}, told={"KTEL_TELEMETRY": "on", "KTEL_HEC_URL": None}),
    "local, with an address": Case(
        {"telemetry": "local", "receiver": RECEIVER}, told={"KTEL_TELEMETRY": "local", "KTEL_SPOOL": None}
    ),
    **{
        category: Case(
            {"telemetry": [category], "receiver": RECEIVER, "controller": {"pod": "edge/op-0"}},
            categories=[category],
            own="edge",
            told={"KTEL_TELEMETRY": category, "KTEL_POD": "edge/op-0"},
            notes="are sent to the receiver",
        )
        for category in ALL
    },
    "two categories in a text": Case(
        {"telemetry": "usage,performance"},
        categories=["usage", "performance"],
        told={"KTEL_TELEMETRY": "usage,performance"},
    ),
    "the pod of a controller": Case({"controller": {"pod": "edge/op-0"}}, own="edge", told={"KTEL_POD": "edge/op-0"}),
    "namespaces": Case(
        {"namespaces": ["kong", "team-a"]}, namespaces=["kong", "team-a"], told={"KTEL_NAMESPACES": "kong,team-a"}
    ),
    "namespaces, a category and a controller": Case(
        {"namespaces": ["kong", "team-a"], "telemetry": ["usage"], "controller": {"pod": "kong/op-0"}},
        categories=["usage"],
        namespaces=["kong", "team-a"],
        own="kong",
    ),
    "namespaces, and off": Case(
        {"namespaces": ["kong"], "telemetry": "off"}, categories=[], makes="", notes="nothing was installed"
    ),
    "three pods": Case(
        {"agent": {"replicas": 3}}, lease=("kong", "ktel"), told={"KTEL_LEASE": "kong/ktel", "POD_NAME": "fieldRef"}
    ),
    "a token, an authority and a proxy": Case(
        {
            "telemetry": "on",
            "receiver": {
                **RECEIVER,
                "index": "telemetry",
                "tokenSecret": {"name": "splunk", "key": "hec"},
                "ca": {"secret": "authority", "key": "ca.pem"},
                "proxy": "http://proxy:3128",
            },
        },
        told={
            "KTEL_TOKEN_FILE": "/etc/ktel/token/token",
            "KTEL_CA_FILE": "/etc/ktel/ca/ca.crt",
            "KTEL_HTTPS_PROXY": "http://proxy:3128",
            "KTEL_INDEX": "telemetry",
            "KTEL_HEC_TOKEN": None,
        },
        notes="are sent to the receiver",
    ),
    "a job": Case(
        {"mode": "job", "telemetry": "on", "receiver": RECEIVER, "controller": {"factsConfigMap": {"name": "facts"}}},
        makes="CronJob",
        told={"KTEL_FACTS": "/etc/ktel/facts/facts.json", "KTEL_SPOOL": None, "KTEL_LISTEN": None, "KTEL_GRACE": None},
        notes="kubectl create job",
    ),
    "a job with a claim": Case(
        {
            "mode": "job",
            "telemetry": ["usage"],
            "receiver": RECEIVER,
            "spool": {"existingClaim": "spool"},
            "job": {"schedule": "17 3 * * *"},
        },
        categories=["usage"],
        makes="CronJob",
        told={"KTEL_SPOOL": "/var/lib/ktel"},
        notes="kubectl create job",
    ),
    "a sidecar": Case(
        {"mode": "sidecar", "serviceAccount": {"name": "controller"}},
        makes="",
        own="kong",
        lease=("kong", "ktel"),
        account=("kong", "controller"),
        notes="The agent is not there yet",
    ),
    "a sidecar of a category in namespaces": Case(
        {"mode": "sidecar", "serviceAccount": {"name": "controller"}, "telemetry": ["usage"], "namespaces": ["kong", "b"]},
        categories=["usage"],
        namespaces=["kong", "b"],
        makes="",
        own="kong",
        lease=("kong", "ktel"),
        account=("kong", "controller"),
        notes="The agent is not there yet",
    ),
    "a user whom the platform chooses": Case({"user": None}, user=None),
    "no roles": Case({"rbac": {"create": False}}, categories=[], makes="Deployment", notes="has made none"),
    "everything": Case(
        {
            "telemetry": "on",
            "replacesAnonymousReports": True,
            "receiver": {**RECEIVER, "ca": {"configMap": "authority"}, "tokenSecret": {"name": "splunk"}},
            "product": {"name": "kong-operator", "version": "2.1.0"},
            "controller": {
                "pod": "edge/op-0",
                "factsUrl": "http://op.edge:8080/telemetry",
                "metricsUrl": "http://op.edge/metrics",
            },
            "saltSecret": {"name": "salt"},
            "agent": {"replicas": 2, "graceSeconds": 60, "periodSeconds": 3600},
            "spool": {"existingClaim": "spool"},
            "serviceAccount": {"name": "reader", "annotations": {"a": "b"}},
            "image": {
                "repository": "registry.example.com/ktel",
                "digest": "sha256:" + "0" * 64,
                "pullSecrets": ["pull"],
            },
            "service": {"enabled": True, "annotations": {"a": "b"}},
            "networkPolicy": {
                "enabled": True,
                "from": [{"namespaceSelector": {"matchLabels": {"team": "monitoring"}}}],
                "egress": [{"ports": [{"port": 8125, "protocol": "UDP"}]}],
            },
            "fullnameOverride": "edge-telemetry",
            "labels": {"team": "edge"},
            "podAnnotations": {"a": "b"},
            "podLabels": {"c": "d"},
            "priorityClassName": "system-cluster-critical",
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "tolerations": [{"operator": "Exists"}],
            "affinity": {"nodeAffinity": {}},
            "topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
            ],
        },
        own="edge",
        lease=("kong", "edge-telemetry"),
        account=("kong", "reader"),
        besides={"Service", "NetworkPolicy"},
        told={
            "KTEL_LEASE": "kong/edge-telemetry",
            "KTEL_PRODUCT": "kong-operator",
            "KTEL_PRODUCT_VERSION": "2.1.0",
            "KTEL_FACTS": "http://op.edge:8080/telemetry",
            "KTEL_METRICS_URL": "http://op.edge/metrics",
            "KTEL_ID_SALT": "secretKeyRef",
            "KTEL_REPLACES_ANONYMOUS_REPORTS": "true",
            "KTEL_GRACE": "60",
            "KTEL_PERIOD": "3600",
        },
        notes="are sent to the receiver",
    ),
}

# What is refused, with what is said of it: where it is, or what to do.
REFUSED = [
    ({"telemetry": "usgae"}, '"usgae" is neither on, off or local nor a category: environment, usage, performance'),
    ({"telemetry": ["usage", "perf"]}, '"perf" is neither'),
    ({"telemetry": []}, "/telemetry"),
    ({"telemetry": None}, "telemetry"),
    ({"reciever": RECEIVER}, "reciever"),
    ({"receiver": {"url": "splunk.example.com:8088"}}, "/receiver/url"),
    ({"receiver": {"token": "secret"}}, "token"),
    ({"receiver": {"tokenSecret": "splunk"}}, "/receiver/tokenSecret"),
    ({"receiver": {"ca": {"configMap": "a", "secret": "b"}}}, "name a ConfigMap or a Secret, not both"),
    ({"mode": "daemon"}, "/mode"),
    ({"mode": "job"}, "name the receiver in receiver.url"),
    ({"mode": "sidecar"}, "name it in serviceAccount.name"),
    ({"mode": "sidecar", "serviceAccount": {"name": "c"}, "networkPolicy": {"enabled": True}}, "makes no pods"),
    ({"journal": False}, "neither sent nor written down"),
    ({"journal": False, "telemetry": "on"}, "neither sent nor written down"),
    ({"controller": {"pod": "op-0"}}, "/controller/pod"),
    ({"controller": {"factsUrl": "http://a", "factsConfigMap": {"name": "b"}}}, "not both"),
    ({"namespaces": ["Kong"]}, "/namespaces/0"),
    ({"product": {"name": "Kong"}}, "/product/name"),
    ({"agent": {"replicas": 0}}, "/agent/replicas"),
    ({"agent": {"periodSeconds": 60}}, "/agent/periodSeconds"),
    ({"user": 0}, "/user"),
    ({"http": {"port": 80}}, "/http/port"),
    ({"image": {"digest": "latest"}}, "/image/digest"),
]
