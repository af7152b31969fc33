"""A kind of thing that can be named: where it is listed, what its records are called by, what each of them means.

Every file of `destinations/` that finds things by name exports its kinds as `KINDS`; lookup.py holds the registry.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Gap

# Where a thing is that nobody has `described` yet.
UNPLACED = Place("", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """What `name:NAME` means (`rds:orders-db`), for one call that lists such things.

    `records` are the things in a reply, `names` everything that one of them may be called by (names, host names and
    Name tags; case does not count), `arn` its ARN. `meaning` gets the record, all records of the same reply, the port
    that was asked for, the source and the network. With `has_host_names` a DNS name is looked up among its names.
    `also_in` are calls that list the same things: their files are read too, and one file that is whole suffices.
    `described` adds to a record of a place what other calls tell of it (a broker's host names), before all of the
    above; `parts` are the things that one may ask about where the call lists only what holds them (the services of a
    cluster); `unread` is the gap of a record that such a call leaves without names. `host_label` is what tells in an
    AWS host name that it may be of this kind (`mq` in `b-1.mq.eu-west-1…`).
    """

    name: str
    call: Call[Any]
    records: Callable[[Any], Sequence[Any]]
    names: Callable[[Any], Iterable[str]]
    arn: Callable[[Any, Place], str]
    meaning: Callable[[Any, Sequence[Any], Service, Source, Surroundings], Meaning]
    has_host_names: bool = True
    described: Callable[[Any, Place, Surroundings], Any] = lambda record, place, around: record
    parts: Callable[[Any, Place, Surroundings], Iterable[Any]] = lambda record, place, around: (record,)
    unread: Callable[[Any], Gap | None] = lambda record: None
    host_label: str | None = None
    also_in: tuple[Call[Any], ...] = ()

    @property
    def calls(self) -> tuple[Call[Any], ...]:
        """Every call that lists such things."""
        return (self.call, *self.also_in)


def dns_suffix(region: str) -> str:
    """What the host names of a region's services and resources end with."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def arn_of(service: str, resource: str, place: Place) -> str:
    """An ARN at a place: `arn_of("ec2", "instance/i-1", place)`."""
    return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{resource}"
