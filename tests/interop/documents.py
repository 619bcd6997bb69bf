"""Reports with verdicts: the documents of tests/conformance, and what is made of a simulated cluster."""

import json
import subprocess

from environment import ROOT
from programs import built, cluster, surroundings

FOLDER = ROOT / "tests/conformance/report"


def conformance():
    """Each document with its name and its verdict: valid, invalid or text."""
    rows = [line.split("\t") for line in (FOLDER / "cases.tsv").read_text().splitlines() if not line.startswith("#")]
    return [(name, verdict, (FOLDER / name).read_text()) for verdict, name, *_ in rows[1:]]


def preview(path, place):
    """The reports of a simulated or recorded cluster, a line each, as a person would see them."""
    place.mkdir(parents=True, exist_ok=True)
    with cluster(path, place / "kubeconfig.yaml") as kubeconfig:
        command = [built("ktel-cli", "--bin", "ktel"), "preview", "--kubeconfig", kubeconfig]
        shown = subprocess.run(command, check=True, env=surroundings(), stdout=subprocess.PIPE, text=True).stdout
    return shown.splitlines()


def wire(texts):
    """What Rust makes of reports, as hexadecimal digits of protobuf; of what is not valid, nothing."""
    rows = "".join(f"{json.dumps({'text': text})}\n" for text in texts)
    command = [built("ktel-types", "--features", "protobuf", "--example", "wire")]
    said = subprocess.run(command, check=True, input=rows, stdout=subprocess.PIPE, text=True).stdout
    return said.splitlines()
