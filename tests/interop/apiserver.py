#!/usr/bin/env python3
"""Holds the simulated API server against a real one: reports of the same clusters, with all rights and with each taken away.

Builds the API server in tests/interop/apiserver, has Go fetch the definitions of the Gateway API, and runs the example `real`.
Needs Go and cargo.

    python3 tests/interop/apiserver.py
"""

import contextlib
import json
import subprocess
import tempfile
from pathlib import Path

import go
from environment import ROOT
from programs import announced, built
from step import end, need

# The version of k8s.io/kubernetes in go.mod, which the build has to be told: a release's own build does so, too.
KUBERNETES = "v1.34.1"
GATEWAY_API = "v1.6.3"

HERE = ROOT / "tests" / "interop" / "apiserver"
PROGRAM = ROOT / "target" / "interop" / "apiserver" / "apiserver"


def fetch(*arguments, cwd=HERE):
    """Has Go fetch modules: what it says."""
    ran = subprocess.run(["go", *arguments], cwd=cwd, env=go.env(), capture_output=True, text=True)
    if ran.returncode:
        go.refuse_missing(ran.stdout + ran.stderr)
        end([ran.stdout + ran.stderr], f"`go {arguments[0]}` failed")
    return ran.stdout


def build():
    """The program of the API server."""
    fetch("mod", "download")
    major, minor = KUBERNETES.removeprefix("v").split(".")[:2]
    stamps = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    fetch("build", f"-ldflags=-s -w {flags}", "-o", PROGRAM, ".")
    return PROGRAM


def definitions(channel="experimental"):
    """The folder of the definitions of the Gateway API, as its Go module has them of a channel."""
    module = json.loads(fetch("mod", "download", "-json", f"sigs.k8s.io/gateway-api@{GATEWAY_API}", cwd=tempfile.gettempdir()))
    return Path(module["Dir"]) / "config" / "crd" / channel


@contextlib.contextmanager
def serve(version=KUBERNETES):
    """A kubeconfig that leads to a server with nothing in it, which runs as long as the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [build(), "--version", version]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            kubeconfig = Path(folder) / "kubeconfig.yaml"
            kubeconfig.write_text(announced(server))
            try:
                yield kubeconfig
            finally:
                server.stdin.close()


def main():
    need(go.TOOL, ("cargo", "install Rust"))
    real = [built("ktel-tests", "--example", "real"), build(), built("ktel-cli", "--bin", "ktel"), definitions()]
    # It says what is wrong, and in its last line how much was compared.
    raise SystemExit(subprocess.run(real, cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
