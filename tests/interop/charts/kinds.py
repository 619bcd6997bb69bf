"""Kubernetes' own types, as its client merges objects by them: which fields there are, and what they are made of."""

SCALARS = {
    "string": str,
    "boolean": bool,
    "numeric": (int, float),
}
# What is written as a text or as a number.
EITHER = {"io.k8s.apimachinery.pkg.api.resource.Quantity", "io.k8s.apimachinery.pkg.util.intstr.IntOrString"}


class Kinds:
    """The types of one version of Kubernetes."""

    def __init__(self, source):
        import yaml

        text = open(source).read().split("typed.YAMLObject(`")[1].split("`)")[0]
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.types = {entry["name"]: entry for entry in yaml.load(text, loader)["types"]}

    def faults(self, thing):
        """What of an object Kubernetes does not know."""
        version, kind = thing.get("apiVersion", ""), thing.get("kind", "")
        group, _, number = version.rpartition("/")
        # The package of a group has the first word of its name.
        name = f"io.k8s.api.{group.split('.')[0] or 'core'}.{number}.{kind}"
        if name not in self.types:
            return [f"Kubernetes has no {kind} in {version}"]
        return list(self._named(name, thing, ""))

    def _named(self, name, value, path):
        if name in EITHER:
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                yield f"{path}: is neither a text nor a number"
            return
        yield from self._made(self.types[name], value, path)

    def _made(self, made, value, path):
        """What is wrong with a value of a type: a name, a scalar, a list or a map."""
        if value is None:
            return
        if "namedType" in made:
            yield from self._named(made["namedType"], value, path)
        elif made.get("scalar") in SCALARS:
            wanted = SCALARS[made["scalar"]]
            if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
                yield f"{path}: is no {made['scalar']}"
        elif "list" in made:
            if not isinstance(value, list):
                yield f"{path}: is no list"
                return
            for place, item in enumerate(value):
                yield from self._made(made["list"]["elementType"], item, f"{path}[{place}]")
        elif "map" in made:
            yield from self._map(made["map"], value, path)

    def _map(self, made, value, path):
        if not isinstance(value, dict):
            yield f"{path}: is no map"
            return
        fields = {field["name"]: field["type"] for field in made.get("fields", [])}
        for key, item in value.items():
            if key in fields or "elementType" in made:
                yield from self._made(fields.get(key, made.get("elementType")), item, f"{path}.{key}")
            else:
                yield f"{path}.{key}: there is no such field"
