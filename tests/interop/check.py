#!/usr/bin/env python3
"""Holds what ktel sends against validators that know nothing of it.

A report of the recorded EKS cluster, as `ktel preview` prints it, and all documents of tests/conformance are judged by
Python's `jsonschema` with the published strict schema, and read by Python's `protobuf` with the .proto files as `protoc`
compiles them, both as JSON and as the bytes that Rust makes of them. Needs Python 3 and cargo; the packages of requirements.txt are
installed into target/interop/python.

    python3 tests/interop/check.py
"""

import hashlib
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from documents import conformance, preview, wire
from environment import ROOT, environment
from step import end, need

PLACE = ROOT / "target/interop/python"


def with_packages():
    """Starts this script again where its packages are."""
    python = environment(PLACE, Path(__file__).with_name("requirements.txt")) / "python"
    sys.exit(subprocess.run([python, __file__, "--here"]).returncode)


def compile_messages():
    """The messages of the standard, compiled by protoc."""
    from grpc_tools import protoc
    import grpc_tools

    out = PLACE / "messages"
    out.mkdir(exist_ok=True)
    sources = [str(path) for path in (ROOT / "schema").rglob("*.proto") if "published" not in path.parts]
    includes = [f"-I{ROOT / 'schema'}", f"-I{Path(grpc_tools.__file__).parent / '_proto'}"]
    if protoc.main(["protoc", *includes, f"--python_out={out}", *sources]) != 0:
        sys.exit("protoc refused the schema")
    sys.path.insert(0, str(out))
    from kong.telemetry.v1 import report_pb2

    return report_pb2.Report


def schema_hash(schema):
    """What a payload calls `schema_hash`, computed from the published strict schema."""

    def without_prose(node):
        if not isinstance(node, dict):
            return node
        prose = {"$id", "title", "description", "examples", "deprecated"}
        named = {"properties", "$defs"}
        return {
            key: {name: without_prose(value) for name, value in value.items()} if key in named else without_prose(value)
            for key, value in node.items()
            if key not in prose
        }

    text = json.dumps(without_prose(schema), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def main():
    from google.protobuf import json_format
    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "docs/generated/schema/report.strict.json").read_text())
    Draft202012Validator.check_schema(schema)
    strict = Draft202012Validator(schema)
    report_type = compile_messages()
    faults = []

    def check(name, is_valid, text, digits):
        document = json.loads(text)
        if strict.is_valid(document) != is_valid:
            faults.append(f"{name}: the strict schema says {not is_valid}")
        if not is_valid:
            return
        try:
            message = json_format.Parse(text, report_type(), ignore_unknown_fields=False)
        except json_format.ParseError as error:
            faults.append(f"{name}: protobuf refuses it: {error}")
            return
        bytes_of_rust = bytes.fromhex(digits)
        if bytes_of_rust != message.SerializeToString(deterministic=True):
            faults.append(f"{name}: Python and Rust write other bytes")
        again = report_type.FromString(bytes_of_rust)
        if json_format.MessageToDict(again, preserving_proto_field_name=True) != document:
            faults.append(f"{name}: what Rust has written is not the same to Python")

    reports = preview("tests/recorded/eks-3000pods", PLACE)
    documents = [(f"preview, event {number}", True, line) for number, line in enumerate(reports)]
    for name, _, line in documents:
        if json.loads(line)["schema_hash"] != schema_hash(schema):
            faults.append(f"{name}: the hash is not that of the published schema")
    events = [event["name"] for event in json.loads((ROOT / "docs/generated/schema/telemetry.json").read_text())["events"]]
    shown = [json.loads(line)["event"] for line in reports]
    if shown != events:
        faults.append(f"preview: it shows {shown}, the standard has {events}")
    # What is wrong with a text may not be seen in what Python reads of it: agree.py knows of which that is so.
    documents += [(name, verdict == "valid", text) for name, verdict, text in conformance() if verdict != "text"]
    for document, digits in zip(documents, wire(text for *_, text in documents), strict=True):
        check(*document, digits)
    valid = sum(is_valid for _, is_valid, _ in documents)
    judges = " and ".join(f"{name} {metadata.version(name)}" for name in ("jsonschema", "protobuf"))
    end(faults, f"{len(documents)} documents, {valid} valid: Python's {judges} agree, in JSON and in the bytes of Rust")


if __name__ == "__main__":
    need(("cargo", "install Rust"))
    main() if "--here" in sys.argv else with_packages()
