#!/usr/bin/env python3
"""Holds the Helm chart and the manifests of deploy/ against Helm, kustomize, Kubernetes' own types and ktel itself.

The chart is rendered with many values. Of each rendering, what the account may do is exactly what the standard's roles say for the
categories that are consented to; pods are as Kubernetes' strictest level of security wants them; no variable is set that nobody
reads; every object is of a type and has fields that Kubernetes knows; and ktel starts with what it is told. Values that are wrong are
refused with a word on where. deploy/ktel.yaml and deploy/sidecar/roles.yaml are what the chart gives.

A real API server is asked about each of them, too, without keeping any. Needs Python 3, cargo and Go; kustomize, and helm where it
is not there, are built of their Go modules.

    python3 tests/interop/chart.py
    python3 tests/interop/chart.py --accept    # and write the manifests anew
"""

import json
import subprocess
import sys

import apiserver
import go
from charts import cases, guide, kinds, pods, render, rights, running, sidecar, tools
from charts.server import Server
from environment import ROOT, environment
from programs import built, cluster
from step import end, need

PLACES = ("kong", "ktel", "edge", "team-a", "b")


def main(accept, server):
    helm, version = tools.helm()
    kustomize, kustomize_version = tools.kustomize()
    known = pods.variables()
    types = kinds.Kinds(tools.types())
    faults, objects, starts = [], 0, 0

    def check(name, said):
        faults.extend(f"{name}: {one}" for one in said)

    def examine(name, things):
        nonlocal objects
        objects += len(things)
        for thing in things:
            check(f"{name}, {rights.key(thing)}", types.faults(thing) + server.faults(thing))

    lint = subprocess.run([helm, "lint", "--strict", render.CHART], capture_output=True, text=True)
    check("lint", [] if lint.returncode == 0 else [lint.stdout])
    check("values", documented())
    ktel = built("ktel-cli", "--bin", "ktel")
    patched = sidecar.build(kustomize)
    go.certificate(tools.PLACE)
    with cluster(ROOT / "tests/clusters/everything.yaml", tools.PLACE / "kubeconfig.yaml") as kubeconfig:
        for name, case in cases.CASES.items():
            try:
                things, notes = render.things(render.text(helm, case.values)), render.notes(helm, case.values)
            except render.Refused as refusal:
                check(name, [str(refusal)])
                continue
            # The pods that are made are held against the level of security of their namespace.
            examine(name, things + [pod for pod in map(pods.alone, things) if pod])
            check(name, compared(case, things, known, notes))
            for thing in (thing for thing in things if thing["kind"] in ("Deployment", "CronJob")):
                starts += 1
                check(f"{name}, started", running.faults(ktel, pods.template(thing)["containers"][0], kubeconfig))
        starts += 1
        check("sidecar, started", running.faults(ktel, sidecar.agent(patched), kubeconfig))
    for command in guide.commands():
        check(f"`{command}`", guide.faults(helm, command))
    check("the kustomization of the guide", guide.kustomization(kustomize))
    for values, word in cases.REFUSED:
        check("refused", refused(helm, values, word))
    for name, path in render.MANIFESTS.items():
        made = render.manifest(helm, name)
        examine(name, render.things(made))
        if accept:
            (ROOT / path).write_text(made)
        elif not render.is_current(ROOT / path, made, version):
            faults.append(f"{path} is not what the chart gives: `python3 tests/interop/chart.py --accept` makes it anew")
    examine("sidecar", patched)
    [deployment] = [thing for thing in render.things(render.text(helm, {})) if thing["kind"] == "Deployment"]
    check("sidecar", sidecar.faults(patched, pods.template(deployment), known))
    by = f"helm {version}, kustomize {kustomize_version}, types of Kubernetes {tools.KUBERNETES}, API server {server.version()}"
    count = f"{len(cases.CASES)} renderings, {objects} objects, {len(cases.REFUSED)} refusals, {starts} starts"
    end(faults, f"{count}: {by}")


