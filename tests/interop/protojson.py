#!/usr/bin/env python3
"""Holds what ktel sends against Go's protobuf, which reads reports as controllers in Go would.

All documents of tests/conformance and the reports of a simulated cluster are read by `protojson`, strictly, into messages of the
published descriptors, and go to bytes and back; so do the bytes that Rust makes of them. What is not valid is refused or not,
as protojson/verdicts.tsv says: `protojson` knows names and types, and no bounds. Needs Python 3, cargo and Go.

    python3 tests/interop/protojson.py
"""

import json
import subprocess

import go
from documents import conformance, preview, wire
from environment import ROOT
from step import end, need

MODULE = ROOT / "tests/interop/protojson"
PLACE = ROOT / "target/interop/protojson"
DESCRIPTORS = ROOT / "crates/ktel-types/src/generated/descriptors.binpb"
REPORT = "kong.telemetry.v1.Report"


def build():
    """The program that asks Go's protobuf."""
    command = ["go", "build", "-o", PLACE / "protojson", "."]
    ran = subprocess.run(command, cwd=MODULE, env=go.env(), capture_output=True, text=True)
    if ran.returncode:
        go.refuse_missing(ran.stderr)
        end([ran.stderr], "the Go program was not built")
    return PLACE / "protojson"


def ask(program, rows):
    """The version of Go's protobuf, and what it says of each row."""
    asked = "".join(f"{json.dumps(row)}\n" for row in rows)
    said = subprocess.run([program, DESCRIPTORS, REPORT], check=True, input=asked, stdout=subprocess.PIPE, text=True).stdout
    version, *answers = map(json.loads, said.splitlines())
    return version, answers


def expected():
    """What is refused of what is not valid, by name."""
    rows = [row.split("\t") for row in (MODULE / "verdicts.tsv").read_text().splitlines() if not row.startswith("#")]
    return {name: verdict == "refused" for verdict, name, _why in rows[1:]}


def main():
    need(go.TOOL, ("cargo", "install Rust"))
    PLACE.mkdir(parents=True, exist_ok=True)
    program = build()
    shown = [(f"preview, event {n}", "valid", text) for n, text in enumerate(preview("tests/clusters/everything.yaml", PLACE))]
    documents = [*conformance(), *shown]
    texts = [text for *_, text in documents]
    rows = [{"text": text, "bytes": digits} for text, digits in zip(texts, wire(texts), strict=True)]
    version, answers = ask(program, rows)
    refused, faults, same, seen = expected(), [], 0, 0
    for (name, verdict, text), row, answer in zip(documents, rows, answers, strict=True):
        why = answer.get("refused")
        # What is valid is taken, unless the table says otherwise; of everything else it has to say something.
        expects = refused.pop(name, False if verdict == "valid" else None)
        if expects != bool(why):
            said = "does not have it" if expects is None else "says otherwise"
            faults.append(f"{name}: verdicts.tsv {said}; protojson {f'refuses it: {why}' if why else 'takes it'}")
        if verdict != "valid":
            seen += bool(why)
            continue
        document = json.loads(text)
        if not row["bytes"] or answer.get("foreign") != document:
            faults.append(f"{name}: what Rust has written is not the same to Go")
        if not why and answer["again"] != document:
            faults.append(f"{name}: it is not the same after protojson and bytes")
        if not why and answer["bytes"] != row["bytes"]:
            faults.append(f"{name}: Go and Rust write other bytes")
        same += not why
    faults += [f"{name}: verdicts.tsv has it, and nobody else" for name in refused]
    valid = sum(verdict == "valid" for _, verdict, _ in documents)
    same = f"{same} of {valid} valid ones are the same in JSON and bytes of Go and Rust"
    end(faults, f"{len(documents)} documents: protojson {version}: {same}; of {len(documents) - valid} others it refuses {seen}")


if __name__ == "__main__":
    main()
