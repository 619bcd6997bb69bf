"""The Collector of collector/builder.yaml: built once, and running with the configuration that the guide shows."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import go
from environment import ROOT
from programs import surroundings
from step import end

HERE = ROOT / "tests/interop/collector"
PLACE = ROOT / "target/interop/collector"
DEPLOYED = ROOT / "deploy/pipeline"
BINARY = PLACE / "source/otelcol"
LIST = HERE / "builder.yaml"
VERSION = re.search(r"^  version: (\S+)", LIST.read_text(), re.MULTILINE)[1]
BUILDER = f"go.opentelemetry.io/collector/cmd/builder@v{VERSION}"


def build():
    """Builds the Collector, unless it is there for this very list."""
    stamp = PLACE / "built.yaml"
    if BINARY.exists() and stamp.exists() and stamp.read_text() == LIST.read_text():
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    for command in (["go", "install", BUILDER], [PLACE / "bin/builder", "--config", LIST]):
        ran = subprocess.run(command, cwd=PLACE, env=go.env(GOBIN=str(PLACE / "bin")), capture_output=True, text=True)
        if ran.returncode:
            go.refuse_missing(ran.stdout + ran.stderr)
            end([ran.stdout + ran.stderr], "the Collector was not built")
    stamp.write_text(LIST.read_text())


class Collector:
    """A Collector that runs."""

    def __init__(self, folder, port):
        self.url = f"https://127.0.0.1:{port}"
        self.quarantine = folder / "quarantine.ndjson"
        self.log = folder / "otelcol.log"
        self.trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))

    def ask(self, path, body=None, **headers):
        """Asks as somebody would who is not ktel: the status and the body of the answer."""
        method = "GET" if body is None else "POST"
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, context=self.trust, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def post(self, *events):
        """Posts envelopes, or what is none."""
        return self.ask("/services/collector/event", "".join(events).encode())


@contextlib.contextmanager
def running(folder, splunk, hashes, *overlays, deployed=("collector",), token="right"):
    """The Collector with the deployed configuration, and what else is to be said: files of `collector/`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = [DEPLOYED / f"{name}.yaml" for name in deployed] + [HERE / f"{name}.yaml" for name in ("overlay", *overlays)]
    command = [BINARY, *(word for file in files for word in ("--config", file))]
    env = surroundings(
        COLLECTOR_PORT=str(port),
        COLLECTOR_FOLDER=str(folder),
        KTEL_SCHEMA_HASHES="|".join(hashes),
        SPLUNK_URL=splunk,
        SPLUNK_HEC_TOKEN=token,
    )
    collector = Collector(folder, port)
    with collector.log.open("w") as log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
        try:
            await_it(process, collector)
            yield collector
        finally:
            # What is in memory by then goes with it, and what is in a file is written out.
            process.terminate()


def await_it(process, collector):
    """Waits until the Collector says that all is running."""
    for _ in range(600):
        if process.poll() is not None:
            end([collector.log.read_text()], "the Collector did not start")
        if "Everything is ready" in collector.log.read_text():
            return
        time.sleep(0.05)
    end([collector.log.read_text()], "the Collector is not ready after 30 s")


def empty(folder):
    """A folder with nothing in it but a certificate."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    go.certificate(folder)
    return folder
