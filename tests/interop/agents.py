"""Agents at work: the programs they need, started and stopped, and what they answer."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid

from environment import ROOT

# What a step exits with that cannot run here.
CANNOT_RUN = 77

# How long anything may take that is waited for.
DEADLINE = 120


def cannot_run(why):
    """Ends a step that lacks something: what, and how it is had."""
    print(why)
    sys.exit(CANNOT_RUN)


def wait_until(what, is_so, deadline=DEADLINE):
    """Waits until this is so, and answers what it answers then."""
    until = time.monotonic() + deadline
    while not (answer := is_so()):
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {deadline} s")
        time.sleep(0.02)
    return answer


def build(*arguments, environment=None):
    """The program that cargo builds."""
    command = ["cargo", "build", "--quiet", *arguments, "--message-format", "json"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    messages = [json.loads(line) for line in said.splitlines()]
    return [message["executable"] for message in messages if message.get("executable")][-1]


def surroundings(**more):
    """The variables of a program, without those that say something about telemetry or about ways out."""
    ours = ("KTEL_", "DO_NOT_TRACK", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "RUST_", "KUBECONFIG", "POD_NAME")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(ours)}
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
def cluster(program, path, kubeconfig):
    """A simulated cluster, to which a kubeconfig leads."""
    with running([program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        kubeconfig.write_text("".join(iter(server.stdout.readline, "---\n")))
        yield


class Receiver:
    """A receiver of events that holds them against the schema, and can be asked what came."""

    def __init__(self, process):
        self.process = process
        self.url = process.stdout.readline().strip()

    def events(self):
        """All that came: reports with their envelopes and what is wrong with them."""
        self.process.stdin.write("events\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def receiver(program, token):
    """A receiver that lets in whoever has this token."""
    with running([program, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Receiver(process)


class Agent:
    """An agent that runs, and logs into a file."""

    def __init__(self, process, log):
        self.process, self.log = process, log

    def said(self):
        """Its log so far."""
        return self.log.read_text()

    def says(self, what):
        """Waits until this is in the log."""

        def is_said():
            if what in self.said():
                return True
            if self.process.poll() is not None:
                raise RuntimeError(f"the agent ended with {self.process.returncode}:\n{self.said()}")
            return False

        wait_until(f"`{what}` in {self.log.name}", is_said)

    def ask(self, path):
        """What it answers at a path: the status and the text."""
        self.says("are served at ")
        line = next(line for line in self.said().splitlines() if "are served at " in line)
        address = line.rsplit(" ", 1)[1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def metric(self, name):
        """One of its numbers."""
        lines = self.ask("/metrics")[1].splitlines()
        return float(next(line for line in lines if line.startswith(f"{name} ")).rsplit(" ", 1)[1])

    def stop(self):
        """Asks it to stop as the kubelet does; its exit code, and how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        return self.process.wait(timeout=DEADLINE), time.monotonic() - began


@contextlib.contextmanager
def agent(command, log, **variables):
    """An agent, set up by variables."""
    with log.open("w") as errors, running(command, stderr=errors, env=surroundings(**variables)) as process:
        yield Agent(process, log)


def start_fraction(uid, product, workload=""):
    """Which part of a quarter of an hour the first report of an installation waits beyond the grace: its identifiers are made as
    docs/generated/erasure.md says."""
    digest = bytearray(hashlib.sha256(f"ktel.v1/installation\n{uid}\n{product}\n{workload}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    number = hashlib.sha256(f"start\n{uuid.UUID(bytes=bytes(digest))}".encode()).digest()[:4]
    return int.from_bytes(number, "big") / 2**32


def uid_that_starts(within, product, workload=""):
    """A UID of `kube-system` with which the first report waits for a part of a quarter of an hour within these bounds."""
    least, most = within
    for number in range(10_000_000):
        uid = str(uuid.uuid5(uuid.NAMESPACE_URL, str(number)))
        if least <= start_fraction(uid, product, workload) < most:
            return uid
    raise LookupError("no such UID")
