#!/usr/bin/env python3
"""What the static agent is: how large, how much memory it takes, and that it runs where there is nothing else.

It is built as deploy/Dockerfile builds it, and started by the same user in a folder that is all of its world, as an image from
scratch is: with the binary, certificates, and what the kubelet adds. There it sends over TLS to a name that it looks up, and reports
on a simulated cluster of 30,000 pods with a mesh. Needs Python 3, cargo, the target x86_64-unknown-linux-musl, musl-gcc, openssl and
root.

    python3 tests/interop/footprint.py
"""

import base64
import gzip
import http.server
import json
import os
import platform
import shutil
import socketserver
import ssl
import subprocess
import threading

import agents
from agents import wait_until
from environment import ROOT
from programs import built, cluster
from step import cannot_run, end, need

PLACE = ROOT / "target" / "interop" / "footprint"
RECORDED = ROOT / "tests" / "recorded"
TARGET = "x86_64-unknown-linux-musl"
# The user of the image.
USER = "65532:65532"
PRODUCT = "ktel"
HOST = "splunk.test"
NAMESERVER = "127.0.77.53"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
PODS = 30_000

MIB = 1024
# The limits, in bytes and in KiB.
MOST_BINARY = 12_000_000
MOST_IDLE = 12 * MIB
MOST_PEAK = 40 * MIB


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=PLACE, check=True, capture_output=True)


def certify(authority):
    """An authority of our own, and a certificate of the receiver that it has signed."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl("req", "-x509", *curve, "-subj", f"/CN={authority}", "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
    openssl("req", *curve[:-2], "-subj", f"/CN={HOST}", "-keyout", "host.key", "-out", "host.csr")
    (PLACE / "host.ext").write_text(f"subjectAltName=DNS:{HOST}\nextendedKeyUsage=serverAuth\n")
    signed = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial", "-extfile", "host.ext"]
    openssl("x509", "-req", "-in", "host.csr", *signed, "-days", "2", "-out", "host.pem")


class Names(socketserver.BaseRequestHandler):
    """A server of names that knows one: it is this machine."""

    def handle(self):
        question, reply_to = self.request
        end = question.index(b"\0", 12) + 5
        is_address = question[end - 4 : end - 2] == b"\0\x01"
        header = question[:2] + b"\x81\x80\0\x01" + (b"\0\x01" if is_address else b"\0\0") + b"\0\0\0\0"
        answer = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01" if is_address else b""
        reply_to.sendto(header + question[12:end] + answer, self.client_address)


class Collector(http.server.BaseHTTPRequestHandler):
    """An event collector that takes everything."""

    protocol_version = "HTTP/1.1"
    taken = 0
    latest = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        Collector.latest = (gzip.decompress(body) if packed else body).decode()
        Collector.taken += 1
        body = b'{"text":"Success","code":0}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Silent(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients that do not trust it go away."""


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def collector():
    """An event collector over TLS; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PLACE / "host.pem", PLACE / "host.key")
    server = Silent(("127.0.0.1", 0), Collector)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return serve(server).server_address[1]


def templates(file, api_version, kind, total):
    """The recorded objects of a file, together as many as that."""
    items = json.loads((RECORDED / file).read_text())["response"]["body"]["items"]
    for place, item in enumerate(items):
        times = total // len(items) + (place < total % len(items))
        if times:
            name = item["metadata"]["name"]
            unique = {"name": f"{name}-{{n}}", "uid": "{n#}-{n#}", "resourceVersion": "{n*7+13}"}
            yield item | {"apiVersion": api_version, "kind": kind, "times": times, "metadata": item["metadata"] | unique}


def write_cluster(name, within):
    """A cluster of 30,000 pods with a mesh; its first report waits for a part of a quarter of an hour within these bounds."""
    routes = "gateway.networking.k8s.io/v1"
    objects = [
        *templates("objects/pods-page1-full.json", "v1", "Pod", PODS * 9 // 10),
        *templates("eks-3000pods/kong-pods.json", "v1", "Pod", PODS // 10),
        *templates("objects/list-services-first60.json", "v1", "Service", PODS // 5),
        *templates("objects/list-endpointslices-first20.json", "discovery.k8s.io/v1", "EndpointSlice", PODS // 5),
        *templates("eks-3000pods/list-nodes.json", "v1", "Node", PODS // 20),
        *templates("eks-3000pods/ingresses-page1.json", "networking.k8s.io/v1", "Ingress", 600),
        *templates("eks-3000pods/httproutes-page1.json", routes, "HTTPRoute", 600),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "istiod", "namespace": "istio-system"}},
    ]
    kinds = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "Gateway", "GatewayClass", "ReferenceGrant"]
    uid = agents.uid_that_starts(within, PRODUCT)
    description = {"version": "v1.36.2", "uid": uid, "serves": {routes: kinds}, "objects": objects}
    path = PLACE / f"{name}.json"
    path.write_text(json.dumps(description))
    return path


def memory(process, name):
    """A figure of a process's memory in KiB, as the kernel tells it."""
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:"))


