"""What a Collector has written to a file, as the envelopes that it has made it of."""

import json

# Which attributes of a resource stand for which part of an envelope.
PARTS = {"host.name": "host", "com.splunk.source": "source", "com.splunk.sourcetype": "sourcetype", "com.splunk.index": "index"}


def envelopes(path):
    """The envelopes of a file of the file exporter, oldest first."""
    for line in path.read_text().splitlines():
        for resource in json.loads(line)["resourceLogs"]:
            around = attributes(resource["resource"])
            for record in (record for scope in resource["scopeLogs"] for record in scope["logRecords"]):
                envelope = {PARTS.get(name, name): value for name, value in around.items()}
                envelope["time"] = int(record.get("timeUnixNano", 0)) / 1e9
                envelope["event"] = plain(record["body"])
                if fields := attributes(record):
                    envelope["fields"] = fields
                yield envelope


def kinds(path):
    """How many values of each kind are in a file."""
    counted = {}

    def walk(node):
        if isinstance(node, dict):
            for name, value in node.items():
                if name.endswith("Value"):
                    counted[name] = counted.get(name, 0) + 1
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    for line in path.read_text().splitlines():
        walk(json.loads(line))
    return counted


def attributes(of):
    return {entry["key"]: plain(entry["value"]) for entry in of.get("attributes", [])}


def plain(value):
    """A value of OTLP as JSON has it."""
    for kind, inner in value.items():
        if kind == "arrayValue":
            return [plain(item) for item in inner.get("values", [])]
        if kind == "kvlistValue":
            return {entry["key"]: plain(entry["value"]) for entry in inner.get("values", [])}
        # 64 bits are text in the JSON of protobuf.
        return int(inner) if kind == "intValue" else inner
    return None
