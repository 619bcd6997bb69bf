#!/usr/bin/env python3
"""Holds the public API of each published library against its listing in `docs/api`, which reviews see change.

`cargo xtask api --check` does it, and needs one version of Rust, which stands in xtask/src/api.rs. Needs Python 3 and cargo.

    python3 tests/interop/api.py
"""

import os
import re
import shutil
import subprocess

from environment import ROOT
from step import cannot_run, end


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    rust = re.search(r'const RUST: &str = "(.*)"', (ROOT / "xtask/src/api.rs").read_text())[1]
    reader = re.search(r'public-api = { version = "=(.*?)"', (ROOT / "xtask/Cargo.toml").read_text())[1]
    variables = dict(os.environ)
    if not said("rustc", "--version").startswith(f"rustc {rust}."):
        if shutil.which("rustup") is None or f"{rust}.0-" not in said("rustup", "toolchain", "list"):
            cannot_run(f"Rust {rust}.0 is not there: rustup toolchain install {rust}.0 --profile minimal")
        variables = {name: value for name, value in variables.items() if name not in ("CARGO", "RUSTC", "RUSTDOC")}
        variables["RUSTUP_TOOLCHAIN"] = f"{rust}.0"
    ran = subprocess.run(["cargo", "xtask", "api", "--check"], cwd=ROOT, env=variables)
    listings = sorted((ROOT / "docs/api").glob("*.txt"))
    items = sum(len(listing.read_text().splitlines()) for listing in listings)
    faults = ["not all is as it was reviewed"] if ran.returncode else []
    end(faults, f"{items:,} items of {len(listings)} libraries: rustdoc {rust}, public-api {reader}")


if __name__ == "__main__":
    main()
