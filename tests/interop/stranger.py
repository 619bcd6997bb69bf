#!/usr/bin/env python3
"""Uses the packages as a stranger would, who has no more of this repository than they.

All that is published is packaged and unpacked. Beside the packages, in a workspace of their own, stand the lines of the README
with the two lines of Cargo.toml that the guide gives, and the example controllers. They are built and run against a simulated
cluster and a receiver out of the same packages; so is the command. Needs Python 3 and cargo.

    python3 tests/interop/stranger.py
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from environment import ROOT
from programs import surroundings
from step import end

HERE = Path(__file__).parent
PLACE = ROOT / "target" / "interop" / "stranger"
# An installation of either example in the cluster with this UID is among the first to report: see tests/it/examples.rs.
UID = "0d9a3f7c-55e1-4b1e-8f32-00000008a9a0"
LEADER = "operator-6c9f7d5b8-x2x4k"
CONTROLLER = "controller-6c9f7d5b8-x2x4k"
# What controllers have without ktel, too. Both projects ask the same of each, so that it is built once.
CONTROLLERS = """anyhow = "1"
k8s-openapi = { version = "0.29", default-features = false, features = ["v1_36"] }
kube = { version = "5", default-features = false, features = ["client", "ring", "rustls-tls"] }
tokio = { version = "1", features = ["macros", "rt", "signal", "sync", "test-util", "time"] }
"""
PROJECTS = {
    "readme": CONTROLLERS,
    "controllers": CONTROLLERS
    + """ktel-facts = "0.1"
reqwest = { version = "0.13", default-features = false }
rustls = { version = "0.23", default-features = false, features = ["ring", "std"] }
""",
    "bed": """ktel-receiver = "0.1"
ktel-sim = "0.1"
serde_json = "1"
tokio = { version = "1", features = ["rt-multi-thread"] }
""",
}
METRICS = """# TYPE ingress_controller_configuration_push_count counter
ingress_controller_configuration_push_count{success="true"} 42
go_threads 12
"""
# How long an answer may take on a machine that is busy.
PATIENCE = 60


def run(*command, **how):
    return subprocess.run(command, check=True, text=True, **how)


def package():
    """Packages all that is published, and unpacks it. Answers the folders by name."""
    metadata = json.loads(
        run("cargo", "metadata", "--no-deps", "--format-version", "1", cwd=ROOT, stdout=subprocess.PIPE).stdout
    )
    published = [package for package in metadata["packages"] if package["publish"] is None]
    names = [word for package in published for word in ("--package", package["name"])]
    # It is built below, by somebody who has nothing else.
    command = ["cargo", "package", "--quiet", "--locked", "--no-verify", "--allow-dirty", "--target-dir", PLACE / "packed"]
    packed = subprocess.run([*command, *names], cwd=ROOT, capture_output=True, text=True)
    # That tests stay here is meant, and warned of.
    if packed.returncode:
        end([packed.stderr], "cargo does not package it")
    shutil.rmtree(PLACE / "crates", ignore_errors=True)
    folders = {}
    for package in sorted(published, key=lambda package: package["name"]):
        name = f"{package['name']}-{package['version']}"
        archive = PLACE / "packed" / "package" / f"{name}.crate"
        with tarfile.open(archive) as tar:
            tar.extractall(PLACE / "crates", filter="data")
            files = [entry for entry in tar.getmembers() if entry.isfile()]
        folder = PLACE / "crates" / name
        size = sum(entry.size for entry in files)
        print(f"{name}.crate: {archive.stat().st_size:,} bytes, {len(files)} files of {size:,} bytes")
        for file in ("LICENSE", "README.md"):
            if not (folder / file).is_file() or (folder / file).is_symlink():
                end([f"{name} has no {file}"], "nothing more was tried")
        if (folder / "LICENSE").read_bytes() != (ROOT / "LICENSE").read_bytes():
            end([f"{name} has another licence"], "nothing more was tried")
        folders[package["name"]] = folder
    return folders


def write(path, text):
    """Writes a file, unless it is there: what has not changed is not built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def lay_out(folders):
    """The workspace of the stranger."""
    members = [f"projects/{name}" for name in PROJECTS] + [str(folder.relative_to(PLACE)) for folder in folders.values()]
    patches = "".join(f'{name} = {{ path = "{folder.relative_to(PLACE)}" }}\n' for name, folder in folders.items())
    workspace = f'[workspace]\nresolver = "3"\nmembers = {json.dumps(members)}\n\n[profile.dev]\ndebug = false\n'
    write(PLACE / "Cargo.toml", f"{workspace}\n[patch.crates-io]\n{patches}")
    # The versions of everything else are those that we have tried.
    shutil.copy(ROOT / "Cargo.lock", PLACE / "Cargo.lock")
    guide = (ROOT / "docs/guide/controller.md").read_text()
    lines = re.search(r"```toml\n\[dependencies\]\n(.*?)```", guide, re.DOTALL)[1]
    assert len(lines.splitlines()) == 2
    for name, dependencies in PROJECTS.items():
        manifest = f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n{dependencies}'
        write(PLACE / "projects" / name / "Cargo.toml", manifest + (lines if name != "bed" else ""))
    readme = (ROOT / "README.md").read_text().split("```rust,no_run\n")[1].split("```")[0]
    address = '"https://splunk.example.com:8088"'
    assert readme.count(address) == 1
    # The address alone is another one.
    readme = readme.replace(address, '&std::env::var("KTEL_HEC_URL")?')
    write(PLACE / "projects/readme/src/main.rs", readme + (HERE / "stranger/readme.rs").read_text())
    write(PLACE / "projects/bed/src/main.rs", (HERE / "stranger/bed.rs").read_text())
    examples = sorted((ROOT / "docs/examples").glob("*.rs"))
    for example in examples:
        write(PLACE / "projects/controllers/src/bin" / example.name, example.read_text())
    return [example.stem for example in examples]


