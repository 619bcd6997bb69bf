#!/usr/bin/env python3
"""Holds all dependencies against `deny.toml`: their licences, their versions, where they come from; and against the database of
advisories, where that can be had.

Needs Python 3 and cargo-deny, which takes minutes to build and is therefore not installed here:

    cargo install cargo-deny --locked --root target/tools
    python3 tests/interop/deny.py
"""

import json
import os
import shutil
import subprocess

from environment import ROOT
from step import cannot_run, end


def main():
    path = os.pathsep.join([str(ROOT / "target" / "tools" / "bin"), os.environ.get("PATH", "")])
    program = shutil.which("cargo-deny", path=path)
    if program is None:
        cannot_run("cargo-deny is not there: cargo install cargo-deny --locked --root target/tools")

    def deny(*arguments, **how):
        return subprocess.run([program, "--locked", *arguments], cwd=ROOT, text=True, **how)

    checked = deny("check", "licenses", "bans", "sources", stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
    print(checked.stdout, end="")
    is_wrong = checked.returncode != 0
    # Where nobody can be asked, that is no fault of a dependency.
    if deny("fetch", "db", capture_output=True).returncode == 0:
        is_wrong |= deny("check", "--disable-fetch", "advisories").returncode != 0
        advisories = "advisories asked for"
    else:
        advisories = "no database of advisories can be had"
    listed = json.loads(deny("list", "--format", "json", check=True, capture_output=True).stdout)
    packages = {package for _licence, packages in listed["licenses"] for package in packages}
    version = deny("--version", check=True, capture_output=True).stdout.split()[1]
    faults = ["not all is as deny.toml says"] if is_wrong else []
    end(faults, f"licences, versions and sources of {len(packages)} packages; {advisories}: cargo-deny {version}")


if __name__ == "__main__":
    main()
