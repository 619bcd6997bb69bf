#!/usr/bin/env python3
"""Two agents beside a controller in Go: what they report, who of them does, and how one takes over from the other.

The handler of docs/examples/go tells facts, a simulated cluster holds the Lease, ktel-receiver holds what arrives against the
schema. Needs Python 3 with venv, cargo and Go; Python's `jsonschema` is installed into target/interop.

    python3 tests/interop/agent.py
"""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import agents
import go
from agents import wait_until
from environment import ROOT, environment
from programs import built, cluster, receiver, running
from step import end, need

PLACE = ROOT / "target" / "interop" / "agent"
EXAMPLE = ROOT / "docs" / "examples" / "go"
SCHEMA = ROOT / "docs" / "generated" / "schema" / "host-facts.json"
DEMO = ROOT / "crates" / "ktel-sim" / "clusters" / "demo.yaml"
PRODUCT = "kong-ingress-controller"
LEASE = "kong/ktel-agent"
TOKEN = "a-token"
EVENTS = 5


def run_go(*arguments, **options):
    return subprocess.run(["go", *arguments], cwd=EXAMPLE, check=True, capture_output=True, text=True, **options).stdout


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def write_cluster():
    """The cluster of the demo, under a UID with which the first report is due at once."""
    uid = agents.uid_that_starts((0, 0.0005), PRODUCT)
    lines = [f"uid: {uid}" if line.startswith("uid: ") else line for line in DEMO.read_text().splitlines()]
    path = PLACE / "cluster.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def main():
    from jsonschema import Draft202012Validator

    PLACE.mkdir(parents=True, exist_ok=True)
    faults = []

    def check(what, is_so):
        if not is_so:
            faults.append(what)

    run_go("vet", "./...")
    run_go("test", "./...")
    handler_program = PLACE / "handler"
    run_go("build", "-o", handler_program, ".")
    ktel = built("ktel-cli", "--bin", "ktel")
    kubeconfig, token = PLACE / "kubeconfig.yaml", PLACE / "token"
    token.write_text(TOKEN)

    with (
        cluster(write_cluster(), kubeconfig),
        receiver(TOKEN) as splunk,
        running([handler_program], stdout=subprocess.PIPE) as handler,
    ):
        facts_url = handler.stdout.readline().strip()
        schema = Draft202012Validator(json.loads(SCHEMA.read_text()))
        # It is asked once here; the agent that asks next is told what was counted since.
        told = fetch(facts_url)
        for error in schema.iter_errors(told):
            faults.append(f"the facts are not valid: {error.json_path}: {error.message}")
        for part in ("product", "kong", "features", "performance"):
            check(f"the facts have no {part}", part in told)

        def start(name):
            variables = {
                "KTEL_TELEMETRY": "on",
                "KTEL_PRODUCT": PRODUCT,
                "KTEL_HEC_URL": splunk.url,
                "KTEL_TOKEN_FILE": token,
                "KTEL_FACTS": facts_url,
                "KTEL_LEASE": LEASE,
                "KTEL_LISTEN": "127.0.0.1:0",
                "KTEL_GRACE": 2,
                "POD_NAME": name,
            }
            return agents.agent([ktel, "agent", "--kubeconfig", kubeconfig], PLACE / f"{name}.log", **variables)

        with start("one") as one, start("other") as other:
            first = wait_until("a leader", lambda: next((it for it in (one, other) if it.metric("ktel_agent_leader") == 1), None))
            second = other if first is one else one
            second.says("another process holds the lease")
            wait_until("a report", lambda: len(splunk.ask("events")) >= EVENTS)
            for agent in (one, other):
                check("/healthz does not say that it is well", agent.ask("/healthz") == (200, "ok\n"))
                check("it does not tell its memory", agent.metric("process_resident_memory_bytes") > 0)
            check("the leader has made no report", first.metric('ktel_reports_total{result="made"}') == 1)
            check("the other one has made a report", second.metric('ktel_reports_total{result="made"}') == 0)
            check("the other one says that it leads", second.metric("ktel_agent_leader") == 0)

            code, _ = first.stop()
            check(f"the leader ended with {code}", code == 0)
            began = time.monotonic()
            wait_until("the other one to lead", lambda: second.metric("ktel_agent_leader") == 1)
            waited = time.monotonic() - began
            check(f"it took {waited:.1f} s to take over", waited < 5)
            wait_until("a report of the other one", lambda: "LEADER_CHANGE" in {event["report"]["signal"] for event in splunk.ask("events")})
            code, _ = second.stop()
            check(f"the other one ended with {code}", code == 0)

        events = splunk.ask("events")
        for event in events:
            faults.extend(event["violations"])
        reports = [event["report"] for event in events]
        # What was not known to have arrived when it stopped is sent again, and is the same report.
        usage = list({report["report_id"]: report for report in reports if report["event"] == "USAGE"}.values())
        signals = [report["signal"] for report in usage]
        check(f"the signals are {signals}", signals == ["START", "STOP", "LEADER_CHANGE", "STOP"])
        instances = [report["identity"]["instance_id"] for report in usage]
        check("the reports are not two of each", len(set(instances)) == 2 and instances[0] == instances[1])
        start_event = {report["event"]: report for report in reports[:EVENTS]}
        deployment = told["kong"]["deployment"]
        for path, expected in (
            (("USAGE", "product", "version"), told["product"]["version"]),
            (("USAGE", "kong", "deployment", "database"), deployment["database"]),
            (("PERFORMANCE", "performance", "config_push_count"), 0),
        ):
            check(f"{path} is not {expected}", dig(start_event, path) == expected)

    version = run_go("env", "GOVERSION").strip()
    summary = f"2 agents, 1 lease: {len(events)} events valid, facts of the handler in {version} told, taken over in {waited:.1f} s"
    end(faults, summary)


def dig(document, path):
    for name in path:
        document = document.get(name, {})
    return document


if __name__ == "__main__":
    if "--here" in sys.argv:
        main()
    else:
        need(go.TOOL, ("cargo", "install Rust"))
        python = environment(ROOT / "target" / "interop" / "agent" / "python", Path(__file__).with_name("agent.txt"))
        sys.exit(subprocess.run([python / "python", __file__, "--here"]).returncode)
