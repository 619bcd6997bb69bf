#!/usr/bin/env python3
"""Asks all validators for their verdicts on the same reports, and shows where they disagree.

agree.rs makes the reports, half of them valid and half with a single fault, adds the documents of tests/conformance, and asks
the validators in Rust. Here Python's `jsonschema` is asked, and `protobuf` with the published descriptors; agree.mjs asks
`ajv`. Needs Python 3, cargo, Node and npm; packages are installed into target/interop.

    python3 tests/interop/agree.py [reports]
"""

import functools
import json
import multiprocessing
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from environment import ROOT, environment, node_package
from step import end, need

HERE = Path(__file__).parent
PLACE = ROOT / "target/interop/python"
ROWS = ROOT / "target/interop/agree"
SCHEMA = ROOT / "docs/generated/schema/report.strict.json"
DESCRIPTORS = ROOT / "crates/ktel-types/src/generated/descriptors.binpb"
AJV = "ajv@8.20.0"
SEED = "7"
# How many disagreements of a validator are shown.
SHOWN = 5


def with_packages(reports):
    """Starts this script again where its packages are."""
    python = environment(PLACE, HERE / "requirements.txt") / "python"
    sys.exit(subprocess.run([python, __file__, "--here", reports]).returncode)


def rust(reports):
    """Makes the reports; what those in Rust say."""
    shutil.rmtree(ROWS, ignore_errors=True)
    ROWS.mkdir(parents=True)
    command = ["cargo", "run", "--quiet", "--package", "ktel-tests", "--example", "agree", "--", ROWS, reports, SEED]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def node(files):
    """What those in JavaScript say."""
    command = ["node", HERE / "agree.mjs", f"{node_package(ROOT / 'target/interop/ajv', AJV)}/", SCHEMA, *files]
    return [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)]


def refuse(token):
    """Python reads NaN and Infinity, which are not JSON."""
    raise ValueError(f"{token} is not JSON")


def report_type():
    """The message of the published descriptors."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("kong.telemetry.v1.Report"))


def ask_python(file):
    """What those in Python say of the rows of a file."""
    from google.protobuf import json_format
    from jsonschema import Draft202012Validator

    strict = Draft202012Validator(json.loads(SCHEMA.read_text()))
    message_type = report_type()
    schema = {"judge": "jsonschema (Python), published schema", "accepted": 0, "refused": 0, "disagreements": []}
    protobuf = {"judge": "json_format (Python), there and back", "accepted": 0, "refused": 0, "disagreements": []}

    def note(count, accepts, expected, name):
        count["accepted" if accepts else "refused"] += 1
        if accepts != expected:
            count["disagreements"].append(f"{'accepts' if accepts else 'refuses'} {name}")

    for line in file.open(encoding="utf-8"):
        row = json.loads(line)
        try:
            document = json.loads(row["text"], parse_constant=refuse)
            errors = list(strict.iter_errors(document))
        except ValueError:
            document, errors = None, None
        note(schema, errors == [], row["sound"], row["name"])
        places = {"".join(f"/{step}" for step in error.absolute_path) for error in errors or []}
        if not row["sound"] and places and row["pointers"] and not places & set(row["pointers"]):
            schema["disagreements"].append(f"names another place in {row['name']}")
        # Protobuf is no validator. What is valid it has to read; and it sees what schemas do not: a name that is there twice.
        if row["sound"]:
            try:
                message = json_format.Parse(row["text"], message_type(), ignore_unknown_fields=False)
                again = message_type.FromString(message.SerializeToString())
                accepts = json_format.MessageToDict(again, preserving_proto_field_name=True) == document
            except json_format.ParseError:
                accepts = False
            note(protobuf, accepts, row["valid"], row["name"])
    return [schema, protobuf]


def python(files):
    """What those in Python say of all rows."""
    with multiprocessing.Pool() as pool:
        parts = pool.map(ask_python, files, chunksize=1)
    return [functools.reduce(joined, same) for same in zip(*parts)]


def joined(one, other):
    """What a validator said of two files."""
    counted = {key: one[key] + other[key] for key in ("accepted", "refused", "disagreements")}
    return {"judge": one["judge"], **counted}


def versions():
    """Which ones were asked."""
    of_rust = re.search(r'name = "jsonschema"\nversion = "(.*)"', (ROOT / "Cargo.lock").read_text())[1]
    of_python = ", ".join(f"{name} {metadata.version(name)}" for name in ("jsonschema", "protobuf"))
    return f"jsonschema {of_rust} (Rust), {of_python} (Python), {AJV.replace('@', ' ')}"


def main(reports):
    counts = rust(reports)
    files = sorted(ROWS.glob("rows-*.ndjson"))
    counts += python(files) + node(files)
    print(f"{'validator':<40} {'accepted':>9} {'refused':>9} {'disagreements':>14}")
    for count in counts:
        faults = count["disagreements"]
        print(f"{count['judge']:<40} {count['accepted']:>9,} {count['refused']:>9,} {len(faults):>14,}")
        for fault in faults[:SHOWN]:
            print(f"    {fault}")
    rows = sum(1 for file in files for _ in file.open(encoding="utf-8"))
    faults = [f"{count['judge']}: {len(count['disagreements']):,} disagreements" for count in counts if count["disagreements"]]
    if rows < int(reports):
        faults.append(f"{reports} documents were asked for")
    end(faults, f"{rows:,} documents: {len(counts)} validators agree; {versions()}")


if __name__ == "__main__":
    need(("cargo", "install Rust"), ("node", "install Node"), ("npm", "install Node"))
    main(sys.argv[2]) if sys.argv[1:2] == ["--here"] else with_packages(sys.argv[1] if sys.argv[1:] else "5000")
