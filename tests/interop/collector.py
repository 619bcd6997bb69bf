#!/usr/bin/env python3
"""Holds ktel against a real receiver and a real exporter of Splunk's protocol: those of the OpenTelemetry Collector.

The Collector of collector/builder.yaml runs with the configuration that the guide shows, over TLS, between `ktel send` and a
ktel-receiver. What arrives is held against what was sent: events, envelopes, numbers. Needs Python 3, cargo and Go, whose
modules are fetched; what is built goes to target/interop/collector.

    python3 tests/interop/collector.py
"""

import base64
import gzip
import json
import subprocess
import time

import go
import otelcol
import otlp
from documents import conformance
from environment import ROOT
from programs import built, cluster, receiver, surroundings
from step import end, need

FOLDER = otelcol.PLACE / "run"
# What only the controller knows, so that there are fractions among the numbers.
FACTS = {"performance": {"config_push_count": 140, "config_push_p95_seconds": 0.4, "resident_memory_mebibytes": 84.5}}
AROUND = {"host": "ktel", "source": "kong-ingress-controller", "sourcetype": "kong:telemetry:v1"}
UNKNOWN = "000000000000"

faults = []
# How much was compared, for the last line.
compared = {}


def check(what, found, expected):
    """Notes what is not as it should be."""
    if found != expected:
        faults.append(f"{what}: {str(found)[:600]}, not {str(expected)[:600]}")


def ktel(*arguments, trusts=True, **env):
    """Runs `ktel`: its exit code, and what it says."""
    if trusts:
        env["KTEL_CA_FILE"] = str(FOLDER / "cert.pem")
    command = [built("ktel-cli", "--bin", "ktel"), *arguments]
    ran = subprocess.run(command, env=surroundings(KTEL_TELEMETRY="on", **env), capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def send(collector, *arguments, **env):
    """Sends to a Collector."""
    return ktel("send", "--hec-url", collector.url, *arguments, **env)


def written(path):
    """The envelopes of a file of ktel's, without the mark of a journal."""
    envelopes = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in envelope.items() if name != "journal"} for envelope in envelopes]


def corpus():
    """The documents of tests/conformance that are valid, as envelopes."""
    texts = [text for _, verdict, text in conformance() if verdict == "valid"]
    around = json.dumps(AROUND)[1:]
    lines = [f'{{"time": 1795482000.{n:03}, "event": {" ".join(t.split(chr(10)))}, {around}\n' for n, t in enumerate(texts)]
    path = FOLDER / "corpus.ndjson"
    path.write_text("".join(lines))
    return path, {json.loads(text)["schema_hash"] for text in texts}


def posted(splunk, before=0):
    """What the exporter has posted since: headers, and bodies without their packing."""
    for request in splunk.ask("requests")[before:]:
        if request["method"] == "POST":
            body, headers = base64.b64decode(request["body"]), request["headers"]
            yield headers, gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def arrived(bodies):
    """The envelopes of bodies, one behind the other without anything between them."""
    decoder, envelopes = json.JSONDecoder(), []
    for body in bodies:
        text, at = body.decode(), 0
        while at < len(text):
            envelope, at = decoder.raw_decode(text, at)
            envelopes.append(envelope)
    return envelopes


def by_time(envelopes):
    """Envelopes in an order that no batch changes."""
    return sorted(envelopes, key=lambda envelope: json.dumps([envelope["time"], envelope["event"]], sort_keys=True))


