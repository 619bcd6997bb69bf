"""The guide: its commands, as they are typed, and its kustomization."""

import re
import shlex
import shutil
import subprocess

from charts import cases, render, rights
from charts.tools import PLACE
from environment import ROOT

GUIDE = ROOT / "docs" / "guide" / "install.md"

# What a command says of what is rendered.
OPTIONS = ("--set", "--namespace")


def commands():
    """Those that render the chart."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line.startswith(("helm install", "helm upgrade"))]


def faults(helm, command):
    """What helm says against the values that a command sets."""
    words = shlex.split(command, comments=True)
    _, _, release, chart, *rest = words
    known = ("--namespace", "--set", "--create-namespace", "--reset-then-reuse-values")
    said = [f"{word} is not tried" for word in rest if word.startswith("--") and word not in known]
    if chart != str(render.CHART.relative_to(ROOT)):
        said.append(f"{chart} is not the chart")
    arguments = [part for word, value in zip(rest, rest[1:]) if word in OPTIONS for part in (word, value)]
    try:
        render.run(helm, ["template", release, render.CHART], {}, *arguments)
    except render.Refused as refusal:
        said.append(str(refusal))
    return said


def kustomization(kustomize):
    """What is wrong with what is made of the manifest by the kustomization that is shown: it sends, and two categories are bound."""
    place = PLACE / "kustomization"
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "deploy" / "ktel.yaml", place)
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    [shown] = [block for block in blocks if "resources: [ktel.yaml]" in block]
    (place / "kustomization.yaml").write_text(shown)
    ran = subprocess.run([kustomize, "build", place], capture_output=True, text=True)
    if ran.returncode != 0:
        return [ran.stderr]
    things = render.things(ran.stdout)
    [deployment] = [thing for thing in things if thing["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    variables = {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]}
    said = [] if container["image"].startswith("registry.example.com/ktel:") else [f"the image is {container['image']}"]
    wanted = {
        "KTEL_TELEMETRY": "environment,performance",
        "KTEL_HEC_URL": cases.RECEIVER["url"],
        "KTEL_HEC_TOKEN": {"secretKeyRef": {"name": "splunk", "key": "KTEL_HEC_TOKEN"}},
        "KTEL_JOURNAL": "-",
    }
    said.extend(f"{name} is {variables.get(name)}" for name, value in wanted.items() if variables.get(name) != value)
    found, faults = rights.bound(things, ("ktel", "ktel"))
    if found != rights.expected(["environment", "performance"], "", [], ()):
        said.append("another category is bound")
    # The role that is left is bound to nobody, which is what is meant.
    return said + [fault for fault in faults if "ktel-usage" not in fault]
