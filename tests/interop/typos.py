#!/usr/bin/env python3
"""Looks for slips of the pen in everything that is committed; `_typos.toml` has what only looks like one.

Needs Python 3; `typos`, in the version of typos.txt, is installed into target/interop/typos.

    python3 tests/interop/typos.py
"""

import subprocess
from pathlib import Path

from environment import ROOT, environment
from step import end


def main():
    programs = environment(ROOT / "target" / "interop" / "typos", Path(__file__).with_suffix(".txt"))
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    # What is named is judged although it is excluded, unless that is forced.
    command = [programs / "typos", "--force-exclude", "--file-list", "-", "--format", "brief"]
    found = subprocess.run(command, cwd=ROOT, input="\n".join(files), capture_output=True, text=True)
    version = subprocess.run([programs / "typos", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    faults = (found.stdout or found.stderr).splitlines() if found.returncode else []
    end(faults, f"{len(files):,} files: typos-cli {version}")


if __name__ == "__main__":
    main()
