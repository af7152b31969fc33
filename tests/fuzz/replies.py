"""Replies grown from the types that read them: every call, also those that no estate of the gallery fills."""

import json
import types
from collections.abc import Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from tests.fuzz.documents import POLICY
from tests.fuzz.mutations import mutated
from tests.fuzz.odd import NUMBERS, TEXTS
from vpcreach import components, destinations
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Address, Cidr, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr, Reply

CALLS: tuple[Call[Any], ...] = tuple(dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS)))
MARKS = {field.encode_name for field in msgspec.structs.fields(Reply)} | {"nextToken"}
DEEPEST = 7
_IPV4 = ("10.0.0.0/16", "10.0.1.0/24", "10.1.0.0/16", "0.0.0.0/0", "10.0.1.7/32", "93.184.216.34/32")
_IPV6 = ("::/0", "2600:1f18::/56", "2600:1f18:0:1::/64", "fd00::/8", "2606:4700::1111/128")
_ADDRESSES = ("10.0.1.7", "10.1.2.9", "93.184.216.34"), ("2600:1f18:0:1::7", "2606:4700::1111")
_BLOCKS = {
    Cidr: (*_IPV4, *_IPV6),
    Ipv4Cidr: _IPV4,
    Ipv6Cidr: _IPV6,
    Address: (*_ADDRESSES[0], *_ADDRESSES[1]),
    Ipv4Address: _ADDRESSES[0],
    Ipv6Address: _ADDRESSES[1],
}


class Grower:
    """Values of the right shape that may make no sense; `words` are the ids and names of the estate around."""

    def __init__(self, random: Random, words: Sequence[str]) -> None:
        self.random = random
        self.words = words or ["x"]

    def reply(self, call: Call[Any]) -> Any:
        return self.of(call.reply, 0)

    def of(self, kind: Any, depth: int) -> Any:
        """A value of a type, as its JSON."""
        origin, parts = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self.of(parts[0], depth)
        if origin in (Union, types.UnionType):
            return self.of(self.random.choice(parts), depth)
        if origin is Literal:
            return self.random.choice(parts)
        if origin in (tuple, list):
            return [self.of(parts[0], depth + 1) for _ in range(self._count(depth))]
        if origin is dict or kind is dict:
            return {str(self.of(str, depth)): self.of((parts or (str, str))[1], depth + 1) for _ in range(2)}
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._record(kind, depth)
        return self._plain(kind)

    def _count(self, depth: int) -> int:
        return 0 if depth > DEEPEST else self.random.choice((0, 1, 1, 2, 3))

    def _record(self, kind: type[msgspec.Struct], depth: int) -> dict[str, Any]:
        hints = get_type_hints(kind, include_extras=True)
        told: dict[str, Any] = {}
        for field in msgspec.structs.fields(kind):
            hint = hints[field.name]
            is_rare = field.encode_name in MARKS and self.random.randrange(20) > 0
            if get_origin(hint) is ClassVar or is_rare:
                continue
            if field.required or self.random.random() < (0.75 if depth < DEEPEST else 0.2):
                told[field.encode_name] = self.of(hint, depth + 1)
        return told

    def _plain(self, kind: Any) -> Any:
        if kind in _BLOCKS:
            return self.random.choice(_BLOCKS[kind])
        if kind is bool:
            return self.random.random() < 0.5
        if kind is int:
            return self.random.choice(NUMBERS[:15])
        if kind is float:
            return self.random.choice((0.0, 1.5))
        if kind is msgspec.Raw:
            return mutated(json.loads(json.dumps(POLICY)), self.random, self.words)
        if kind in (type(None), msgspec.UnsetType):
            return None
        return self.random.choice(TEXTS if self.random.randrange(6) == 0 else self.words)
