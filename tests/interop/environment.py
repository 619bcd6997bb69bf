"""Places with the packages that a check needs, apart from those of the machine and from each other."""

import subprocess
import venv
from pathlib import Path

# What a check ends with that cannot run here, since a tool is not to be had. The last line that it prints says which.
CANNOT_RUN = 77

ROOT = Path(__file__).resolve().parents[2]


def environment(place, requirements):
    """The folder of the programs of an environment, which is made the first time and whenever the requirements change."""
    stamp = place / "installed.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        venv.create(place, with_pip=True)
        pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", requirements], check=True)
        stamp.write_text(requirements.read_text())
    return place / "bin"
