"""Associations of security groups with other VPCs than their own.

Modelled: a function's group that belongs to another VPC counts where it is associated with the function's VPC.
Not modelled: groups shared between accounts, beyond what the associations say.
Source: VPC User Guide, "Associate security groups with multiple VPCs" (semantics D10).
Checked: tests/unit/components/test_security_group_vpc_association.py.
"""

from collections.abc import Iterable

from vpcreach.forwarding import COLLECTION_FAILED, Note, Reason
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Reading

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html"
UNASSOCIATED_COMPONENT = Reason(
    "UNASSOCIATED_COMPONENT", "associate the security group with the VPC, or use a group of the VPC itself", PAGE
)
SG_OF_ANOTHER_VPC = Reason(
    "SG_OF_ANOTHER_VPC",
    "use a group of the function's own VPC: AWS does not list Lambda among the services that take others",
    PAGE,
)
NOT_ASSOCIATED = frozenset(
    {"associating", "association-failed", "disassociating", "disassociated", "disassociation-failed"}
)


class SecurityGroupVpcAssociation(Record, frozen=True):
    group_id: str
    vpc_id: str
    state: str | None = None


class DescribeSecurityGroupVpcAssociations(Reply, frozen=True):
    security_group_vpc_associations: tuple[SecurityGroupVpcAssociation, ...] = ()


DESCRIBE_SECURITY_GROUP_VPC_ASSOCIATIONS = Call(
    "ec2",
    "DescribeSecurityGroupVpcAssociations",
    DescribeSecurityGroupVpcAssociations,
    holds="SecurityGroupVpcAssociations",
)
CALLS = (DESCRIBE_SECURITY_GROUP_VPC_ASSOCIATIONS,)
REASONS = (UNASSOCIATED_COMPONENT, SG_OF_ANOTHER_VPC, COLLECTION_FAILED)


def association_note(
    group_id: str, home_vpc_id: str, vpc_id: str, readings: Iterable[Reading[DescribeSecurityGroupVpcAssociations]]
) -> Note:
    """What is to be said of a group of one VPC on an interface in another: advice, a blocker or a doubt."""
    readings = list(readings)
    fact = f"{group_id} belongs to {home_vpc_id}"
    listed = [a for r in readings if r.value is not None for a in r.value.security_group_vpc_associations]
    states = [a.state for a in listed if (a.group_id, a.vpc_id) == (group_id, vpc_id)]
    if "associated" in states:
        return SG_OF_ANOTHER_VPC.advice(group_id, vpc_id, f"{fact}, and is associated with {vpc_id}")
    if states and states[0] in NOT_ASSOCIATED:
        return UNASSOCIATED_COMPONENT.fail(group_id, vpc_id, f"{fact}; its association with {vpc_id} is {states[0]}")
    if states:
        message = f"{fact}; its association with {vpc_id} is in state {states[0]}, which decides nothing"
        return UNASSOCIATED_COMPONENT.unknown(group_id, vpc_id, message)
    if any(reading.covers(vpc_id) for reading in readings):
        return UNASSOCIATED_COMPONENT.fail(group_id, vpc_id, f"{fact}, and is not associated with {vpc_id}")
    gap = next((reading.gap for reading in readings if reading.gap), "collected for other VPCs only")
    message = f"{fact}; whether it is associated with {vpc_id} is not known: {gap}"
    return COLLECTION_FAILED.unknown(group_id, DESCRIBE_SECURITY_GROUP_VPC_ASSOCIATIONS.action, message)
