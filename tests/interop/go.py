"""Go, which fetches modules, and may not get them."""

import os
import re
import subprocess

from step import cannot_run

TOOL = ("go", "install Go 1.26 or newer")
# What is said of a module that is not served, or where nobody serves any.
NOT_SERVED = re.compile(r".*(?:\b40[34] \w+|\b410 Gone|no such host|dial tcp|[Cc]ould not resolve|lookup disabled by).*")


def env(**more):
    """The variables of Go, which need not take all cores."""
    return os.environ | {"GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -p=2".strip()} | more


def refuse_missing(said):
    """Ends the step if a build has failed since a module is not to be had."""
    if found := NOT_SERVED.search(said):
        cannot_run(f"a Go module is not to be had, and a module proxy has to be reached: {found[0].strip()}")


def certificate(folder):
    """A certificate for loopback, made by the program that comes with Go, and its key: cert.pem and key.pem."""
    goroot = subprocess.run(["go", "env", "GOROOT"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    maker = ["go", "run", f"{goroot}/src/crypto/tls/generate_cert.go", "--host", "127.0.0.1", "--ecdsa-curve", "P256"]
    subprocess.run([*maker, "--duration", "24h"], cwd=folder, env=env(), check=True, capture_output=True)
