"""One AWS read call, as data: what is sent, which file holds the reply, which IAM permission it takes.

Every component and destination declares its own `CALLS`; the collector and `vpcreach permissions` follow from them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from vpcreach.snapshot.record import Record

if TYPE_CHECKING:
    from vpcreach.snapshot.snapshot import Snapshot

R = TypeVar("R", bound=Record)

GLOBAL = "global"
GLOBAL_SERVICES = frozenset({"iam", "route53", "networkmanager", "organizations", "sts"})
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Place(NamedTuple):
    """An account and a region (or `global`)."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


@dataclass(frozen=True, eq=False)
class Call(Generic[R]):
    """A read call of AWS and the type of its reply.

    `service` is the AWS CLI's name, `operation` the API's (`DescribeNatGateways`). `holds` is the top-level key whose
    absence is a gap. `parameters` are sent with every call. `arguments` names the parameters of a call that is made
    once per argument list, and `each` gives those lists for a place from what the snapshot holds already.
    `vpc_filter` is the filter (or, with a leading dot, the field) that narrows the call to one VPC. `assumes` is what
    an answer says it assumes when a guard's file is absent; None means that absence makes an answer unknown.
    """

    service: str
    operation: str
    reply: type[R]
    holds: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    each: "Callable[[Snapshot, Place], Iterable[tuple[str, ...]]] | None" = None
    vpc_filter: str | None = None
    assumes: str | None = None
    iam_prefix: str | None = None

    @property
    def command(self) -> str:
        """The AWS CLI's operation name: `describe-nat-gateways`."""
        return _WORD_STARTS.sub("-", self.operation).lower()

    @property
    def action(self) -> str:
        """The IAM action, which also names the call in gaps: `ec2:DescribeNatGateways`."""
        return f"{self.iam_prefix or self.service}:{self.operation}"

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