class Bed:
    """The cluster and the receiver."""

    def __init__(self, folder, folders):
        yaml = (folders["ktel-sim"] / "clusters/demo.yaml").read_text()
        yaml = re.sub(r"^uid: .*$", f"uid: {UID}", yaml, flags=re.MULTILINE)
        lease = "{ apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: { name: gateway-operator, namespace: kong }"
        (folder / "cluster.yaml").write_text(f"{yaml}\n  - {lease}, spec: {{ holderIdentity: {LEADER} }} }}\n")
        command = [program("bed"), folder / "cluster.yaml"]
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        places = json.loads(self.process.stdout.readline())
        (folder / "kubeconfig").write_text(places["kubeconfig"])
        self.variables = surroundings() | {
            "KUBECONFIG": str(folder / "kubeconfig"),
            "KTEL_HEC_URL": places["receiver"],
            "KTEL_HEC_TOKEN": "a token",
            "POD_NAMESPACE": "kong",
            "TELEMETRY_GRACE_SECONDS": "1",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def events(self, product):
        """What a product has reported, as its signal and the name of the event; each has to keep the schema."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        events = json.loads(self.process.stdout.readline())
        wrong = [event for event in events if event["violations"]]
        if wrong:
            end([f"not valid: {wrong[0]}"], "nothing more was tried")
        reports = [event["report"] for event in events]
        return [report for report in reports if report["product"]["name"] == product]


def program(name):
    return PLACE / "target" / "debug" / name


def signals(reports):
    return sorted({report["signal"] for report in reports})


def run_controller(bed, name, product, pod, **variables):
    """Runs an example until it has reported, and asks it to stop."""
    variables = {**bed.variables, "POD_NAME": pod, **variables}
    with subprocess.Popen([program(name)], env=variables) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not any(report["event"] == "PERFORMANCE" for report in bed.events(product)):
                if process.poll() is not None or time.monotonic() > until:
                    end([f"{name} does not report"], "nothing more was tried")
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            if process.wait(PATIENCE) != 0:
                end([f"{name} ends with {process.returncode}"], "nothing more was tried")
        finally:
            process.kill()
    return bed.events(product)


class Metrics(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(METRICS.encode())

    def log_message(self, *_):
        pass


def check(name, reports, signals_expected):
    if signals(reports) != signals_expected:
        end([f"{name} has reported {signals(reports)}, and not {signals_expected}"], "nothing more was tried")
    print(f"{name}: {len(reports)} events, all valid")
    return len(reports)


def main():
    PLACE.mkdir(parents=True, exist_ok=True)
    folders = package()
    examples = lay_out(folders)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        # Outside of this repository, whose configuration of cargo nobody else has. One at a time: what one asks of a dependency,
        # no other gets.
        variables = {**os.environ, "CARGO_TARGET_DIR": str(PLACE / "target")}
        for name in [*PROJECTS, "ktel-cli"]:
            build = ["cargo", "build", "--quiet", "--manifest-path", PLACE / "Cargo.toml", "--package", name]
            run(*build, cwd=folder, env=variables)
        count = 0
        with Bed(folder, folders) as bed:
            run(program("readme"), env={**bed.variables, "POD_NAME": "kong-operator-0"}, timeout=PATIENCE)
            count += check("the README", bed.events("kong-operator"), ["START", "STOP"])
            reports = run_controller(bed, "operator", "gateway-operator", LEADER)
            count += check("operator.rs", reports, ["START", "STOP"])
            with ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                told = {"METRICS_URL": f"http://127.0.0.1:{server.server_port}/", "REPORTS": str(folder / "reports")}
                reports = run_controller(bed, "sidecar", "kong-ingress-controller", CONTROLLER, **told)
                server.shutdown()
            count += check("sidecar.rs", reports, ["START", "STOP"])
            if not any(report.get("performance", {}).get("thread_count") == 12 for report in reports):
                end(["sidecar.rs does not tell what metrics say"], "nothing more was tried")
        schema = run(program("ktel"), "schema", "strict", stdout=subprocess.PIPE).stdout
        if schema != (ROOT / "docs/generated/schema/report.strict.json").read_text():
            end(["the command prints another schema"], "nothing more was tried")
        run(program("ktel"), "demo", stdout=subprocess.DEVNULL)
    size = sum(archive.stat().st_size for archive in (PLACE / "packed/package").glob("*.crate"))
    end(
        [],
        f"{len(folders)} packages of {size:,} bytes; the README's lines, {len(examples)} controllers and the command are built of them "
        f"alone; three programs reported {count} events, all valid",
    )


if __name__ == "__main__":
    main()