def documented():
    """Values that no comment stands above, or that the schema does not know."""
    import yaml

    file = render.CHART / "values.yaml"
    said, before = [], ""
    for line in file.read_text().splitlines():
        is_value = line.strip() and not line.strip().startswith(("#", "-"))
        # What is in `resources` is Kubernetes' own.
        is_ours = is_value and line.strip().split(":")[0] not in ("requests", "limits", "cpu", "memory")
        if is_ours and not before.strip().startswith("#"):
            said.append(f"nothing is said of `{line.strip()}`")
        before = line
    schema = json.loads((render.CHART / "values.schema.json").read_text())
    said.extend(unknown(yaml.safe_load(file.read_text()), schema, schema, ""))
    return said


def unknown(values, schema, root, path):
    """Values that are not in the schema, and what of the schema is no value."""
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].split("/")[-1]]
    properties = schema.get("properties")
    if properties is None:
        return
    # Helm itself adds what is global.
    for name in values.keys() ^ (properties.keys() - {"global"}):
        yield f"`{path}{name}` is in one of values.yaml and its schema"
    for name in values.keys() & properties.keys():
        yield from unknown(values[name], properties[name], root, f"{path}{name}.")


def compared(case, things, known, notes):
    """What of a rendering is not as the case has it."""
    said = []
    found, faults = rights.bound(things, case.account)
    said.extend(faults)
    lease = case.lease if case.categories else ()
    wanted = rights.expected(case.categories, case.own, case.namespaces, lease)
    said.extend(f"it may not {right}" for right in sorted(wanted - found))
    said.extend(f"it may {right}" for right in sorted(found - wanted))
    roles = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
    kinds_made = {thing["kind"] for thing in things} - roles
    kinds_wanted = case.besides | ({case.makes, "ServiceAccount", "Pod"} if case.makes else set())
    if kinds_made != kinds_wanted:
        said.append(f"it makes {sorted(kinds_made)} and not {sorted(kinds_wanted)}")
    for thing in things:
        keys = [rights.key(other) for other in things]
        if keys.count(rights.key(thing)) > 1:
            said.append(f"{rights.key(thing)} is there twice")
        spec = pods.template(thing)
        if spec:
            said.extend(f"{thing['kind']}: {fault}" for fault in pods.faults(spec, known, case.user))
            if spec["serviceAccountName"] != case.account[1]:
                said.append(f"{thing['kind']}: its account is {spec['serviceAccountName']}")
        if thing["kind"] == case.makes:
            said.extend(told(case, spec["containers"][0]))
        if thing["kind"] == "ServiceAccount" and thing["automountServiceAccountToken"] is not False:
            said.append("the account gives its token to everybody")
    if case.notes not in notes:
        said.append(f"the notes do not say `{case.notes}`:\n{notes}")
    if case.makes and "ktel.konghq.com/telemetry=off" not in notes:
        said.append("the notes do not say how to switch it off")
    return said


def told(case, container):
    """Variables of a container that are not as the case has them."""
    variables = {one["name"]: one.get("value", next(iter(one.get("valueFrom", {})), None)) for one in container["env"]}
    for name, wanted in case.told.items():
        if variables.get(name) != wanted:
            yield f"{name} is {variables.get(name)} and not {wanted}"


def refused(helm, values, word):
    """Whether values are not refused with a word on what is wrong with them."""
    try:
        render.text(helm, values)
    except render.Refused as refusal:
        return [] if word in str(refusal) else [f"{values} without `{word}`: {refusal}"]
    return [f"{values} are taken"]


if __name__ == "__main__":
    if unknown_words := set(sys.argv[1:]) - {"--accept", "--here"}:
        sys.exit(f"there is no {' and no '.join(sorted(unknown_words))}: it takes --accept, or nothing")
    if "--here" in sys.argv:
        with apiserver.serve() as real:
            asked = Server(real)
            for place in PLACES:
                asked.namespace(place)
            main("--accept" in sys.argv, asked)
    need(go.TOOL, ("cargo", "install Rust"))
    python = environment(tools.PLACE, ROOT / "tests" / "interop" / "chart.txt") / "python"
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:], "--here"]).returncode)
