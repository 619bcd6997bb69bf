"""The programs of this repository, built and running."""

import contextlib
import functools
import json
import os
import subprocess

from environment import ROOT

# Nobody's wish decides what a test does.
WISHES = ("DO_NOT_TRACK", "KTEL_TELEMETRY", "KTEL_HEC_TOKEN", "KTEL_HEC_URL", "KTEL_CA_FILE", "KTEL_HTTPS_PROXY", "HTTPS_PROXY")


@functools.cache
def built(package, *target):
    """The program that cargo builds of a package."""
    command = ["cargo", "build", "--quiet", "--package", package, *target, "--message-format", "json"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in said.splitlines()]
    return next(message["executable"] for message in messages if message.get("executable"))


def surroundings(**more):
    """The variables of a program."""
    return {name: value for name, value in os.environ.items() if name not in WISHES} | more


@contextlib.contextmanager
def cluster(path, kubeconfig):
    """A simulated cluster, to which a kubeconfig leads."""
    serve = built("ktel-sim", "--example", "serve")
    with subprocess.Popen([serve, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            kubeconfig.write_text("".join(iter(server.stdout.readline, "---\n")))
            yield kubeconfig
        finally:
            server.stdin.close()


class Receiver:
    """A receiver of events that holds them against the schema, and can be talked to."""

    def __init__(self, process):
        self.process = process
        self.url = process.stdout.readline().strip()

    def ask(self, word):
        """What came so far, `events` or `requests`, or how the indexer behind it fares: `full`, `stopping`, `well`."""
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def receiver(*tokens):
    """A receiver that lets in whoever has one of these tokens."""
    receive = built("ktel-receiver", "--example", "receive")
    with subprocess.Popen([receive, *tokens], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Receiver(process)
        finally:
            process.stdin.close()
