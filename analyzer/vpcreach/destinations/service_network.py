"""Service networks of VPC Lattice: which one a VPC is associated with, and what else may lead into one.

Modelled: the association's status and groups, whether the network asks for authorization; endpoints of service
networks, whose interfaces may answer in place of the association (undecided).
Not modelled: auth policies (undecided).
Source: VPC Lattice User Guide, "Manage the associations for a VPC Lattice service network" (semantics F10).
Checked: tests/unit/destinations/test_lattice.py.
"""

from collections.abc import Iterable

from vpcreach.components.vpc import DESCRIBE_VPCS, Vpc
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.forwarding import BAD_STATE, COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note, Reason, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html"
NO_SERVICE_NETWORK = Reason("UNASSOCIATED_COMPONENT", "associate the VPC with a service network of the service", PAGE)
AUTH_POLICY_NOT_EVALUATED = Reason(
    "AUTH_POLICY_NOT_EVALUATED",
    "read the auth policy by hand: it must allow vpc-lattice-svcs:Invoke to the function's role",
    "https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html",
)
ACTIVE = "ACTIVE"


class ServiceNetwork(CamelRecord, frozen=True):
    arn: str = ""
    name: str | None = None


class ListServiceNetworks(CamelReply, frozen=True):
    items: tuple[ServiceNetwork, ...] = ()


class GetServiceNetwork(CamelReply, frozen=True):
    arn: str = ""
    auth_type: str | None = None


class VpcAssociation(CamelRecord, frozen=True):
    id: str = ""
    status: str | None = None


class ListServiceNetworkVpcAssociations(CamelReply, frozen=True):
    items: tuple[VpcAssociation, ...] = ()


class GetServiceNetworkVpcAssociation(CamelReply, frozen=True):
    id: str = ""
    status: str | None = None
    service_network_arn: str = ""
    security_group_ids: tuple[str, ...] = ()


