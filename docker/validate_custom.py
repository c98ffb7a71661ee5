"""Checks the custom resources of a manifest against definitions: validate_custom.py CRD_FOLDER MANIFEST

An unknown field counts as wrong, as a cluster would drop it in silence.
"""

import pathlib
import sys

import jsonschema
import yaml

BUILT_IN = ("apps", "autoscaling", "batch", "networking.k8s.io", "policy")


def closed(schema):
    """A structural schema in which objects have no other fields than they name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(part) for name, part in schema.items()}
    # Of a field that is named "properties" the value is a schema, not the names of fields.
    named = isinstance(schema.get("properties"), dict) and "type" in schema
    if named and "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
    # Formats and patterns are those of Go.
    made.pop("format", None)
    return made


def definitions(folder):
    """Schemas by group, version and kind."""
    schemas = {}
    for file in pathlib.Path(folder).rglob("*.yaml"):
        for crd in yaml.safe_load_all(file.read_text()):
            if not crd or crd.get("kind") != "CustomResourceDefinition":
                continue
            spec = crd["spec"]
            for version in spec["versions"]:
                key = (spec["group"], version["name"], spec["names"]["kind"])
                schema = closed(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object"}
                schemas[key] = schema
    return schemas


def main(folder, manifest):
    schemas = definitions(folder)
    wrong = False
    for resource in yaml.safe_load_all(pathlib.Path(manifest).read_text()):
        group, _, version = resource["apiVersion"].rpartition("/")
        if group in ("", *BUILT_IN):
            continue
        name = f"{resource['kind']} {resource['metadata']['name']}"
        schema = schemas.get((group, version, resource["kind"]))
        if schema is None:
            print(f"{manifest}: {name}: no definition of {resource['apiVersion']} in {folder}")
            wrong = True
            continue
        for error in jsonschema.Draft7Validator(schema).iter_errors(resource):
            print(f"{manifest}: {name}: {'/'.join(map(str, error.path))}: {error.message[:300]}")
            wrong = True
        print(f"{manifest}: {name}: checked")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
