#!/usr/bin/env python3
"""Looks for slips of the pen in everything that is committed; `_typos.toml` has what only looks like one.

Needs Python 3; `typos`, in the version of typos.txt, is installed into target/interop/typos.

    python3 tests/interop/typos.py
"""

import subprocess
import sys
from pathlib import Path

from environment import ROOT, environment


def main():
    programs = environment(ROOT / "target" / "interop" / "typos", Path(__file__).with_suffix(".txt"))
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    # What is named is judged although it is excluded, unless that is forced.
    command = [programs / "typos", "--force-exclude", "--file-list", "-", "--format", "brief"]
    found = subprocess.run(command, cwd=ROOT, input="\n".join(files), capture_output=True, text=True)
    print(found.stdout, end="")
    print(found.stderr, end="", file=sys.stderr)
    version = subprocess.run([programs / "typos", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    slips = len(found.stdout.splitlines())
    print(f"{len(files):,} files, {slips} slips of the pen: typos-cli {version}")
    sys.exit(1 if found.returncode else 0)


if __name__ == "__main__":
    main()
