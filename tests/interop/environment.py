"""Places with the packages that a check needs, apart from those of the machine and from each other."""

import importlib.util
import subprocess
import venv
from pathlib import Path

from step import cannot_run

ROOT = Path(__file__).resolve().parents[2]


def environment(place, requirements):
    """The folder of the programs of an environment, which is made the first time and whenever the requirements change."""
    stamp = place / "installed.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        if not importlib.util.find_spec("ensurepip"):
            cannot_run("Python cannot make environments: Debian's package for that is python3-venv")
        venv.create(place, with_pip=True)
        pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--requirement", requirements]).returncode:
            cannot_run(f"pip cannot install what {requirements.name} names: it has to reach a package index")
        stamp.write_text(requirements.read_text())
    return place / "bin"


def node_package(place, package):
    """The folder of Node's packages in which this one is, installed if it is not there: `ajv@8.20.0`."""
    stamp = place / "installed.txt"
    if not stamp.exists() or stamp.read_text() != package:
        place.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", place, package]).returncode:
            cannot_run(f"npm cannot install {package}: it has to reach a package registry")
        stamp.write_text(package)
    return place / "node_modules"
