"""Value overrides applied by OmegaConf in struct mode, in the order of operations of Hydra 1.3 (select, then update or delete).

usage: apply_overrides.py CASES.json   (a list of {"config": value, "overrides": [{"kind", "key", "value"}]})

Prints a JSON list with one result a case: {"ok": value} or {"error": exception type}. Values: scalars as JSON, lists, and
{"dict": [[key, value], ...]} for maps; a missing "value" means that none was given.
"""
import json
import sys

from omegaconf import DictConfig, ListConfig, OmegaConf, open_dict


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value["dict"]}
    return value


def encode(value):
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    return value


def apply(config, kind, key, value):
    if kind == "delete":
        current = OmegaConf.select(config, key, throw_on_missing=False)
        if current is None or (value is not None and value != current):
            raise LookupError(key)
        with open_dict(config):
            parent, _, last = key.rpartition(".")
            node = OmegaConf.select(config, parent) if parent else config
            del node[last]
    elif kind == "add":
        if OmegaConf.select(config, key, throw_on_missing=False) is not None and not isinstance(value, (dict, list)):
            raise LookupError(key)
        OmegaConf.update(config, key, value, merge=True, force_add=True)
    else:
        OmegaConf.update(config, key, value, merge=True, force_add=kind == "force")


def run(case):
    config = OmegaConf.create(decode(case["config"]))
    OmegaConf.set_struct(config, True)
    try:
        for item in case["overrides"]:
            apply(config, item["kind"], item["key"], decode(item.get("value")))
    except Exception as error:
        return {"error": type(error).__name__}
    return {"ok": encode(OmegaConf.to_container(config))}


with open(sys.argv[1]) as file:
    print(json.dumps([run(case) for case in json.load(file)]))
