"""Agents at work: started and stopped, and what they answer."""

import contextlib
import hashlib
import time
import urllib.request
import uuid

from programs import running, surroundings

# How long anything may take that is waited for.
DEADLINE = 120


def wait_until(what, is_so, deadline=DEADLINE):
    """Waits until this is so, and answers what it answers then."""
    until = time.monotonic() + deadline
    while not (answer := is_so()):
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {deadline} s")
        time.sleep(0.02)
    return answer


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
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
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
