"""The programs that render: from PATH, or built of their Go modules."""

import json
import os
import shutil
import subprocess
import sys

import go
from environment import ROOT
from step import end, need

PLACE = ROOT / "target" / "interop" / "chart"

# What is built where there is none. Another helm of the major version 3 or 4 may be on PATH.
HELM = ("helm.sh/helm/v3/cmd/helm", "v3.22.0")
KUSTOMIZE = ("sigs.k8s.io/kustomize/kustomize/v5", "v5.7.1")
# Kubernetes' own types, and the version of Kubernetes that the chart is rendered for.
CLIENT_GO = ("k8s.io/client-go", "v0.37.0")
KUBERNETES = "1.37.0"


def run_go(*arguments, **variables):
    """What Go says; the step cannot run where it can have no module."""
    need(go.TOOL)
    ran = subprocess.run(["nice", "go", *arguments], env=go.env(**variables), capture_output=True, text=True)
    if ran.returncode != 0:
        go.refuse_missing(ran.stdout + ran.stderr)
        end([ran.stdout + ran.stderr], f"`go {arguments[0]}` failed")
    return ran.stdout


def built(module, version):
    """The program of a module, built the first time and when the version changes."""
    name = next(part for part in reversed(module.split("/")) if part != "v5")
    program, stamp = PLACE / name, PLACE / f"{name}.version"
    if not (program.exists() and stamp.exists() and stamp.read_text() == version):
        PLACE.mkdir(parents=True, exist_ok=True)
        print(f"building {name} {version}, which takes some minutes the first time", file=sys.stderr)
        run_go("install", f"{module}@{version}", GOBIN=str(PLACE))
        stamp.write_text(version)
    return program


def helm():
    """The program, and its version."""
    program = shutil.which("helm") or built(*HELM)
    # What is built of a module does not know its version.
    told = subprocess.run([program, "version", "--template", "{{.Version}}"], check=True, capture_output=True, text=True)
    is_ours = str(program).startswith(str(PLACE))
    return program, (HELM[1] if is_ours else told.stdout.strip()).lstrip("v")


def kustomize():
    """The program, and its version."""
    return built(*KUSTOMIZE), KUSTOMIZE[1].lstrip("v")


def types():
    """The source with Kubernetes' own types, as they merge objects."""
    told = json.loads(run_go("mod", "download", "-json", "@".join(CLIENT_GO)))
    return os.path.join(told["Dir"], "applyconfigurations", "internal", "internal.go")
