#!/usr/bin/env python3
"""Runs ktel and the library that it replaces on the same clusters: their lines key by key, and what each costs.

The library is github.com/kong/kubernetes-telemetry, of the version in prior/go.mod. Go has it from the module proxy; where the proxy
does not give it out, KTEL_PRIOR names a folder with the module. The clusters are held by a real API server, which apiserver.py builds.
Needs Linux, Go and cargo.

    python3 tests/interop/prior.py                     # compare, measure, and hold both against docs/comparison.json
    python3 tests/interop/prior.py --accept            # and write docs/comparison.json and docs/comparison.md
    python3 tests/interop/prior.py --page              # write docs/comparison.md again, of docs/comparison.json
    python3 tests/interop/prior.py --kubeconfig FILE   # on a cluster that is there; --pod names the controller's pod in it
"""

import argparse
import contextlib
import csv
import datetime
import fcntl
import json
import os
import re
import select
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import apiserver
import go
from environment import ROOT
from programs import announced
from step import cannot_run, end, need

HERE = ROOT / "tests" / "interop" / "prior"
sys.path.insert(0, str(HERE))

import page  # noqa: E402
import sizes  # noqa: E402

PLACE = ROOT / "target" / "interop" / "prior"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MODULE = "github.com/kong/kubernetes-telemetry"
JSON, PAGE = ROOT / "docs" / "comparison.json", ROOT / "docs" / "comparison.md"
PODS = [100, 3_000, 30_000]
# What is accepted is a median of so many runs. What is only compared with it does not depend on time.
RUNS = 5
# The pod that reports and the Service of its gateway, in the clusters of tests/clusters that have pods. Without a pod, the library does
# not look for meshes.
OWN = {
    "all-meshes": ["--pod", "shop/istio"],
    "everything": ["--pod", "kong/controller-6c9f7d5b8-x2x4k", "--publish-service", "kong/gateway-proxy"],
    "old-gateway-api": ["--pod", "default/pod-1"],
    "plain": ["--pod", "default/web-1"],
    "two-products": ["--pod", "kong/controller-6c9f7d5b8-1"],
}
# What `held` cannot hold: what nobody may read, and what is of an older server.
SIMULATED = ["forbidden", "old-gateway-api"]
RECORDED = ROOT / "tests" / "recorded"
VERSION = "3.5.3"
PRODUCT = ["--product", "kong-ingress-controller", "--product-version", VERSION]
# Different at each report: that both have it is all that can be compared.
VOLATILE = {"uptime"}


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def go_build():
    """Builds the programs of `prior`, of a copy of its go.mod: the one that is committed stays as it is. Tells where the library is from."""
    need(go.TOOL, ("cargo", "install Rust"), ("nice", "install coreutils"))
    if sys.platform != "linux":
        cannot_run("memory is read from /proc, which Linux has")
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ["go.mod", "go.sum"]:
        shutil.copy(HERE / name, PLACE / name)
    version = re.search(rf"{MODULE} (\S+)", (HERE / "go.mod").read_text())[1]
    download = ["go", "mod", "download", f"{MODULE}@{version}"]
    refused = subprocess.run(download, cwd=PLACE, env=go.env(), capture_output=True, text=True)
    origin = "module proxy"
    if refused.returncode:
        checkout = os.environ.get("KTEL_PRIOR")
        if not checkout:
            print(refused.stderr.strip())
            cannot_run(f"Go does not take {MODULE} {version} from where it looks: let KTEL_PRIOR name a folder with that module")
        run("go", "mod", "edit", f"-replace={MODULE}={Path(checkout).resolve()}", PLACE / "go.mod")
        origin = "checkout"
    build = ["go", "build", "-mod=mod", f"-modfile={PLACE / 'go.mod'}", "-o", f"{PLACE / 'bin'}/", "./..."]
    built = subprocess.run(build, cwd=HERE, env=go.env(), capture_output=True, text=True)
    if built.returncode:
        go.refuse_missing(built.stderr)
        end([built.stderr], "the programs around the library do not compile")
    return {"module": MODULE, "version": version, "from": origin}


def cargo_build():
    """Builds what is measured and what it is measured on."""
    release = ["nice", "-n", "5", "cargo", "build", "--quiet", "--release", "-j", "2"]
    run(*release, "--package", "ktel-sim", "--example", "serve", cwd=ROOT)
    run(*release, "--package", "ktel-tests", "--example", "held", cwd=ROOT)
    run(*release, "--package", "ktel-cli", "--no-default-features", cwd=ROOT)


