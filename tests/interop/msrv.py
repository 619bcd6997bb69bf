#!/usr/bin/env python3
"""Builds what is published with the oldest Rust that its packages say they need, and with the locked dependencies.

Needs Python 3, rustup, and that version of Rust:

    rustup toolchain install 1.89.0 --profile minimal
    python3 tests/interop/msrv.py
"""

import json
import os
import subprocess

from environment import ROOT
from step import cannot_run, end, need

PLACE = ROOT / "target" / "interop" / "msrv"


def main():
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    published = [package for package in metadata["packages"] if package["publish"] is None]
    [declared] = {package["rust_version"] for package in published}
    version = declared if declared.count(".") == 2 else f"{declared}.0"
    need(("rustup", "it keeps several versions of Rust beside each other"))
    installed = subprocess.run(["rustup", "toolchain", "list"], check=True, capture_output=True, text=True).stdout
    if not any(line.startswith(f"{version}-") for line in installed.splitlines()):
        cannot_run(f"Rust {version} is not there: rustup toolchain install {version} --profile minimal")
    packages = [word for package in published for word in ("--package", package["name"])]
    check = ["cargo", "check", "--quiet", "--locked", "--all-features", *packages]
    # A process below cargo has its choice of Rust in a variable, which counts for more than one's own.
    named = {name: value for name, value in os.environ.items() if name not in ("RUSTC", "RUSTDOC", "CARGO", "RUSTUP_TOOLCHAIN")}
    ran = subprocess.run(check, cwd=ROOT, env={**named, "RUSTUP_TOOLCHAIN": version, "CARGO_TARGET_DIR": str(PLACE)})
    faults = [f"they do not compile with Rust {version}"] if ran.returncode else []
    end(faults, f"{len(published)} packages with all features: Rust {version}")


if __name__ == "__main__":
    main()