def with_point(node):
    """How many whole numbers are spelled with a point, as 3.0 is."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return sum(map(with_point, inner)) + (isinstance(node, float) and node.is_integer())


def validates(name, envelopes):
    """Holds envelopes against the contract."""
    path = FOLDER / f"{name}.ndjson"
    path.write_text("".join(f"{json.dumps(envelope)}\n" for envelope in envelopes))
    check(f"{name}: ktel validate", ktel("validate", path), (0, f"{len(envelopes)} documents: {len(envelopes)} valid, 0 not\n"))


def keys(envelopes):
    """By what Splunk knows that an event has come twice."""
    return sorted((envelope["event"]["report_id"], envelope["event"]["event"]) for envelope in envelopes)


def passes_on(splunk, hashes, report):
    """What is known arrives as it was sent, over TLS, packed, and with the token of the configuration."""
    documents, others = corpus()
    with otelcol.running(FOLDER, splunk.url, [*hashes, *others]) as collector:
        code, said = send(collector, *report, trusts=False)
        check("who does not trust the certificate sends nothing", (code, list(posted(splunk))), (1, []))
        journal = FOLDER / "journal.ndjson"
        send(collector, *report, "--index", "telemetry", "--journal", journal, KTEL_HEC_TOKEN="of the sender")
        check("the corpus is sent", send(collector, "--from", documents)[0], 0)
        check("health", collector.ask("/services/collector/health"), (200, '{"text": "HEC is healthy", "code": 17}'))
    sent = written(journal)
    # `--from` makes the parts around an event anew, of the event: `--to` says which.
    ktel("send", "--from", documents, "--to", FOLDER / "again.ndjson")
    sent += written(FOLDER / "again.ndjson")
    requests = list(posted(splunk))
    came = arrived(body for _, body in requests)
    check("envelopes that come through", by_time(came), by_time(sent))
    check("the token is that of the configuration", {headers["authorization"] for headers, _ in requests}, {"Splunk right"})
    check("bodies are packed", {headers.get("content-encoding") for headers, _ in requests}, {"gzip"})
    check("violations that the receiver finds", [event["violations"] for event in splunk.ask("events")], [[]] * len(sent))
    validates("through", came)
    check("whole numbers with a point, sent and come", (with_point(sent) > 0, with_point(came)), (True, 0))
    compared["through"] = len(came)


def keeps(splunk, hashes, report):
    """What is not known lies in the file, and nowhere else; what is not JSON is refused."""
    before = len(splunk.ask("requests"))
    with otelcol.running(FOLDER, splunk.url, [UNKNOWN]) as collector:
        code, _ = send(collector, *report, "--index", "telemetry", "--journal", FOLDER / "kept.ndjson")
        check("an unknown hash is no fault of the sender", code, 0)
    kept = list(otlp.envelopes(collector.quarantine))
    sent = written(FOLDER / "kept.ndjson")
    check("envelopes in the file", by_time(to_the_millisecond(kept)), by_time(sent))
    validates("quarantined", kept)
    kinds = otlp.kinds(collector.quarantine)
    check("all numbers are doubles", ("doubleValue" in kinds, "intValue" in kinds), (True, False))
    code, said = ktel("validate", collector.quarantine)
    check("the file as it is, is no report", code, 1)
    compared["kept"] = len(kept)

    collector.quarantine.unlink()
    known = hashes[1]
    strangers = ["text", ["list"], 7, True, {"no": "hash"}, {"schema_hash": None}, {"schema_hash": [known]}]
    strangers += [{"schema_hash": wrong} for wrong in (7, f"{known}0", f"0{known}", f"{known}\n", known.upper(), "")]
    with otelcol.running(FOLDER, splunk.url, hashes) as collector:
        for stranger in strangers:
            check("a stranger is taken", collector.post(json.dumps({"event": stranger}))[0], 200)
        for body in ALTERED:
            check("what is altered is taken", collector.post(body)[0], 200)
        check("raw lines are taken", collector.ask("/services/collector/raw", b"one\ntwo\n")[0], 200)
        for body, code in REFUSED.items():
            status, answer = collector.post(body)
            check(f"{body or 'nothing'} is refused", (status, f'"code":{code}' in answer), (400, True))
    kept = [envelope["event"] for envelope in otlp.envelopes(collector.quarantine)]
    check("strangers in the file", kept, [*strangers, *ALTERED.values(), "one", "two"])
    check("a time in the file", '"timeUnixNano":"1795482000008999936"' in collector.quarantine.read_text(), True)
    check("nothing of all this reaches Splunk", list(posted(splunk, before)), [])
    compared["strangers"] = len(kept)


def to_the_millisecond(envelopes):
    """Times as the exporter would send them: the file has what a double makes of them, in nanoseconds."""
    return [envelope | {"time": round(envelope["time"], 3)} for envelope in envelopes]


def sends_again(splunk, hashes, report):
    """What was kept is sent once its hash is known, by the configuration for that."""
    with otelcol.running(FOLDER, splunk.url, [UNKNOWN]) as collector:
        collector.quarantine.unlink()
    with otelcol.running(FOLDER, splunk.url, [UNKNOWN]) as collector:
        send(collector, *report, "--journal", FOLDER / "later.ndjson")
        collector.post('{"event": "nothing that is ever known"}')
    sent, before = written(FOLDER / "later.ndjson"), len(splunk.ask("requests"))
    with otelcol.running(FOLDER, splunk.url, hashes, "again", deployed=("collector", "again")):
        for _ in range(100):
            if came := arrived(body for _, body in posted(splunk, before)):
                break
            time.sleep(0.1)
    check("what was kept is sent", by_time(came), by_time(sent))
    still = [envelope["event"] for envelope in otlp.envelopes(FOLDER / "quarantine-again.ndjson")]
    check("what is still not known", still, ["nothing that is ever known"])


def refuses(splunk, hashes, report):
    """What Splunk does not take is refused, whatever the reason, and ktel keeps it and comes again."""
    spool, event = FOLDER / "spool", json.dumps({"event": {"schema_hash": hashes[1]}})
    with otelcol.running(FOLDER, splunk.url, hashes) as collector:
        for word in ("full", "stopping"):
            splunk.ask(word)
            check(f"{word}: the answer", collector.post(event), REFUSAL)
            code, said = send(collector, *report, "--spool", spool, "--patience", "2", "--journal", FOLDER / "refused.ndjson")
            sent = written(FOLDER / "refused.ndjson")
            # With each attempt comes a report, and those of the attempts before.
            check(f"{word}: ktel keeps it and says so", (code, f"{len(sent)} wait in the directory" in said), (1, True))
            check(f"{word}: events in the spool", len(list(spool.rglob("*.event"))), len(sent))
        unknown = event.replace(hashes[1], UNKNOWN)
        check("refused beside something unknown", [collector.post(event, unknown) for _ in range(2)], [REFUSAL] * 2)
    # The sender comes again with both.
    kept = [envelope["event"] for envelope in otlp.envelopes(collector.quarantine)]
    check("what is kept beside what is refused", kept[-2:], [{"schema_hash": UNKNOWN}] * 2)
    with otelcol.running(FOLDER, "http://127.0.0.1:1", hashes) as collector:
        check("a Splunk that is away: the answer", collector.post(event), REFUSAL)
    splunk.ask("well")
    with otelcol.running(FOLDER, splunk.url, hashes, token="wrong") as collector:
        check("a token that Splunk refuses: the answer", collector.post(event), REFUSAL)
    before = len(splunk.ask("requests"))
    with otelcol.running(FOLDER, splunk.url, hashes) as collector:
        code, said = send(collector, *report, "--spool", spool, "--journal", FOLDER / "refused.ndjson")
    sent = written(FOLDER / "refused.ndjson")
    came = arrived(body for _, body in posted(splunk, before))
    check("what was refused arrives, once", (code, keys(came)), (0, keys(sent)))
    check("the spool is empty", list(spool.rglob("*.event")), [])
    compared["again"] = len(came)


def queues(splunk, hashes):
    """Why there is no queue: it says that it has what it then loses, and refuses when it is full."""
    event = json.dumps({"event": {"schema_hash": hashes[1]}})
    splunk.ask("stopping")
    with otelcol.running(FOLDER, splunk.url, hashes, "queue") as collector:
        first, *_, last = [collector.post(event) for _ in range(4)]
    check("a queue takes what Splunk does not", first, (200, '{"text": "Success", "code": 0}'))
    check("a full queue refuses", last, REFUSAL)
    check("and loses it when it stops", "Dropping data" in collector.log.read_text(), True)
    splunk.ask("well")


def acknowledges(splunk, hashes, report):
    """Acknowledgements of a Collector, which are none of Splunk's."""
    for overlays in ((), ("acks",)):
        with otelcol.running(FOLDER, splunk.url, hashes, *overlays) as collector:
            before, began = len(splunk.ask("events")), time.monotonic()
            code, said = send(collector, *report, "--acknowledged")
            check(f"acknowledged, {overlays}", (code, len(splunk.ask("events")) > before), (0, True))
            # ktel waits for 5 s before it asks whether what was promised is so.
            check(f"{overlays}: whether there is a promise", time.monotonic() - began > 5 or not overlays, True)


