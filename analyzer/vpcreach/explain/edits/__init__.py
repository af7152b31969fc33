"""Edits of a snapshot: what somebody would change in AWS, tried on a copy.

Every kind of edit is one value with `apply` (draft.py says what it writes to); formats/edits/ tells each in the words
of the AWS CLI, Terraform and CloudFormation. Not modelled: the time that AWS takes, quotas, what an owner's policies
refuse.
"""

from collections.abc import Iterable

from vpcreach.explain.edits.acls import AddEntry, Entry, RemoveEntry
from vpcreach.explain.edits.draft import Cost, Draft
from vpcreach.explain.edits.endpoints import (
    AddEndpointRoute,
    AllowInEndpointPolicy,
    EnableVpcDns,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewSecurityGroup,
)
from vpcreach.explain.edits.functions import EnableFunctionIpv6, SetFunctionSubnets
from vpcreach.explain.edits.gateways import (
    AttachInternetGateway,
    NewEgressOnlyInternetGateway,
    NewInternetGateway,
    NewNatGateway,
)
from vpcreach.explain.edits.groups import AddRule, RemoveRule, Rule
from vpcreach.explain.edits.guards import ExcludeFromEncryptionControl, ExcludeFromPublicAccessBlock
from vpcreach.explain.edits.routes import AssociateRouteTable, RemoveRoute, SetRoute
from vpcreach.explain.edits.transit import SetTransitGatewayRoute
from vpcreach.snapshot.snapshot import Snapshot

Edit = (
    SetRoute
    | RemoveRoute
    | AssociateRouteTable
    | AddRule
    | RemoveRule
    | AddEntry
    | RemoveEntry
    | AttachInternetGateway
    | NewInternetGateway
    | NewEgressOnlyInternetGateway
    | NewNatGateway
    | AddEndpointRoute
    | NewGatewayEndpoint
    | NewInterfaceEndpoint
    | NewSecurityGroup
    | AllowInEndpointPolicy
    | EnableVpcDns
    | SetFunctionSubnets
    | EnableFunctionIpv6
    | SetTransitGatewayRoute
    | ExcludeFromPublicAccessBlock
    | ExcludeFromEncryptionControl
)

__all__ = [
    "AddEndpointRoute",
    "AddEntry",
    "AddRule",
    "AllowInEndpointPolicy",
    "AssociateRouteTable",
    "AttachInternetGateway",
    "Cost",
    "Draft",
    "Edit",
    "EnableFunctionIpv6",
    "EnableVpcDns",
    "Entry",
    "ExcludeFromEncryptionControl",
    "ExcludeFromPublicAccessBlock",
    "NewEgressOnlyInternetGateway",
    "NewGatewayEndpoint",
    "NewInterfaceEndpoint",
    "NewInternetGateway",
    "NewNatGateway",
    "NewSecurityGroup",
    "RemoveEntry",
    "RemoveRoute",
    "RemoveRule",
    "Rule",
    "SetFunctionSubnets",
    "SetRoute",
    "SetTransitGatewayRoute",
    "apply",
]


def apply(snapshot: Snapshot, edits: Iterable[Edit]) -> Snapshot:
    """The snapshot as AWS would tell it after these edits in turn; raises UsageError for what cannot be done."""
    draft = Draft(snapshot)
    for edit in edits:
        edit.apply(draft)
    return draft.finished()
