"""The program, started as a pod would start it, beside a simulated cluster."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from charts import tools

PATIENCE = 30


def environment(container, kubeconfig, folder):
    """The variables of a container, with what Kubernetes would fill in, and its folders below one of ours."""
    told = {"POD_NAME": "op-0", "POD_NAMESPACE": "kong"}
    for variable in container["env"]:
        value = variable.get("value", told.get(variable["name"], "secret"))
        for name, meant in told.items():
            value = value.replace(f"$({name})", meant)
        if value.startswith("/"):
            value = str(folder) + value
        told[variable["name"]] = value
    authority = (tools.PLACE / "cert.pem").read_text()
    for name, content in {"token/token": "secret", "ca/ca.crt": authority, "facts/facts.json": "{}"}.items():
        file = folder / "etc" / "ktel" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    # The proxy of the case is nowhere, and nothing is to be sent.
    told.pop("KTEL_HTTPS_PROXY", None)
    return {**told, "KUBECONFIG": str(kubeconfig), "PATH": os.environ["PATH"]}


def faults(program, container, kubeconfig):
    """What is wrong with a container when its program is started."""
    with tempfile.TemporaryDirectory() as folder:
        variables = environment(container, kubeconfig, Path(folder))
        if container["args"][0] == "agent":
            return agent(program, container["args"], variables)
        # It is made for people to read, since there is no receiver.
        variables["KTEL_TELEMETRY"] = "local"
        ran = subprocess.run([program, *container["args"]], env=variables, capture_output=True, text=True, timeout=PATIENCE)
        shown = ran.stdout.count('"schema":')
        return [] if ran.returncode == 0 and shown else [f"`ktel {container['args'][0]}` ends with {ran.returncode}: {ran.stderr}"]


def agent(program, arguments, variables):
    """The agent is well within a while, says who it is, and ends when it is asked to."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{port.getsockname()[1]}"
    variables["KTEL_LISTEN"] = address
    process = subprocess.Popen([program, *arguments], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    try:
        ends = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < ends and ask(address, "/healthz") != "ok\n":
            time.sleep(0.1)
        if "ktel_build_info" not in ask(address, "/metrics"):
            said.append("the agent does not become well")
    finally:
        process.terminate()
        try:
            output, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            said.append("the agent does not end")
    if process.returncode != 0:
        said.append(f"the agent ends with {process.returncode}")
    return said and [*said, output.strip()]


def ask(address, path):
    """What is answered; nothing if nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, OSError):
        return ""


