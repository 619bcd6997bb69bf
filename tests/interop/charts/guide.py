"""The commands of the guide, as they are typed."""

import re
import shlex

from charts import render
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