def is_a_foreign_client(splunk, hashes, report):
    """What the exporter asks of a receiver besides: its health, a heartbeat, the sender's own token."""
    before = len(splunk.ask("requests"))
    with otelcol.running(FOLDER, splunk.url, hashes, "foreign") as collector:
        check("the sender's token", send(collector, *report, KTEL_HEC_TOKEN="of the sender")[0], 0)
        stranger = {"event": "of a stranger"}
        path = "/services/collector/event"
        collector.ask(path, json.dumps(stranger).encode(), Authorization="Splunk of a stranger")
    # Whoever passes tokens on keeps them, too.
    kept = list(otlp.envelopes(collector.quarantine))[-1]
    check("a token in the file", kept, stranger | {"com.splunk.hec.access_token": "of a stranger", "time": 0})
    requests = splunk.ask("requests")[before:]
    asked = [(request["method"], request["path"], request["headers"].get("authorization")) for request in requests]
    path = "/services/collector"
    expected = [("GET", f"{path}/health", None), ("POST", path, "Splunk right"), ("POST", path, "Splunk of the sender")]
    check("its health, a heartbeat, and the report with the sender's token", asked, expected)


# A refusal of the Collector, whatever Splunk said: neither code nor number.
REFUSAL = (500, '"Internal Server Error"')
# What the Collector makes something else of: floats have 53 bits, and the last one of a name stays.
ALTERED = {
    '{"event": {"a": 1, "a": 2}}': {"a": 2},
    '{"event": {"a": 9007199254740993}}': {"a": 9007199254740992},
    '{"event": {"a": 3.0}, "time": 1795482000.009}': {"a": 3},
}
# What is refused, with the code. None has a number besides, and the third is code 13 to Splunk.
REFUSED = {"{not json": 6, '{"event": "a"} xyz': 6, '{"event": null}': 12, '{"event": ""}': 13, '{"host": "h"}': 12, "": 5}