@contextlib.contextmanager
def talking(*command):
    """A program that prints a kubeconfig, and then answers each line with one; it ends when nobody talks to it any more."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        text = announced(process)
        kubeconfig = PLACE / f"{Path(command[0]).name}.kubeconfig"
        kubeconfig.write_text(text)
        yield kubeconfig, process
    finally:
        process.stdin.close()
        process.wait()


def described(text):
    """A file with a description of a cluster."""
    file = PLACE / "cluster.yaml"
    file.write_text(text)
    return file


def example(name):
    """An example of ours, as it was built to be measured."""
    return TARGET / "release" / "examples" / name


def simulated(text):
    """A cluster that is described like this, by the simulator."""
    return talking(example("serve"), described(text))


def held(text, channel="experimental"):
    """The same by a real API server with a channel of the Gateway API. It takes further descriptions."""
    return talking(example("held"), apiserver.build(), apiserver.definitions(channel), described(text))


def put(text, holder):
    """Puts what is described like this into a cluster that is held."""
    print(described(text), file=holder.stdin, flush=True)
    announced(holder)


def environment():
    """The environment, without what would make ktel say less."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KTEL_") and name != "DO_NOT_TRACK"}
    return kept | {"KTEL_TELEMETRY": "on"}


def ktel(*arguments):
    return [TARGET / "release" / "ktel", *arguments]


def library_line(kubeconfig, own_pod):
    """The line of the library, as its serializer wrote it."""
    return run(PLACE / "bin" / "prior", "--kubeconfig", kubeconfig, *own_pod, "--version", VERSION).splitlines()[0]


