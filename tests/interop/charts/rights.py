"""What an account may do with what was rendered, and what it may by the roles that the standard's own files have."""

from environment import ROOT

# The roles to be applied by hand: another output of the generator than what the chart reads.
BY_HAND = ROOT / "docs" / "generated" / "rbac"


def rights(rules, namespace):
    """What rules permit: in a namespace, or everywhere."""
    for rule in rules:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    for name in rule.get("resourceNames", ["*"]):
                        yield namespace or "*", group, resource, verb, name


def bound(things, account):
    """What an account, as (namespace, name), may do by the roles that are bound to it; faults of what is bound come beside."""
    roles = {key(thing): thing for thing in things if thing["kind"] in ("Role", "ClusterRole")}
    found, faults, used = set(), [], set()
    for binding in (thing for thing in things if thing["kind"] in ("RoleBinding", "ClusterRoleBinding")):
        namespace = binding["metadata"].get("namespace")
        to = binding["roleRef"]
        role = (to["kind"], namespace if to["kind"] == "Role" else None, to["name"])
        subjects = [(subject["kind"], subject["namespace"], subject["name"]) for subject in binding["subjects"]]
        if subjects != [("ServiceAccount", *account)]:
            faults.append(f"{key(binding)} is bound to {subjects}")
        if role not in roles:
            faults.append(f"{key(binding)} binds what is not there")
            continue
        used.add(role)
        found.update(rights(roles[role]["rules"], namespace))
    faults.extend(f"{role} is bound to nobody" for role in roles.keys() - used)
    return found, faults


def key(thing):
    """Which object it is."""
    return thing["kind"], thing["metadata"].get("namespace"), thing["metadata"]["name"]


def expected(categories, own, namespaces, lease):
    """What may be done by consent to these categories: `own` is the controller's namespace, `lease` that and the name of a Lease."""
    import yaml

    if not categories:
        return set()
    file = BY_HAND / ("roles.namespaced.yaml" if namespaces else "roles.yaml")
    names = {"consent", "identity", "self"} | {name for one in categories for name in (one, f"{one}-self")}
    own = [own] if own else []
    wanted = set()
    for role in yaml.safe_load_all(file.read_text()):
        name = role["metadata"]["name"].removeprefix("ktel-")
        if name not in names:
            continue
        if role["kind"] == "ClusterRole":
            places = [None]
        elif name == "consent" and namespaces:
            places = ["kube-system", "default", *own]
        elif name == "consent" or name == "self" or name.endswith("-self"):
            places = own
        else:
            places = namespaces
        for place in places:
            wanted.update(rights(role["rules"], place))
    if lease:
        namespace, name = lease
        for verb in ("get", "update"):
            wanted.add((namespace, "coordination.k8s.io", "leases", verb, name))
        wanted.add((namespace, "coordination.k8s.io", "leases", "create", "*"))
    return wanted
