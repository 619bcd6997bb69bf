"""The programs of this repository, built and running."""

import contextlib
import functools
import json
import os
import subprocess

from environment import ROOT
from step import end

# Nobody's wish decides what a test does, and nobody's way out is taken.
WISHES = ("KTEL_", "DO_NOT_TRACK", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "KUBECONFIG", "POD_NAME", "RUST_")


@functools.cache
def built(package, *target):
    """The program that cargo builds of a package."""
    command = ["cargo", "build", "--quiet", "--package", package, *target, "--message-format", "json"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in said.splitlines()]
    return [message["executable"] for message in messages if message.get("executable")][-1]


def surroundings(**more):
    """The variables of a program."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(WISHES)}
    return kept | {name: str(value) for name, value in more.items()}


@contextlib.contextmanager
def running(command, **options):
    """A program in the background, which ends with the block whatever happens in it."""
    with subprocess.Popen(command, cwd=ROOT, text=True, **options) as process:
        try:
            yield process
        finally:
            if process.stdin and not process.stdin.closed:
                with contextlib.suppress(OSError):
                    process.stdin.close()
            process.kill()


@contextlib.contextmanager
def cluster(path, kubeconfig, *profile):
    """A simulated cluster, to which a kubeconfig leads."""
    serve = built("ktel-sim", *profile, "--example", "serve")
    with running([serve, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        kubeconfig.write_text(announced(server))
        yield kubeconfig


def announced(server):
    """What a server prints when it is ready, up to a line of three hyphens."""
    lines = []
    for line in server.stdout:
        if line == "---\n":
            return "".join(lines)
        lines.append(line)
    end([f"{server.args[0]} ended before it served"], "nothing more was tried")


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
    with running([receive, *tokens], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Receiver(process)
