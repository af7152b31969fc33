"""A VPC that its owner shares with another account, as both accounts see it (RAM)."""

import copy
from typing import TYPE_CHECKING

from tests.estates.interfaces import INTERFACES
from tests.estates.replies import Json
from tests.estates.workloads import CONFIGURATION, FUNCTIONS

if TYPE_CHECKING:
    from tests.estates.builder import Estate

# What the owner of a VPC shows to participants; gateways but internet gateways, endpoints and peerings it does not.
SHOWN = (
    "ec2/describe-vpcs",
    "ec2/describe-subnets",
    "ec2/describe-route-tables",
    "ec2/describe-network-acls",
    "ec2/describe-internet-gateways",
    "ec2/describe-dhcp-options",
    "ec2/describe-vpc-attribute",
)


def participant(owner: "Estate", account: str, *, function: str, groups: tuple[str, ...]) -> "Estate":
    """Another account that the owner's VPCs are shared with. The function and its groups move there from the owner."""
    other = owner.beside(account=account)
    for path, reply in owner.replies.items():
        if path.startswith(SHOWN):
            other.replies[path] = copy.deepcopy(reply)
    for group in groups:
        moved = dict(owner[group], OwnerId=account)
        owner.forget(group)
        other.add("ec2/describe-security-groups", group, moved)
    record: Json = owner[f"function:{function}"]
    owner.forget(f"function:{function}")
    own = {key: value.replace(owner.account, account) for key, value in record.items() if isinstance(value, str)}
    other.add(FUNCTIONS, f"function:{function}", {**record, **own})
    for path in [path for path in owner.replies if path.endswith(f"/{function}")]:
        reply = owner.replies.pop(path)
        other.replies[path] = other[f"function:{function}"] if path.startswith(CONFIGURATION) else reply
    for interface in list(owner.reply(INTERFACES)["NetworkInterfaces"]):
        if interface["InterfaceType"] == "lambda":
            owner.forget(interface["NetworkInterfaceId"])
            other.add(INTERFACES, interface["NetworkInterfaceId"], dict(interface, OwnerId=account))
    return other