def ktel_line(kubeconfig, own_pod):
    """The line of ktel, as it arrived over TLS."""
    certificate = PLACE / "receiver.pem"
    certificate.unlink(missing_ok=True)
    with subprocess.Popen([PLACE / "bin" / "receive", certificate], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            address = receiver.stdout.readline().strip()
            send = ktel("send", "--kubeconfig", kubeconfig, "--line-to", address, *PRODUCT, *own_pod)
            run(*send, env=environment() | {"KTEL_CA_FILE": str(certificate)})
            return receiver.stdout.readline().rstrip("\n")
        finally:
            receiver.stdin.close()


def pairs(line):
    """The keys of a line and their values."""
    record = line.removeprefix("<14>").rstrip("\n").rstrip(";")
    return dict(pair.split("=", 1) for pair in record.split(";"))


def compare(name, kubeconfig, own_pod):
    """Each key of either line: what both say of it."""
    theirs, ours = pairs(library_line(kubeconfig, own_pod)), pairs(ktel_line(kubeconfig, own_pod))
    rows = []
    for key in sorted(theirs | ours):
        library, ktel_ = theirs.get(key), ours.get(key)
        if library is None or ktel_ is None:
            relation = "only in ktel" if library is None else "only in the library"
        else:
            relation = "same" if library == ktel_ or key in VOLATILE else "differs"
        # What is different each time, or names this machine, stays out of what is kept.
        hidden = key in VOLATILE | {"hn", "id"}
        rows.append({"cluster": name, "key": key, "relation": relation})
        if not hidden:
            rows[-1] |= {"library": library, "ktel": ktel_}
    return rows


def reasons():
    """Why a key is not the same in both, by key and relation."""
    with (HERE / "reasons.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["key"], row["relation"]): row["reason"] for row in rows}


def unexplained(rows, known, is_whole):
    """What differs without a reason, and reasons for what does not differ."""
    found = {(row["key"], row["relation"]) for row in rows if row["relation"] != "same"}
    faults = [f"{key} ({relation}) has no reason in reasons.tsv" for key, relation in sorted(found - known.keys())]
    idle = known.keys() - found if is_whole else set()
    return faults + [f"{key} ({relation}) is not so any more: leave it out of reasons.tsv" for key, relation in sorted(idle)]


def once(command):
    """What one run of a program costs: seconds until it says something, those of a core that it had in all, and the most memory, in KiB.

    ktel prints more than fits into the pipe, so that it is still there when its memory is looked at. The library's program tells it itself.
    What is told of children that have ended would not do for that: it counts what this process had when it made them.
    """
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment())
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    select.select([process.stdout], [], [])
    seconds = time.monotonic() - began
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        sys.exit(f"{command[0]} failed")
    cost = {"seconds": seconds, "core_seconds": usage.ru_utime + usage.ru_stime, "peak_kib": int(peak[1]) if peak else None}
    return cost, output


def measure(kubeconfig, own_pod, times):
    """What a report costs either of them: requests and bytes of one run that is counted, medians of runs that are not."""
    commands = {
        "library": lambda file: [PLACE / "bin" / "prior", "--kubeconfig", file, *own_pod, "--version", VERSION],
        "ktel": lambda file: ktel("preview", "--kubeconfig", file, *PRODUCT, *own_pod),
    }
    costs = {}
    with talking(PLACE / "bin" / "count", kubeconfig) as (counted, counter):
        for name, command in commands.items():
            once(command(counted))
            counter.stdin.write("\n")
            counter.stdin.flush()
            costs[name] = json.loads(counter.stdout.readline())
    runs = {name: [] for name in commands}
    # In turn, so that whatever else the machine does is shared.
    for _ in range(times):
        for name, command in commands.items():
            cost, output = once(command(kubeconfig))
            if name == "library":
                told = json.loads(output.splitlines()[-1])
                cost |= {key: told[key] for key in ["peak_kib", "allocations", "allocated_kib"]}
            runs[name].append(cost)
            costs[name]["said"] = len(pairs(output.splitlines()[0])) if name == "library" else said(output)
    for name in commands:
        for figure in runs[name][0]:
            costs[name][figure] = statistics.median(run[figure] for run in runs[name])
    return costs


def said(reports):
    """How many values the events of a report have; what stands in each of them counts once."""
    def leaves(value, path=()):
        if isinstance(value, dict):
            return {leaf for name, inner in value.items() for leaf in leaves(inner, (*path, name))}
        return {path}

    events = [json.loads(line) for line in reports.splitlines() if line.startswith("{")]
    every = set().union(*(leaves({name: value for name, value in event.items() if name != "absent"}) for event in events))
    return len(every)


def of_descriptions(times):
    """All clusters, and all sizes."""
    rows, costs = [], []
    for file in sorted((ROOT / "tests" / "clusters").glob("*.yaml")):
        serve = simulated if file.stem in SIMULATED else held
        with serve(file.read_text()) as (kubeconfig, _):
            rows += compare(file.stem, kubeconfig, OWN.get(file.stem, []))
    for pods in PODS:
        with held(sizes.description(RECORDED, pods), "standard") as (kubeconfig, holder):
            for has_mesh in [False, True]:
                if has_mesh:
                    put(sizes.mesh(), holder)
                costs.append({"objects": sizes.counts(pods), "mesh": has_mesh} | measure(kubeconfig, ["--pod", sizes.OWN_POD], times))
                print(f"{pods} pods, mesh: {has_mesh}: {json.dumps(costs[-1])}", flush=True)
    return rows, costs


def of_cluster(arguments, times):
    """One cluster that is there."""
    own_pod = ["--pod", arguments.pod] if arguments.pod else []
    if arguments.publish_service:
        own_pod += ["--publish-service", arguments.publish_service]
    return compare("given", arguments.kubeconfig, own_pod), [{"objects": {}, "mesh": None} | measure(arguments.kubeconfig, own_pod, times)]


def versions(library):
    required = re.findall(r"^\t(k8s.io/client-go|sigs.k8s.io/controller-runtime) (\S+)$", (HERE / "go.mod").read_text(), re.MULTILINE)
    return {
        "library": library | {"requires": dict(required)},
        "ktel": run(*ktel("--version")).split()[1],
        "go": run("go", "env", "GOVERSION").strip().removeprefix("go"),
        "kubernetes": apiserver.KUBERNETES,
        "rust": run("rustc", "--version").split()[1],
        "cores": os.cpu_count(),
    }


def beside(accepted, made):
    """What is not as it was accepted: what keys say, and what is asked for, which do not depend on the machine."""
    def keys(results):
        return {(row["cluster"], row["key"]): row for row in results["keys"]}

    def requests(results):
        return {(cost["objects"]["pods"], cost["mesh"], name): cost[name]["requests"] for cost in results["costs"] for name in ["library", "ktel"]}

    faults = [f"{name} is not what was accepted" for name, row in keys(made).items() if keys(accepted).get(name) != row]
    faults += [f"{name} is not there any more" for name in keys(accepted).keys() - keys(made).keys()]
    asked = requests(accepted)
    # A run may ask once more or less: what is under way at once is not the same each time.
    faults += [f"{name} takes {count} requests, and not {asked.get(name)}" for name, count in requests(made).items() if abs(count - asked.get(name, 0)) > 1]
    return [f"{fault}: run it with --accept" for fault in faults]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accept", action="store_true", help="keep what comes of it, and write the page")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    parser.add_argument("--kubeconfig", type=Path, help="a cluster that is there, in place of those that are described")
    parser.add_argument("--pod", help="the controller's pod in it, NAMESPACE/NAME")
    parser.add_argument("--publish-service", help="the Service of its gateway, NAMESPACE/NAME")
    arguments = parser.parse_args()
    if arguments.page:
        PAGE.write_text(page.write(json.loads(JSON.read_text()), reasons()))
        return
    library = go_build()
    cargo_build()
    times = RUNS if arguments.accept or arguments.kubeconfig else 1
    rows, costs = of_cluster(arguments, times) if arguments.kubeconfig else of_descriptions(times)
    made = {"date": datetime.date.today().isoformat(), "versions": versions(library), "runs": times, "simulated": SIMULATED, "keys": rows, "costs": costs}
    (PLACE / "run.json").write_text(json.dumps(made, indent=1) + "\n")
    known = reasons()
    faults = unexplained(rows, known, not arguments.kubeconfig)
    if arguments.accept and not faults and not arguments.kubeconfig:
        JSON.write_text(json.dumps(made, indent=1) + "\n")
        PAGE.write_text(page.write(made, known))
    if not arguments.kubeconfig and JSON.exists():
        accepted = json.loads(JSON.read_text())
        faults += beside(accepted, made)
        if PAGE.read_text() != page.write(accepted, known):
            faults.append("docs/comparison.md is not of docs/comparison.json: run it with --page")
    print("\n".join(faults) if faults else page.summary(made))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
