"""What a pod of the agent may do and is told."""

import re

from environment import ROOT

# What Kubernetes' strictest level of Pod Security asks for, and a root that nobody can write to.
CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def variables():
    """The names of the variables that some part of the program reads."""
    words = re.compile(r'"(KTEL_[A-Z_]+|DO_NOT_TRACK|POD_NAME)"')
    files = (ROOT / "crates").glob("*/src/**/*.rs")
    return {name for file in files for name in words.findall(file.read_text())}


def template(thing):
    """The specification of the pods that an object makes; None if it makes none."""
    spec = thing.get("spec") or {}
    return {
        "Pod": lambda: spec,
        "Deployment": lambda: spec["template"]["spec"],
        "CronJob": lambda: spec["jobTemplate"]["spec"]["template"]["spec"],
    }.get(thing["kind"], lambda: None)()


def alone(thing):
    """A pod as the object would make it; None if it makes none, or is one."""
    spec = template(thing)
    if not spec or thing["kind"] == "Pod":
        return None
    metadata = {name: thing["metadata"][name] for name in ("name", "namespace")}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def faults(spec, known, user=65532):
    """What is not as it should be with the pod."""
    said = []

    def check(is_so, what):
        if not is_so:
            said.append(what)

    security = spec.get("securityContext", {})
    [container] = spec["containers"]
    check(spec.get("automountServiceAccountToken") is True, "the pod does not say that it needs a token")
    check(spec.get("enableServiceLinks") is False, "Services become variables")
    check(not any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")), "it shares what is the node's")
    check(security.get("runAsNonRoot") is True, "it may run as root")
    check(security.get("runAsUser") == user and security.get("fsGroup") == user, f"its user is not {user}")
    check(security.get("seccompProfile") == {"type": "RuntimeDefault"}, "seccomp is not on")
    return said + of_container(container, spec.get("volumes", []), known)


def of_container(container, volumes, known):
    """What is not as it should be with a container of the agent."""
    said = []
    security = container.get("securityContext", {})
    for name, wanted in CONTAINER.items():
        if security.get(name) != wanted:
            said.append(f"securityContext.{name} is {security.get(name)}")
    resources = container.get("resources", {})
    if resources.get("limits") != {"memory": "64Mi"} or set(resources.get("requests", {})) != {"cpu", "memory"}:
        said.append(f"its resources are {resources}")
    names = [variable["name"] for variable in container["env"]]
    said.extend(f"{name} is set twice" for name in {name for name in names if names.count(name) > 1})
    # The namespace of the pod stands in other variables.
    said.extend(f"nobody reads {name}" for name in names if name not in known | {"POD_NAMESPACE"})
    said.extend(f"{one['name']} is told as it is" for one in container["env"] if is_secret(one) and "value" in one)
    mounts = {mount["name"]: mount for mount in container.get("volumeMounts", [])}
    there = {volume["name"] for volume in volumes}
    said.extend(f"the volume {name} is not there" for name in mounts.keys() - there)
    said.extend(f"the volume {one['name']} is a part of the node" for one in volumes if "hostPath" in one)
    writable = [name for name, mount in mounts.items() if not mount.get("readOnly") and "spool" not in name]
    said.extend(f"{name} can be written to" for name in writable)
    places = [mount["mountPath"] for mount in mounts.values()]
    for variable in container["env"]:
        value = variable.get("value", "")
        if value.startswith("/") and not any(value == place or value.startswith(f"{place}/") for place in places):
            said.append(f"{variable['name']} leads to what is not mounted")
    return said


def is_secret(variable):
    """Whether it holds what nobody is to read."""
    return variable["name"] in ("KTEL_HEC_TOKEN", "KTEL_ID_SALT")
