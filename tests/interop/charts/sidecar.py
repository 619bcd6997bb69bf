"""The agent in the pod of a controller, as kustomize puts it there."""

import shutil
import subprocess

from charts import cases, pods, render, rights
from charts.tools import PLACE
from environment import ROOT

# A controller as others install it, with what the patch must leave alone.
CONTROLLER = """\
apiVersion: apps/v1
kind: Deployment
metadata: { name: kong-controller, namespace: kong }
spec:
  replicas: 2
  selector: { matchLabels: { app: controller } }
  template:
    metadata: { labels: { app: controller } }
    spec:
      serviceAccountName: controller
      containers:
        - name: controller
          image: controller:1
          ports: [{ name: http, containerPort: 8080 }]
          env: [{ name: LOG_LEVEL, value: info }]
      volumes:
        - name: certificates
          secret: { secretName: certificates }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: controller, namespace: kong }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: another, namespace: kong }
spec:
  selector: { matchLabels: { app: another } }
  template:
    metadata: { labels: { app: another } }
    spec: { containers: [{ name: another, image: another:1 }] }
"""
OUTER = "resources: [controller.yaml]\ncomponents: [sidecar]\n"


def build(kustomize):
    """What kustomize makes of the controller and the folder, the Deployment named as the folder says that it is done."""
    place = PLACE / "sidecar"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT / "deploy" / "sidecar", place / "sidecar")
    inner = place / "sidecar" / "kustomization.yaml"
    named = inner.read_text().replace("name: controller\n", "name: kong-controller\n")
    inner.write_text(named)
    (place / "controller.yaml").write_text(CONTROLLER)
    (place / "kustomization.yaml").write_text(OUTER)
    return render.things(subprocess.run([kustomize, "build", place], check=True, capture_output=True, text=True).stdout)


def pod(things):
    """The specification of the controller's pods."""
    return next(thing for thing in things if thing["metadata"]["name"] == "kong-controller")["spec"]["template"]["spec"]


def agent(things):
    """The container that was added."""
    return next(container for container in pod(things)["containers"] if container["name"] == "ktel")


def faults(things, of_chart, known):
    """What is not as it should be, beside the container that the chart makes."""
    deployments = {thing["metadata"]["name"]: thing for thing in things if thing["kind"] == "Deployment"}
    lease = next(one["value"] for one in agent(things)["env"] if one["name"] == "KTEL_LEASE")
    found, said = rights.bound(things, ("kong", "controller"))
    lease = tuple(lease.replace("$(POD_NAMESPACE)", "kong").split("/"))
    if found != rights.expected(cases.ALL, "kong", [], lease):
        said.append("its account may do something else than it needs")
    before = {thing["metadata"]["name"]: thing for thing in render.things(CONTROLLER) if thing["kind"] == "Deployment"}
    if deployments["another"] != before["another"]:
        said.append("a Deployment was changed that nobody has named")
    spec, was, added = pod(things), pod(render.things(CONTROLLER)), agent(things)
    kept = [container for container in spec["containers"] if container != added]
    if kept != was["containers"] or was["volumes"][0] not in spec["volumes"]:
        said.append("what the controller had is not as it was")
    said.extend(pods.of_container(added, spec["volumes"], known))
    # What the pod of the chart has, the container has here: the pod is the controller's.
    wanted = {**of_chart["containers"][0]["securityContext"], **of_chart["securityContext"]}
    wanted = {name: value for name, value in wanted.items() if not name.startswith("fsGroup")}
    if added["securityContext"] != wanted:
        said.append(f"its securityContext is {added['securityContext']}")
    for name in ("image", "imagePullPolicy", "args", "resources"):
        if added[name] != of_chart["containers"][0][name]:
            said.append(f"its {name} is not that of the chart")
    return said
