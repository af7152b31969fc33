"""What of a record can decide anything: the keys that some component models, and nothing of their order.

AWS orders hardly any list; where it does, the order stays. Sentences, timestamps, hashes and the like are in no record,
so that they are no change. How many addresses a subnet has left counts only as none or some.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

# In these lists the first match wins.
ORDERED = frozenset({"StatefulRules"})
_COUNTED = frozenset({"AvailableIpAddressCount"})


def projection(value: Any, key: str = "") -> Any:
    """A record as plain JSON values under AWS's own keys, comparable with `==`."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(type(value))
        return {field.encode_name: projection(getattr(value, field.name), field.encode_name) for field in fields}
    if isinstance(value, Mapping):
        return {str(name): projection(held, str(name)) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        told = [projection(held) for held in value]
        if key == "Tags":
            # Only the name is read, and what AWS itself notes down: aws:…, AWSNetworkFirewallManaged.
            told = [tag for tag in told if not isinstance(tag, dict) or _is_read(str(tag.get("Key", "Name")))]
        return told if key in ORDERED else sorted(told, key=_sort_key)
    if isinstance(value, msgspec.Raw):
        return projection(msgspec.json.decode(value)) if bytes(value) else None
    if isinstance(value, str):
        return _text(str(value))
    if key in _COUNTED and isinstance(value, int):
        return "some" if value else "none"
    return value


def _is_read(tag: str) -> bool:
    return tag == "Name" or tag.lower().startswith("aws")


def _text(text: str) -> Any:
    """A text as it is; policies that AWS hands out as text are read, whatever their line breaks."""
    if not text.startswith("{"):
        return text
    try:
        return projection(json.loads(text))
    except ValueError:
        return text


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