def main():
    need(go.TOOL, ("cargo", "install Rust"))
    otelcol.build()
    otelcol.empty(FOLDER)
    (FOLDER / "facts.json").write_text(json.dumps(FACTS))
    dictionary = json.loads((ROOT / "docs/generated/schema/telemetry.json").read_text())
    # Which stands between others, as it does where several are known.
    hashes = ["ffffffffffff", dictionary["schema_hash"], "eeeeeeeeeeee"]
    everything = cluster("tests/clusters/everything.yaml", FOLDER / "kubeconfig.yaml")
    with everything as kubeconfig, receiver("right", "of the sender") as splunk:
        report = ["--kubeconfig", kubeconfig, "--product", "kong-ingress-controller", "--pod", "kong/controller-6c9f7d5b8-x2x4k"]
        report += ["--facts", FOLDER / "facts.json"]
        passes_on(splunk, hashes, report)
        keeps(splunk, hashes, report)
        sends_again(splunk, hashes, report)
        refuses(splunk, hashes, report)
        queues(splunk, hashes)
        acknowledges(splunk, hashes, report)
        is_a_foreign_client(splunk, hashes, report)
    counts = "{through} envelopes through, {kept} by way of a file, {strangers} strangers kept, {again} refused and sent again"
    end(faults, f"OpenTelemetry Collector {otelcol.VERSION}: {counts.format(**compared)}")


if __name__ == "__main__":
    main()
