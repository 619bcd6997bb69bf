#!/usr/bin/env python3
"""Asks protobuf's own tool what it has against the standard, and against what has changed since it was published.

`buf lint` has nothing to say of the sources, `buf breaking` nothing since any version that was released (schema/published), and
something of sources that are broken on purpose. Since a draft, 0.N, breaks are no faults, and are counted. Then a test of ktel-codegen asks it of each kind of edit,
and holds its verdicts against ours: docs/decisions/20 says where they differ. Needs Python 3, cargo, Node and npm; what is
installed goes to target/interop/buf.

    python3 tests/interop/buf.py
"""

import json
import re
import shutil
import subprocess

from environment import ROOT, node_package
from programs import surroundings
from step import end, need

PLACE = ROOT / "target/interop/buf"
PACKAGE = "@bufbuild/buf@1.75.0"
SCHEMA = ROOT / "schema"
# The standard of today, compiled by ours: since that, nothing has changed.
TODAY = ROOT / "crates/ktel-types/src/generated/descriptors.binpb"
# An edit that is a break by the rules for the wire and for JSON.
BREAK = ("kong/telemetry/v1/cluster.proto", "uint32 node_count = 6", "string node_count = 6")


def ask(buf, *arguments):
    """The rules that are broken, and where."""
    ran = subprocess.run([buf, *arguments, "--error-format", "json"], cwd=ROOT, capture_output=True, text=True)
    if ran.returncode not in (0, 100):
        end([ran.stdout + ran.stderr], f"buf {arguments[0]} did not judge")
    # Protobuf's own file is in what was published, as it was then, and is not ours to keep.
    said = [broken for broken in map(json.loads, ran.stdout.splitlines()) if not broken["path"].startswith("google/")]
    return [f"{broken['type']} {broken['path']}:{broken['start_line']}: {broken['message']}" for broken in said]


def broken_on_purpose():
    """The standard with a break in it."""
    folder, (path, before, after) = PLACE / "broken", BREAK
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SCHEMA, folder, ignore=shutil.ignore_patterns("published"))
    text = (folder / path).read_text()
    if before not in text:
        end([f"{path} has no `{before}`"], "nothing was broken on purpose")
    (folder / path).write_text(text.replace(before, after))
    return folder


def edits(buf):
    """Has the test ask of each kind of edit: how many there are, and of how many buf says something else."""
    command = ["cargo", "test", "--quiet", "--package", "ktel-codegen", "--test", "mutations", "buf", "--", "--nocapture"]
    ran = subprocess.run(command, cwd=ROOT, env=surroundings(KTEL_BUF=str(buf)), capture_output=True, text=True)
    said = ran.stdout + ran.stderr
    if ran.returncode or not (asked := re.search(r"asked of (\d+) kinds of edits, and differs in (\d+)", said)):
        end([said], "the verdicts of buf on edits are not those that the standard has reasons for")
    return asked.groups()


def main():
    need(("cargo", "install Rust"), ("node", "install Node"), ("npm", "install Node"))
    buf = node_package(PLACE, PACKAGE) / ".bin/buf"
    faults = [f"lint: {said}" for said in ask(buf, "lint", SCHEMA)]
    published = [*SCHEMA.glob("published/*/descriptors.binpb"), *ROOT.glob("tests/published/schema/published/*/descriptors.binpb")]
    broken, since = broken_on_purpose(), []
    for name, image in [("today", TODAY), *sorted((image.parent.name, image) for image in published)]:
        breaking = ("breaking", "--config", SCHEMA / "buf.yaml", "--against", image)
        said = ask(buf, *breaking, SCHEMA)
        if not name.startswith("0."):
            faults += [f"since {name}: {breach}" for breach in said]
        if not any('"node_count"' in breach for breach in ask(buf, *breaking, broken)):
            faults.append(f"since {name}: a break on purpose is not seen")
        since.append(f"{len(said)} since {name}")
    kinds, differs = edits(buf)
    if not published:
        faults.append("nothing is published")
    said = f"lint has nothing to say, breaking {', '.join(since)}"
    end(faults, f"buf {PACKAGE.rsplit('@', 1)[1]}: {said}; of {kinds} kinds of edits it differs in {differs}, each with its reason")


if __name__ == "__main__":
    main()
