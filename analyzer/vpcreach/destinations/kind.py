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

# The partitions of ARNs, by how the names of their regions begin.
PARTITIONS = {
    "cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What `name:NAME` means (`rds:orders-db`), for one call that lists such things.

    `records` are the things in a reply, `names` everything that one of them may be called by (names, host names and
    Name tags; case does not count), `arn` its ARN. `meaning` gets the record, all records of the same reply, the port
    that was asked for, the source and the network. With `has_host_names` a DNS name is looked up among its names.
    """

    name: str
    call: Call[Any]
    records: Callable[[Any], Sequence[Any]]
    names: Callable[[Any], Iterable[str]]
    arn: Callable[[Any, Place], str]
    meaning: Callable[[Any, Sequence[Any], Service, Source, Surroundings], Meaning]
    has_host_names: bool = True


def partition_of(region: str) -> str:
    """The partition that the ARNs of a region begin with."""
    return next((name for start, name in PARTITIONS.items() if region.startswith(start)), "aws")


def arn_of(service: str, resource: str, place: Place) -> str:
    """An ARN at a place: `arn_of("ec2", "instance/i-1", place)`."""
    return f"arn:{partition_of(place.region)}:{service}:{place.region}:{place.account}:{resource}"
