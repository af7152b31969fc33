"""One AWS read call, as data: what is sent, which file holds the reply, which IAM permission it takes.

Every component and destination declares its own `CALLS`; the collector and `vpcreach permissions` follow from them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from vpcreach.snapshot.record import Record

if TYPE_CHECKING:
    from vpcreach.snapshot.snapshot import Snapshot

R = TypeVar("R", bound=Record)

GLOBAL = "global"
GLOBAL_SERVICES = frozenset({"iam", "route53", "networkmanager", "organizations", "sts"})
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


# The partitions of ARNs, by how the names of their regions begin.
PARTITIONS = {
    "cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc",
}  # fmt: skip


class Place(NamedTuple):
    """An account and a region (or `global`)."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """What the ARNs of the region begin with: `aws`, `aws-cn` …"""
        return next((name for start, name in PARTITIONS.items() if self.region.startswith(start)), "aws")

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


@dataclass(frozen=True, eq=False)
class Call(Generic[R]):
    """A read call of AWS and the type of its reply.

    `service` is the AWS CLI's name, `operation` the API's (`DescribeNatGateways`). `holds` is the top-level key whose
    absence is a gap. `parameters` are sent with every call. `arguments` names the parameters of a call that is made
    once per argument list (`Outer.Inner` where the API nests them), and `each` gives those lists for a place from what
    the snapshot holds already.
    `assumes` is what an answer says it assumes when a guard's file is absent; None means that absence makes an answer
    unknown.
    `iam_prefix` and `iam_operation` are given where the IAM action is called otherwise than the operation.
    """

    service: str
    operation: str
    reply: type[R]
    holds: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    each: "Callable[[Snapshot, Place], Iterable[tuple[str, ...]]] | None" = None
    assumes: str | None = None
    iam_prefix: str | None = None
    iam_operation: str | None = None

    @cached_property
    def command(self) -> str:
        """The AWS CLI's operation name: `describe-nat-gateways`."""
        return _WORD_STARTS.sub("-", self.operation).lower()

    @property
    def action(self) -> str:
        """The IAM action, which also names the call in gaps: `ec2:DescribeNatGateways`."""
        return f"{self.iam_prefix or self.service}:{self.iam_operation or self.operation}"

    def place(self, place: Place) -> Place:
        """The place whose folder holds the reply: the region's own, or the account's `global` folder."""
        return Place(place.account, GLOBAL) if self.service in GLOBAL_SERVICES else place

    def path(self, place: Place, arguments: tuple[str, ...] = ()) -> str:
        """The file of the reply, relative to the snapshot's folder."""
        account, region = self.place(place)
        folder = f"{account}/{region}/{self.service}/{self.command}"
        if not arguments:
            return f"{folder}.json"
        return f"{folder}/{'.'.join(encoded(argument) for argument in arguments)}.json"


def encoded(argument: str) -> str:
    """An argument as it stands in a file name: percent-encoded outside `[A-Za-z0-9_-]`."""
    return quote(argument, safe="-_").replace(".", "%2E").replace("~", "%7E")
