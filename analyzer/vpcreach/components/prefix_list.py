"""Prefix lists: named sets of address blocks that routes and security-group rules refer to.

Modelled: entries of customer-managed and AWS-owned lists, from either of the two calls that tell them.
Not modelled: the weight that a list has in quotas.
Source: VPC User Guide, "Managed prefix lists" (semantics B3, B9, D5, F2).
Checked: tests/unit/components/test_prefix_list.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.packets.address_map import Family, prefix
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Cidr, Record, Reply, Tagged, titled
from vpcreach.snapshot.snapshot import Snapshot


class PrefixList(Tagged, frozen=True):
    kind: ClassVar[str] = "prefix_list"
    id_prefix: ClassVar[str] = "pl-"

    prefix_list_id: str
    prefix_list_name: str = ""
    owner_id: str | None = None

    @property
    def id(self) -> str:
        return self.prefix_list_id

    @property
    def title(self) -> str:
        return titled(self.prefix_list_id, self.prefix_list_name)


class DescribeManagedPrefixLists(Reply, frozen=True):
    prefix_lists: tuple[PrefixList, ...] = ()


class Entry(Record, frozen=True):
    cidr: Cidr


class GetManagedPrefixListEntries(Reply, frozen=True):
    entries: tuple[Entry, ...] = ()


class PrefixListWithCidrs(Record, frozen=True):
    """An AWS-owned list as the older call tells it, blocks included."""

    prefix_list_id: str
    prefix_list_name: str = ""
    cidrs: tuple[Cidr, ...] = ()


class DescribePrefixLists(Reply, frozen=True):
    prefix_lists: tuple[PrefixListWithCidrs, ...] = ()


def blocks(cidrs: Iterable[str], family: Family) -> tuple[tuple[int, int], ...]:
    """The blocks of one family as (network, length)."""
    parsed = [prefix(cidr) for cidr in cidrs]
    return tuple((network, length) for kind, network, length in parsed if kind is family)


def _lists(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_MANAGED_PREFIX_LISTS, place).value
    return [(item.prefix_list_id,) for item in (reply.prefix_lists if reply else ())]


DESCRIBE_MANAGED_PREFIX_LISTS = Call(
    "ec2", "DescribeManagedPrefixLists", DescribeManagedPrefixLists, holds="PrefixLists"
)
GET_MANAGED_PREFIX_LIST_ENTRIES = Call(
    "ec2",
    "GetManagedPrefixListEntries",
    GetManagedPrefixListEntries,
    holds="Entries",
    arguments=("PrefixListId",),
    each=_lists,
)
DESCRIBE_PREFIX_LISTS = Call("ec2", "DescribePrefixLists", DescribePrefixLists, holds="PrefixLists")
CALLS = (DESCRIBE_MANAGED_PREFIX_LISTS, GET_MANAGED_PREFIX_LIST_ENTRIES, DESCRIBE_PREFIX_LISTS)
REASONS = ()