def _vpcs(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    reply = snapshot.read(DESCRIBE_VPCS, place).value
    return [(vpc.id,) for vpc in (reply.vpcs if reply else ())]


def _associations(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    replies = [
        snapshot.read(LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS, place, each).value for each in _vpcs(snapshot, place)
    ]
    return [(item.id,) for reply in replies if reply is not None for item in reply.items if item.id]


def networks(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    """The ARNs of the service networks of a place, one an argument list: ids are known to their owner alone."""
    reply = snapshot.read(LIST_SERVICE_NETWORKS, place).value
    return [(item.arn,) for item in (reply.items if reply else ()) if item.arn]


LIST_SERVICE_NETWORKS = Call("vpc-lattice", "ListServiceNetworks", ListServiceNetworks, holds="items")
GET_SERVICE_NETWORK = Call(
    "vpc-lattice",
    "GetServiceNetwork",
    GetServiceNetwork,
    holds="arn",
    arguments=("serviceNetworkIdentifier",),
    each=networks,
)
LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS = Call(
    "vpc-lattice",
    "ListServiceNetworkVpcAssociations",
    ListServiceNetworkVpcAssociations,
    holds="items",
    arguments=("vpcIdentifier",),
    each=_vpcs,
)
GET_SERVICE_NETWORK_VPC_ASSOCIATION = Call(
    "vpc-lattice",
    "GetServiceNetworkVpcAssociation",
    GetServiceNetworkVpcAssociation,
    holds="status",
    arguments=("serviceNetworkVpcAssociationIdentifier",),
    each=_associations,
)
CALLS = (
    LIST_SERVICE_NETWORKS,
    GET_SERVICE_NETWORK,
    LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS,
    GET_SERVICE_NETWORK_VPC_ASSOCIATION,
)


def status_notes(thing: str, status: str | None) -> list[Note]:
    """What the status of a thing of Lattice means: nothing where it is active, a blocker where it never was.

    A change or removal that failed leaves something behind, of which nobody tells whether it works.
    """
    if status == ACTIVE:
        return []
    message = f"{thing} is {status or 'in a state the reply does not tell'}, not {ACTIVE}"
    if status == "CREATE_FAILED":
        return [BAD_STATE.fail(thing, "status", message)]
    return [BAD_STATE.unknown(thing, "status", message, resolve="collect again when it is settled")]


def authorization_notes(thing: str, auth_type: str | None) -> list[Note]:
    """Nothing where requests need no authorization; a policy that may refuse them is not read."""
    if auth_type == "NONE":
        return []
    message = f"{thing} has the auth type {auth_type or 'that the reply does not tell'}: its policy may refuse requests"
    return [AUTH_POLICY_NOT_EVALUATED.unknown(thing, "authType", message)]


def home_of(vpc_id: str, around: Surroundings) -> Place:
    """Where everything of a VPC is told: at its owner's, if that account is collected."""
    own = around.place_of(vpc_id)
    vpc = around.component(vpc_id)
    owner = vpc.owner_id if isinstance(vpc, Vpc) and vpc.owner_id else own.account
    return Place(owner, own.region) if Place(owner, own.region) in around.places() else own


def association_of(vpc_id: str, around: Surroundings) -> GetServiceNetworkVpcAssociation | Note:
    """The VPC's association with a service network; a blocker where it has none, or why that is not known."""
    home = home_of(vpc_id, around)
    listed = around.read(LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS, home, (vpc_id,))
    found = listed.value.items if listed.value is not None else ()
    if len(found) > 1:
        message = f"{vpc_id} has {len(found)} service network associations, and which of them counts is not known"
        return UNSUPPORTED_COMPONENT.unknown(vpc_id, LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS.action, message)
    if found:
        reading = around.read(GET_SERVICE_NETWORK_VPC_ASSOCIATION, home, (found[0].id,))
        if reading.value is not None and reading.is_complete:
            return reading.value
        message = f"{found[0].id}, the service network association of {vpc_id}, is not known: {reading.gap}"
        return COLLECTION_FAILED.unknown(found[0].id, GET_SERVICE_NETWORK_VPC_ASSOCIATION.action, message)
    vpc = around.component(vpc_id)
    is_owners = isinstance(vpc, Vpc) and vpc.owner_id in (None, home.account)
    if not listed.is_complete or not is_owners:
        why = listed.gap or f"only its owner, account {getattr(vpc, 'owner_id', None) or 'unknown'}, can list them"
        message = f"whether {vpc_id} is associated with a service network is not known: {why}"
        return COLLECTION_FAILED.unknown(vpc_id, LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS.action, message)
    return NO_SERVICE_NETWORK.fail(vpc_id, "", f"{vpc_id} is associated with no service network of VPC Lattice")


def endpoint_doubt(vpc_id: str, around: Surroundings) -> Note | None:
    """Why names of services may lead to the interfaces of a service network endpoint instead, if they may."""
    unread = around.missing(DESCRIBE_VPC_ENDPOINTS, vpc_id)
    vpc = around.component(vpc_id)
    owner = vpc.owner_id if isinstance(vpc, Vpc) else None
    if unread is None and owner not in (None, home_of(vpc_id, around).account):
        message = f"{vpc_id} is shared by account {owner}, whose VPC endpoints only that account can list"
        unread = COLLECTION_FAILED.unknown(
            vpc_id, DESCRIBE_VPC_ENDPOINTS.action, message, resolve=f"collect from account {owner}"
        )
    if unread is not None:
        return unread
    mine = [e for e in around.every(VpcEndpoint) if e.vpc_id == vpc_id and e.is_of_service_network]
    if not mine:
        return None
    message = f"{mine[0].title} leads into a service network, and whether the service's name leads there is not known"
    resolve = "ask for the name that the endpoint's association gives the service"
    return UNSUPPORTED_COMPONENT.unknown(mine[0].id, "VpcEndpointType", message, resolve=resolve)
