"""A real API server, which is asked what it would say to each object."""

import base64
import json
import ssl
import tempfile
import urllib.error
import urllib.request

# Where the objects of a kind are, and whether that is in a namespace.
PLURALS = {
    "Namespace": ("api/v1", "namespaces"),
    "ServiceAccount": ("api/v1", "serviceaccounts"),
    "Service": ("api/v1", "services"),
    "Pod": ("api/v1", "pods"),
    "Deployment": ("apis/apps/v1", "deployments"),
    "CronJob": ("apis/batch/v1", "cronjobs"),
    "NetworkPolicy": ("apis/networking.k8s.io/v1", "networkpolicies"),
    "Role": ("apis/rbac.authorization.k8s.io/v1", "roles"),
    "RoleBinding": ("apis/rbac.authorization.k8s.io/v1", "rolebindings"),
    "ClusterRole": ("apis/rbac.authorization.k8s.io/v1", "clusterroles"),
    "ClusterRoleBinding": ("apis/rbac.authorization.k8s.io/v1", "clusterrolebindings"),
}


class Server:
    """One that a kubeconfig leads to."""

    def __init__(self, kubeconfig):
        import yaml

        config = yaml.safe_load(open(kubeconfig))
        named = {name: {one["name"]: one for one in config[name]} for name in ("contexts", "clusters", "users")}
        context = named["contexts"][config["current-context"]]["context"]
        cluster = named["clusters"][context["cluster"]]["cluster"]
        user = named["users"][context["user"]]["user"]
        self.address = cluster["server"]
        self.headers = {"Content-Type": "application/json"}
        if "token" in user:
            self.headers["Authorization"] = f"Bearer {user['token']}"
        self.tls = ssl.create_default_context()
        if cluster.get("insecure-skip-tls-verify"):
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        elif authority := content(cluster, "certificate-authority"):
            self.tls.load_verify_locations(cadata=authority)
        if certificate := content(user, "client-certificate"):
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(certificate + "\n" + content(user, "client-key"))
                file.flush()
                self.tls.load_cert_chain(file.name)

    def ask(self, method, path, body=None):
        """Status and document of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data, self.headers, method=method)
        context = self.tls if self.address.startswith("https:") else None
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            return error.code, json.loads(text) if text.startswith("{") else {"message": text}

    def version(self):
        """The version of Kubernetes."""
        return self.ask("GET", "version")[1]["gitVersion"].lstrip("v")

    def namespace(self, name):
        """Sees to it that there is a namespace, of the strictest level: nothing is tried in one that is not there."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        status, told = self.ask("POST", "api/v1/namespaces", body)
        if status not in (201, 409):
            raise SystemExit(f"the namespace {name} cannot be made: {told.get('message')}")

    def faults(self, thing):
        """What the server would say against an object. Fields that it does not know are among that."""
        root, plural = PLURALS[thing["kind"]]
        namespace = thing["metadata"].get("namespace")
        place = f"{root}/namespaces/{namespace}/{plural}" if namespace else f"{root}/{plural}"
        status, told = self.ask("POST", f"{place}?dryRun=All&fieldValidation=Strict", thing)
        is_there = status == 409 and told.get("reason") == "AlreadyExists"
        return [] if status == 201 or is_there else [f"{status}: {told.get('message')}"]


def content(holder, name):
    """What stands in a kubeconfig, or in the file that it names."""
    if data := holder.get(f"{name}-data"):
        return base64.b64decode(data).decode()
    return open(holder[name]).read() if name in holder else None
