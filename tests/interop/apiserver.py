#!/usr/bin/env python3
"""Holds the simulated API server against a real one: reports of the same clusters, with all rights and with each taken away.

Builds the API server in tests/interop/apiserver, has Go fetch the definitions of the Gateway API, and runs the example `real`.
Needs Go and cargo.

    python3 tests/interop/apiserver.py
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import CANNOT_RUN, ROOT

# The version of k8s.io/kubernetes in go.mod, which the build has to be told: a release's own build does so, too.
KUBERNETES = "v1.34.1"
GATEWAY_API = "v1.6.3"

HERE = ROOT / "tests" / "interop" / "apiserver"
PROGRAM = ROOT / "target" / "interop" / "apiserver" / "apiserver"


class Missing(Exception):
    """What cannot be had here, and how to get it."""


def go(*arguments, cwd=HERE):
    """What Go says."""
    if not shutil.which("go"):
        raise Missing("Go is not there: install Go 1.24 or later")
    done = subprocess.run(["go", *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Missing(f"`go {arguments[0]}` failed: can the module proxy be reached?")
    return done.stdout


def build():
    """The program of the API server."""
    go("mod", "download")
    _, major, minor = KUBERNETES.replace("v", ".").split(".")[:3]
    stamps = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    # What does not compile is a fault, and not a thing that cannot be had.
    command = ["go", "build", f"-ldflags=-s -w {flags}", "-o", PROGRAM, "."]
    if subprocess.run(command, cwd=HERE).returncode:
        sys.exit("the API server does not compile")
    return PROGRAM


def definitions():
    """The folder of the definitions of the Gateway API, as its Go module has them."""
    module = json.loads(go("mod", "download", "-json", f"sigs.k8s.io/gateway-api@{GATEWAY_API}", cwd=tempfile.gettempdir()))
    return Path(module["Dir"]) / "config" / "crd" / "experimental"


@contextlib.contextmanager
def serve(version=KUBERNETES):
    """A kubeconfig that leads to a server with nothing in it, which runs as long as the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [build(), "--version", version]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            kubeconfig = Path(folder) / "kubeconfig.yaml"
            kubeconfig.write_text("".join(iter(server.stdout.readline, "---\n")))
            try:
                yield kubeconfig
            finally:
                server.stdin.close()


def main():
    try:
        server, folder = build(), definitions()
    except Missing as missing:
        print(missing)
        sys.exit(CANNOT_RUN)
    subprocess.run(["cargo", "build", "--quiet", "--package", "ktel-cli"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    example = ["cargo", "run", "--quiet", "--package", "ktel-tests", "--example", "real", "--"]
    sys.exit(subprocess.run([*example, server, target / "debug" / "ktel", folder], cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
