"""Whether a reply could be one of AWS: a check against botocore's own output shapes."""

import json
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

SESSION: Any = botocore.session.get_session()
PYTHON_TYPES: dict[str, Any] = {
    "string": str,
    "character": str,
    "timestamp": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "structure": dict,
    "map": dict,
    "list": list,
}

# AWS prints these values, though its model does not list them.
UNLISTED = {
    ("InterfaceType", "nat_gateway"),
    ("Attachments[].State", "available"),
    ("VpcEndpoints[].State", "available"),
}


@cache
def operations(service: str) -> dict[str, str]:
    """`describe-vpcs` -> `DescribeVpcs`, for every operation of an AWS CLI service."""
    return {xform_name(name).replace("_", "-"): name for name in model_of(service).operation_names}


@cache
def output_shape(service: str, operation: str) -> Any:
    return model_of(service).operation_model(operation).output_shape


@cache
def model_of(service: str) -> Any:
    return SESSION.get_service_model(service)


def faults(shape: Any, value: Any, place: str = "$") -> list[str]:
    """Where a printed value is not of botocore's shape."""
    wanted = PYTHON_TYPES[shape.type_name]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return [f"{place}: {value!r} is no {shape.type_name}"]
    if shape.type_name == "structure":
        unknown = [f"{place}.{key}: no such key" for key in value if key not in shape.members]
        known = ((key, item) for key, item in value.items() if key in shape.members)
        return unknown + [f for key, item in known for f in faults(shape.members[key], item, f"{place}.{key}")]
    if shape.type_name == "list":
        return [fault for item in value for fault in faults(shape.member, item, f"{place}[]")]
    if shape.type_name == "map":
        return [f for key, item in value.items() for f in faults(shape.value, item, f"{place}.{key}")]
    unlisted = any(place.endswith(end) and value == listed for end, listed in UNLISTED)
    if getattr(shape, "enum", None) and value not in shape.enum and not unlisted:
        return [f"{place}: {value!r} is none of {shape.enum}"]
    return []


def faults_of(files: dict[str, bytes]) -> list[str]:
    found: list[str] = []
    for path, data in files.items():
        if path == "snapshot.json":
            continue
        _account, _region, service, command, *_ = path.removesuffix(".json").split("/")
        shape = output_shape(service, operations(service)[command])
        found += [f"{path} {fault}" for fault in faults(shape, json.loads(data))]
    return found