def collecting(cluster, agent, check):
    """What an agent takes while it collects, and after it. A machine that does much else may not let it end in time: then again."""
    for is_last in (False, False, True):
        before = Collector.taken
        with cluster(), agent("soon") as soon:
            wait_until("a report", lambda: Collector.taken > before)
            wait_until("quiet", lambda: soon.metric('ktel_delivery_waiting{as="events"}') == 0)
            report = Collector.latest
            figures = {
                "collection_seconds": soon.metric("ktel_collection_duration_seconds"),
                "peak_kibibytes": memory(soon.process, "VmHWM"),
                "idle_after_report_kibibytes": memory(soon.process, "VmRSS"),
            }
            check("it does not stop well", soon.stop()[0] == 0)
        if is_last or "timed_out" not in report:
            check("not all pods were read", f'"pod_count":{PODS}' in report and '"deployed":["ISTIO"]' in report)
            check("something was not read, or not in time", "timed_out" not in report and '"failed"' not in report)
            return figures


def is_static(binary):
    """Whether a binary needs no other file."""
    shown = subprocess.run(["readelf", "--program-headers", "--dynamic", binary], check=True, capture_output=True, text=True)
    return "INTERP" not in shown.stdout and "NEEDED" not in shown.stdout


def main():
    shutil.rmtree(PLACE, ignore_errors=True)
    world = PLACE / "world"
    (world / BUNDLE).parent.mkdir(parents=True)
    faults = []

    def check(what, is_so):
        if not is_so:
            faults.append(what)

    arguments = ["--profile", "agent", "--package", "ktel-cli", "--no-default-features", "--target", TARGET]
    image = (ROOT / "deploy" / "Dockerfile").read_text()
    check("deploy/Dockerfile builds something else", " ".join(arguments[:-1]) in image)
    check("deploy/Dockerfile has another user, or other certificates", f"USER {USER}" in image and f"/{BUNDLE}" in image)
    binary = built("ktel-cli", *arguments, "--bin", "ktel")
    size = os.path.getsize(binary)
    check(f"the binary has {size} bytes", size < MOST_BINARY)
    check("the binary needs other files", is_static(binary))
    shutil.copy(binary, world / "ktel")
    (world / "etc" / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n")
    serve(socketserver.ThreadingUDPServer((NAMESERVER, 53), Names))
    certify("ours")
    certify("others")
    certify("ours")
    url = f"https://{HOST}:{collector()}"
    alone = [shutil.which("chroot"), f"--userspec={USER}", world, "/ktel"]

    def trusted(bundle, **variables):
        """Whether a report is sent with certificates of this authority, and what is said."""
        (world / BUNDLE).unlink(missing_ok=True)
        if bundle:
            shutil.copy(PLACE / f"{bundle}.pem", world / BUNDLE)
        command = [*alone, "send", "--kubeconfig", "/kubeconfig", "--hec-url", url, "--patience", "0"]
        ran = subprocess.run(command, env=variables, capture_output=True, text=True)
        return ran.returncode == 0, ran.stdout + ran.stderr

    demo = ROOT / "crates" / "ktel-sim" / "clusters" / "demo.yaml"
    with simulated(demo, world):
        shutil.copy(PLACE / "ours.pem", world / "ca.pem")
        # As in a cluster, whom to trust as the API server is said by the account, and not by the system.
        authority = base64.b64encode((PLACE / "ours.pem").read_bytes()).decode()
        config = (world / "kubeconfig").read_text()
        config = config.replace("cluster: { server:", f"cluster: {{ certificate-authority-data: {authority}, server:")
        (world / "kubeconfig").write_text(config)
        for bundle, variables, is_sent, why in (
            ("others", {}, False, "invalid peer certificate: UnknownIssuer"),
            ("ours", {}, True, "the receiver has all 5 events"),
            (None, {"KTEL_CA_FILE": "/ca.pem"}, True, "the receiver has all 5 events"),
            (None, {}, False, "No CA certificates were loaded"),
        ):
            sent, said = trusted(bundle, **variables)
            check(f"certificates of {bundle}, {variables}: {said}", sent == is_sent and why in said)
    check(f"{Collector.taken} batches arrived, not 2", Collector.taken == 2)
    shutil.copy(PLACE / "ours.pem", world / BUNDLE)

    def agent(name):
        variables = {"KTEL_HEC_URL": url, "KTEL_TELEMETRY": "on", "KTEL_GRACE": 1, "KTEL_LISTEN": "127.0.0.1:0"}
        return agents.agent([*alone, "agent", "--verbose", "--kubeconfig", "/kubeconfig"], PLACE / f"{name}.log", **variables)

    figures = {"binary_bytes": size, "pods": PODS}
    with simulated(write_cluster("late", (0.9, 1)), world), agent("late") as late:
        wait_until("the answer", lambda: late.ask("/healthz")[0] == 200)
        late.says("the first report is due in ")
        figures["idle_kibibytes"] = memory(late.process, "VmRSS")
        check("it does not stop well", late.stop()[0] == 0)
    figures |= collecting(lambda: simulated(write_cluster("soon", (0, 0.002)), world), agent, check)
    for name, most in (("idle_kibibytes", MOST_IDLE), ("idle_after_report_kibibytes", MOST_IDLE), ("peak_kibibytes", MOST_PEAK)):
        check(f"{name} is {figures[name]}, which may be {most}", figures[name] < most)

    print(json.dumps(figures))
    summary = (
        f"{size / 1e6:.1f} MB static, {figures['idle_kibibytes'] / MIB:.1f} MiB idle, "
        f"{figures['peak_kibibytes'] / MIB:.1f} MiB collecting from {PODS:,} pods, "
        f"{figures['idle_after_report_kibibytes'] / MIB:.1f} MiB after it; TLS in an empty root"
    )
    end(faults, summary)


def simulated(path, world):
    """A simulated cluster, to which a kubeconfig in the agent's world leads. It is no part of what is measured, but should be fast."""
    return cluster(path, world / "kubeconfig", "--release")


def need_all():
    """Sees that all is there, or says how it is had."""
    if platform.system() != "Linux" or platform.machine() != "x86_64" or os.geteuid() != 0:
        cannot_run("this needs Linux on x86_64, and root, for a folder that is all of a program's world")
    need(
        ("cargo", "install Rust with rustup"),
        ("chroot", "apt-get install coreutils"),
        ("musl-gcc", "apt-get install musl-tools"),
        ("openssl", "apt-get install openssl"),
        ("readelf", "apt-get install binutils"),
    )
    root = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    if not os.path.isdir(f"{root}/lib/rustlib/{TARGET}"):
        cannot_run(f"the target {TARGET} is not there: rustup target add {TARGET}")


if __name__ == "__main__":
    need_all()
    main()
