#!/usr/bin/env python3
"""Holds the generated Splunk apps against what Splunk Cloud asks of a private app.

Each app is packed as it would be installed, and judged by Splunk's own `splunk-appinspect`. Needs Python 3 and libmagic; the
packages of appinspect.txt, whose versions fit nothing else, are installed into target/interop/appinspect.

    python3 tests/interop/appinspect.py
"""

import ctypes
import json
import subprocess
import tarfile

from environment import ROOT, environment
from step import cannot_run, end

PLACE = ROOT / "target/interop/appinspect"
REQUIREMENTS = ROOT / "tests/interop/appinspect.txt"
GENERATED = ["docs/generated/splunk", "crates/ktel-codegen/tests/golden/acme/expected/docs/generated/splunk"]
TAGS = ["cloud", "private_app"]


def pack(app):
    """The app in an archive that says nothing of the machine it was packed on."""

    def plain(entry):
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = "root"
        entry.mode = 0o755 if entry.isdir() else 0o644
        return entry

    archive = PLACE / f"{app.name}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(app, arcname=app.name, filter=plain)
    return archive


def inspect(program, archive):
    """What is said of an archive."""
    report = archive.with_suffix(".json")
    report.unlink(missing_ok=True)
    tags = [word for tag in TAGS for word in ("--included-tags", tag)]
    command = [program, "inspect", archive, "--mode", "precert", *tags, "--data-format", "json", "--output-file", report]
    ran = subprocess.run(command, capture_output=True, text=True)
    if not report.exists():
        end([ran.stdout + ran.stderr], f"splunk-appinspect did not judge {archive.name}")
    return json.loads(report.read_text())


def main():
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        cannot_run("libmagic is not there, by which splunk-appinspect knows files: Debian's package is libmagic1")
    program = environment(PLACE, REQUIREMENTS) / "splunk-appinspect"
    apps = sorted(app for folder in GENERATED for app in (ROOT / folder).iterdir())
    faults = [] if apps else ["there are no apps"]
    passed = 0
    for app in apps:
        said = inspect(program, pack(app))
        for report in said["reports"]:
            for check in (check for group in report["groups"] for check in group["checks"]):
                if check["result"] not in ("success", "not_applicable"):
                    for message in check["messages"]:
                        said_of = f"{app.name}: {check['result']}: {check['name']}: {message['message']}"
                        # A warning is for a person to read.
                        faults.append(said_of) if check["result"] in ("error", "failure") else print(said_of)
        counts = said["summary"]
        # Of an archive that could not be read, there is nothing wrong to be said.
        if not counts["success"] or (counts["error"] + counts["failure"] and not faults):
            faults.append(f"{app.name}: {counts}")
        passed += counts["success"]
        print(f"{app.name}: {', '.join(f'{count} {result}' for result, count in counts.items())}")
    version = REQUIREMENTS.read_text().strip().replace("==", " ")
    end(faults, f"{len(apps)} apps for Splunk: {version} has nothing against them, in {passed} checks")


if __name__ == "__main__":
    main()
