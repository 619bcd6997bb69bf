"""The page of a run: docs/comparison.md, of docs/comparison.json and reasons.tsv."""

import json
from pathlib import Path

HERE = Path(__file__).parent
DICTIONARY = HERE.parents[2] / "docs" / "generated" / "schema" / "telemetry.json"
RELATIONS = ["same", "differs", "only in the library", "only in ktel"]
FIGURES = {
    "requests": ("requests", "{:,}"),
    "bytes": ("MB read", "{:,.2f}"),
    "seconds": ("seconds", "{:,.2f}"),
    "core_seconds": ("of a core", "{:,.3f}"),
    "peak_kib": ("MiB at most", "{:,.1f}"),
    "said": ("values", "{:,}"),
}
UNITS = {"bytes": 1e6, "peak_kib": 1024}


def shown(cost, figure):
    """A figure as the page has it."""
    value = cost[figure] / UNITS[figure] if figure in UNITS else cost[figure]
    return FIGURES[figure][1].format(value)


def paths():
    """The fields behind each key of the line."""
    found = {}
    for field in json.loads(DICTIONARY.read_text())["fields"]:
        for key in field.get("line_keys", []):
            found.setdefault(key, []).append(f"`{field['path']}`")
    return found


def keys(made, reasons):
    """The table of keys."""
    by_key = {}
    for row in made["keys"]:
        by_key.setdefault(row["key"], {}).setdefault(row["relation"], []).append(row)
    fields = paths()
    lines = ["| key | in ktel | " + " | ".join(RELATIONS) + " | why |", "| --- | --- |" + " ---: |" * len(RELATIONS) + " --- |"]
    for key, relations in sorted(by_key.items()):
        in_ktel = fields.get(key, [])
        in_ktel = f"{in_ktel[0]} and {len(in_ktel) - 1} more" if len(in_ktel) > 2 else ", ".join(in_ktel) or "–"
        numbers = " | ".join(str(len(relations.get(relation, []))) for relation in RELATIONS)
        why = " ".join(reason(relations[relation], reasons) for relation in RELATIONS[1:] if relation in relations)
        lines.append(f"| `{key}` | {in_ktel} | {numbers} | {why} |")
    return "\n".join(lines)


def reason(rows, reasons):
    """Why, with an example where there is one."""
    row = rows[0]
    text = reasons[row["key"], row["relation"]]
    if row["relation"] == "differs":
        return f"On `{row['cluster']}`: `{row['library']}` there, `{row['ktel']}` here. {text}"
    return text


def costs(made):
    """The table of costs, two rows a cluster."""
    lines = ["| cluster | who | " + " | ".join(name for name, _ in FIGURES.values()) + " |", "| --- | --- |" + " ---: |" * len(FIGURES)]
    for cost in made["costs"]:
        cluster = f"{cost['objects']['pods']:,} pods, {'a mesh' if cost['mesh'] else 'no mesh'}"
        for name in ["library", "ktel"]:
            lines.append(f"| {cluster} | {name} | " + " | ".join(shown(cost[name], figure) for figure in FIGURES) + " |")
            cluster = ""
    return "\n".join(lines)


def better(made):
    """Each figure by which the library is better, in words."""
    words = {"requests": "takes {} requests, and ktel {}", "bytes": "reads {} MB, and ktel {}", "seconds": "takes {} seconds, and ktel {}", "core_seconds": "takes {} seconds of a core, and ktel {}", "peak_kib": "has {} MiB at most, and ktel {}"}
    found = []
    for cost in made["costs"]:
        for figure, text in words.items():
            library, ktel = shown(cost["library"], figure), shown(cost["ktel"], figure)
            if cost["library"][figure] < cost["ktel"][figure] and library != ktel:
                mesh = "with a mesh" if cost["mesh"] else "without a mesh"
                found.append(f"- At {cost['objects']['pods']:,} pods {mesh}, it {text.format(library, ktel)}.")
    return "\n".join(found) or "- None of the figures above."


def clusters(made):
    """What is in the clusters that are measured."""
    return "; ".join(", ".join(f"{count:,} {kind}" for kind, count in cost["objects"].items()) for cost in made["costs"][::2])


def write(made, reasons):
    """The whole page."""
    versions = made["versions"]
    library = versions["library"]
    origin = {
        "module proxy": "as the Go module proxy gives it out",
        "checkout": "as public copies of its files have it, put together by hand and held against no release "
        "([decision 24](decisions/24-prior-art-is-run-not-copied.md) says which)",
    }[library["from"]]
    return TEMPLATE.format(
        module=library["module"],
        version=library["version"],
        origin=origin,
        date=made["date"],
        runs=made["runs"],
        cores=versions["cores"],
        ktel=versions["ktel"],
        requires=" and ".join(f"{name} {version}" for name, version in library["requires"].items()),
        go=versions["go"],
        kubernetes=versions["kubernetes"].removeprefix("v"),
        simulated=" and ".join(f"`{name}`" for name in made["simulated"]),
        rust=versions["rust"],
        count=len({row["cluster"] for row in made["keys"]}),
        compared=len(made["keys"]),
        same=sum(row["relation"] == "same" for row in made["keys"]),
        fields=len(json.loads(DICTIONARY.read_text())["fields"]),
        keys=keys(made, reasons),
        costs=costs(made),
        better=better(made),
        clusters=clusters(made),
    )


def summary(made):
    """The line of the step in the table of all steps."""
    library, rows = made["versions"]["library"], made["keys"]
    same = sum(row["relation"] == "same" for row in rows)
    largest = made["costs"][-1]
    requests = f"{largest['library']['requests']:,} and {largest['ktel']['requests']:,} requests at the largest"
    origin = "" if library["from"] == "module proxy" else ", from a checkout"
    return f"{len(rows)} keys on {len({row['cluster'] for row in rows})} clusters, {same} the same, all others with a reason; {requests}: kubernetes-telemetry {library['version']}{origin}"


TEMPLATE = (HERE / "page.txt").read_text()
