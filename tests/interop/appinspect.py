#!/usr/bin/env python3
"""Holds the generated Splunk apps against what Splunk Cloud asks of a private app.

Each app is packed as it would be installed, and judged by Splunk's own `splunk-appinspect`. Needs Python 3 and libmagic; the
packages of appinspect.txt, whose versions fit nothing else, are installed into target/appinspect.

    python3 tests/interop/appinspect.py
"""

import json
import subprocess
import sys
import tarfile

from environment import ROOT, environment

PLACE = ROOT / "target" / "appinspect"
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
        sys.exit(f"splunk-appinspect did not judge {archive.name}:\n{ran.stdout}{ran.stderr}")
    return json.loads(report.read_text())


def main():
    program = environment(PLACE, ROOT / "tests/interop/appinspect.txt") / "splunk-appinspect"
    apps = sorted(app for folder in GENERATED for app in (ROOT / folder).iterdir())
    faults = 0
    for app in apps:
        said = inspect(program, pack(app))
        for report in said["reports"]:
            for check in (check for group in report["groups"] for check in group["checks"]):
                if check["result"] not in ("success", "not_applicable"):
                    for message in check["messages"]:
                        print(f"{app.name}: {check['result']}: {check['name']}: {message['message']}")
        counts = said["summary"]
        # Of an archive that could not be read, there is nothing wrong to be said.
        faults += counts["error"] + counts["failure"] + (0 if counts["success"] else 1)
        print(f"appinspect:  {app.name}: {', '.join(f'{count} {result}' for result, count in counts.items())}")
    print(f"verdict:     {faults} faults")
    sys.exit(1 if faults or not apps else 0)


if __name__ == "__main__":
    main()
