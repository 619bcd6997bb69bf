"""How a step ends: it says what is wrong, and then in one line what was compared. `cargo xtask interop` shows that line."""

import os
import shutil
import sys

# What a step talks to is on this machine, and no proxy stands before that.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([os.environ.get("NO_PROXY", "localhost"), "127.0.0.1"])

# What a step exits with that cannot run here.
CANNOT_RUN = 77


def cannot_run(why):
    """Ends a step that lacks a tool: which one, and how it is had."""
    print(why)
    sys.exit(CANNOT_RUN)


def need(*programs):
    """Sees that there are these programs: each with how it is had."""
    missing = [f"{name} is not there: {remedy}" for name, remedy in programs if not shutil.which(name)]
    if missing:
        cannot_run("; ".join(missing))


def end(faults, summary):
    """Ends a step that has run."""
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults: {summary}" if faults else summary, flush=True)
    sys.exit(1 if faults else 0)
