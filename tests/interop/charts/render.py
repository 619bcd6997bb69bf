"""The chart, rendered."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from charts.tools import HELM, KUBERNETES, PLACE
from environment import ROOT

CHART = ROOT / "deploy" / "helm" / "ktel"


class Refused(Exception):
    """What helm says of values that it does not take."""


def run(helm, command, values, *arguments):
    """What helm says to a command on the chart with these values."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(values, file)
        file.flush()
        command = [helm, *command, *arguments, "--values", file.name, "--kube-version", KUBERNETES]
        ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    return ran.stdout


def text(helm, values, release="ktel", namespace="kong", chart=CHART):
    """What would be applied."""
    return run(helm, ["template", release, chart], values, "--namespace", namespace)


def things(text):
    """The objects of manifests."""
    import yaml

    return [thing for thing in yaml.safe_load_all(text) if thing]


def notes(helm, values):
    """What a person is told who installs: helm does not render that without a cluster, so that it is made an object of."""
    copy = PLACE / "notes"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(CHART, copy)
    (copy / "templates" / "NOTES.txt").rename(copy / "NOTES")
    (copy / "templates" / "notes.yaml").write_text('kind: Notes\ntext: |-\n{{ tpl (.Files.Get "NOTES") . | indent 2 }}\n')
    [told] = [thing["text"] for thing in things(text(helm, values, chart=copy)) if thing["kind"] == "Notes"]
    return told


# What only Helm makes use of. An object that Helm does not manage does not say that it does.
HELMS = ("app.kubernetes.io/managed-by:", "helm.sh/chart:")

NAMESPACE = """\
---
apiVersion: v1
kind: Namespace
metadata:
  name: {name}
  labels:
    # The strictest level of Kubernetes: what runs here has no privileges.
    pod-security.kubernetes.io/enforce: restricted
"""


def manifest(helm, file):
    """A plain manifest, as it is committed."""
    options, namespace, values = {
        "ktel.yaml": ("", "ktel", {}),
        "sidecar/roles.yaml": (
            " --set mode=sidecar,serviceAccount.name=controller",
            "kong",
            {"mode": "sidecar", "serviceAccount": {"name": "controller"}},
        ),
    }[file]
    command = f"helm template ktel deploy/helm/ktel --namespace {namespace}{options}"
    head = f"# What `{command}` gives, without what only Helm needs.\n"
    head += "# `python3 tests/interop/chart.py --accept` makes it anew: edit copies of it.\n"
    if file == "ktel.yaml":
        head += NAMESPACE.format(name=namespace)
    documents = text(helm, values, namespace=namespace).split("---\n")
    kept = []
    for document in documents:
        lines = [line for line in document.splitlines() if not line.startswith("# Source:")]
        lines = [line for line in lines if not line.strip().startswith(HELMS)]
        # What Helm runs when it is asked to test is no part of what is installed.
        if lines and not any("helm.sh/hook: test" in line for line in lines):
            kept.append("---\n" + "\n".join(lines) + "\n")
    return head + "".join(kept)


def is_current(path, made, version):
    """Whether a manifest is what was made. Another helm may write the same objects in another way."""
    there = path.read_text() if path.exists() else ""
    return there == made or (version != HELM[1].lstrip("v") and things(there) == things(made))


MANIFESTS = {name: Path("deploy") / name for name in ("ktel.yaml", "sidecar/roles.yaml")}
