#!/usr/bin/env python3
"""Holds what ktel sends against validators that know nothing of it.

A report of the recorded EKS cluster, as `ktel preview` prints it, and all documents of tests/conformance are judged by
Python's `jsonschema` with the published strict schema, and read by Python's `protobuf` with the .proto files as `protoc`
compiles them. Needs Python 3 and cargo; the packages of requirements.txt are installed into target/interop.

    python3 tests/interop/check.py
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from environment import ROOT, environment

PLACE = ROOT / "target" / "interop"


def with_packages():
    """Starts this script again where its packages are."""
    python = environment(PLACE, Path(__file__).with_name("requirements.txt")) / "python"
    sys.exit(subprocess.run([python, __file__, "--here"]).returncode)


def cargo(*arguments):
    return ["cargo", "run", "--quiet", *arguments]


def preview():
    """The reports of the recorded cluster, as a person would see them."""
    serve = cargo("--package", "ktel-sim", "--example", "serve", "--", "tests/recorded/eks-3000pods")
    kubeconfig = PLACE / "kubeconfig.yaml"
    with subprocess.Popen(serve, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        lines = iter(server.stdout.readline, "---\n")
        kubeconfig.write_text("".join(lines))
        command = cargo("--package", "ktel-cli", "--", "preview", "--kubeconfig", kubeconfig)
        shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        server.stdin.close()
    return shown.splitlines()


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


def conformance():
    """The documents with their verdicts."""
    folder = ROOT / "tests" / "conformance" / "report"
    rows = [line.split("\t") for line in (folder / "cases.tsv").read_text().splitlines() if not line.startswith("#")]
    # What is wrong with a text may not be seen in what Python reads of it: agree.py knows of which that is so.
    for verdict, name, _path, _why in (row for row in rows[1:] if row[0] != "text"):
        yield name, verdict == "valid", (folder / name).read_text()


def main():
    from google.protobuf import json_format
    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "docs/generated/schema/report.strict.json").read_text())
    Draft202012Validator.check_schema(schema)
    strict = Draft202012Validator(schema)
    report_type = compile_messages()
    faults = []

    def check(name, is_valid, text):
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
        again = report_type.FromString(message.SerializeToString())
        if json_format.MessageToDict(again, preserving_proto_field_name=True) != json.loads(text):
            faults.append(f"{name}: it is not the same after protobuf")

    reports = preview()
    for number, line in enumerate(reports):
        check(f"preview, event {number}", True, line)
        if json.loads(line)["schema_hash"] != schema_hash(schema):
            faults.append(f"preview, event {number}: the hash is not that of the published schema")
    events = [event["name"] for event in json.loads((ROOT / "docs/generated/schema/telemetry.json").read_text())["events"]]
    shown = [json.loads(line)["event"] for line in reports]
    if shown != events:
        faults.append(f"preview: it shows {shown}, the standard has {events}")
    documents = list(conformance())
    for document in documents:
        check(*document)
    for fault in faults:
        print(fault)
    valid = sum(is_valid for _, is_valid, _ in documents)
    print(f"preview:     {len(reports)} events of the recorded EKS cluster")
    print(f"conformance: {len(documents)} documents, {valid} of them valid")
    print(f"verdict:     {len(faults)} faults")
    sys.exit(1 if faults or not documents else 0)


if __name__ == "__main__":
    main() if "--here" in sys.argv else with_packages()
