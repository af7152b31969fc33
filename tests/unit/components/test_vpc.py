"""VPCs: tenancy, local delivery, and the two DNS attributes."""

import msgspec
import pytest

from tests.estates.builder import Estate, allow
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from tests.unit.reach.worlds import (
    Change,
    asked,
    database,
    denied,
    egress,
    forgotten,
    gateway_endpoint,
    ingress,
    interface,
    main,
    record,
    unfinished,
    without,
)
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import COLLECTION_FAILED, Deliver, Effect, Hop, Note, Stop
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.snapshot.record import BlockState, Ipv4Cidr, Ipv6Association, Ipv6Cidr

VPCS = "ec2/describe-vpcs"
SUBNETS = "ec2/describe-subnets"
ATTRIBUTE = "ec2/describe-vpc-attribute"

TENANCY = [
    pytest.param((record("vpc-main", InstanceTenancy="default"),), "reachable", id="A10-default"),
    pytest.param(
        (record("vpc-main", InstanceTenancy="dedicated"),), "blocked VPC_DEDICATED_TENANCY", id="A10-dedicated"
    ),
    pytest.param((record("vpc-main", InstanceTenancy="host"),), "blocked VPC_DEDICATED_TENANCY", id="A10-host"),
    pytest.param((without(VPCS),), "unknown UNKNOWN_RESOURCE", id="A10-file-absent"),
    pytest.param((denied(VPCS),), "unknown UNKNOWN_RESOURCE", id="A10-call-denied"),
    pytest.param((forgotten("vpc-main"),), "unknown UNKNOWN_RESOURCE", id="A10-id-not-in-the-file"),
    pytest.param((forgotten("vpc-main"), unfinished(VPCS)), "unknown UNKNOWN_RESOURCE", id="A10-pages-are-missing"),
    pytest.param(
        (forgotten("vpc-main"), egress()), "blocked SG_HAS_NO_RULES UNKNOWN_RESOURCE", id="K6-unread-and-nothing-leaves"
    ),
]


@pytest.mark.parametrize(("changes", "expected"), TENANCY)
def test_the_tenancy_of_the_functions_vpc(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("internet", *changes).split()
    assert [answer[0], *sorted(answer[1:])] == expected.split()


def test_a_dedicated_vpc_stops_even_what_is_in_it_a10() -> None:
    dedicated = record("vpc-main", InstanceTenancy="dedicated")
    assert asked("rds:orders-db", database(), dedicated) == "blocked VPC_DEDICATED_TENANCY"
    assert asked("169.254.169.253:53/udp", dedicated) == "blocked VPC_DEDICATED_TENANCY"


LOCAL = [
    pytest.param("10.0.2.50:5432", (), "reachable", id="B7-an-interface-in-another-subnet"),
    pytest.param("10.0.9.9:5432", (), "blocked NO_POSSIBLE_DESTINATION", id="B7-no-subnet-holds-the-address"),
    pytest.param(
        "10.0.9.9:5432", (unfinished(SUBNETS),), "unknown COLLECTION_FAILED", id="B7-a-subnet-on-another-page"
    ),
    pytest.param(
        "10.0.9.9:5432",
        (lambda e: e.narrowed(SUBNETS, ["other"]),),
        "unknown COLLECTION_FAILED",
        id="B7-subnets-of-other-vpcs-only",
    ),
    pytest.param(
        "10.0.2.50:5432",
        (forgotten("subnet-data-a"), unfinished(SUBNETS)),
        "unknown COLLECTION_FAILED",
        id="B7-its-subnet-on-another-page",
    ),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), LOCAL)
def test_local_delivery(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, interface(), *changes).replace(" UNKNOWN_DESTINATION", "") == expected


def block(state: str) -> Change:
    """A second block of the VPC, of public addresses."""

    def change(estate: Estate) -> None:
        held = {"AssociationId": "second", "CidrBlock": "93.184.0.0/16", "CidrBlockState": {"State": state}}
        estate["vpc-main"]["CidrBlockAssociationSet"].append(held)

    return change


def test_only_an_associated_block_is_the_vpcs_b7() -> None:
    assert asked("93.184.216.34:443", block("disassociated")) == "reachable"
    assert asked("93.184.216.34:443", block("associated")) == "unknown UNKNOWN_DESTINATION"


RESOLVER = ["169.254.169.253:53/udp", "169.254.169.253:53", "10.0.0.2:53/udp"]


@pytest.mark.parametrize("resolver", RESOLVER, ids=lambda value: f"A22-{value}")
def test_the_resolver_needs_no_group_no_route_and_no_acl(resolver: str) -> None:
    assert asked(resolver, egress(), denied("ec2/describe-route-tables")) == "reachable"


@pytest.mark.parametrize("resolver", RESOLVER, ids=lambda value: f"A22-off-{value}")
def test_without_dns_support_it_does_not_answer(resolver: str) -> None:
    assert asked(resolver, lambda e: main(e).set_dns(support=False)) == "blocked VPC_DNS_SUPPORT_DISABLED"
    assert asked(resolver, without(ATTRIBUTE)) == "unknown COLLECTION_FAILED"
    assert asked(resolver, denied(f"{ATTRIBUTE}/vpc-main.enableDnsSupport")) == "unknown COLLECTION_FAILED"


def test_the_resolver_of_ipv6_is_no_way_out_for_ipv4_functions_a22() -> None:
    assert asked("[fd00:ec2::253]:53/udp") == "blocked LAMBDA_IPV6_NOT_ENABLED"


LINK_LOCAL = [
    pytest.param("169.254.169.123:123/udp", "reachable", id="A22-time"),
    pytest.param("169.254.169.123:123", "blocked NO_POSSIBLE_DESTINATION", id="A22-time-is-udp"),
    pytest.param("169.254.169.254:80", "blocked NO_POSSIBLE_DESTINATION", id="A22-instance-metadata"),
    pytest.param("169.254.170.2:80", "blocked NO_POSSIBLE_DESTINATION", id="A22-never-forwarded"),
    pytest.param("169.254.171.9:443", "unknown UNSUPPORTED_COMPONENT", id="F10-vpc-lattice"),
]


@pytest.mark.parametrize(("destination", "expected"), LINK_LOCAL)
def test_link_local_services(destination: str, expected: str) -> None:
    assert asked(destination) == expected


NAMES = ["s3", "dynamodb", "service:sqs", "sqs.us-east-1.amazonaws.com", "rds:orders-db"]


@pytest.mark.parametrize("destination", NAMES, ids=lambda value: f"A22-name-{value}")
def test_no_name_resolves_without_dns_support(destination: str) -> None:
    off = database(), gateway_endpoint(), lambda e: main(e).set_dns(support=False)
    assert asked(destination, *off) == "blocked VPC_DNS_SUPPORT_DISABLED"


def test_an_address_needs_no_dns_a22() -> None:
    open_data = ingress(allow("tcp", 5432, "10.0.1.0/24"))
    assert asked("10.0.2.50:5432", interface(), open_data, lambda e: main(e).set_dns(support=False)) == "reachable"
    assert asked("internet", without(ATTRIBUTE)) == "reachable"


@pytest.mark.item("B7")
def test_a_record_without_associations_has_the_block_that_it_names() -> None:
    vpc = Vpc(vpc_id="vpc-1", cidr_block=Ipv4Cidr("10.0.0.0/16"))
    assert vpc.cidrs(Family.IPV4) == AddressSet.parse("10.0.0.0/16")
    assert not Vpc(vpc_id="vpc-1").cidrs(Family.IPV4)
    assert not vpc.cidrs(Family.IPV6)


@pytest.mark.item("A10")
@pytest.mark.parametrize(
    ("tenancy", "effect"),
    [("default", None), ("dedicated", Effect.FAIL), ("host", Effect.FAIL), ("tomorrow", Effect.UNKNOWN)],
)
def test_a_tenancy_that_takes_no_functions_names_the_entry(tenancy: str, effect: Effect | None) -> None:
    notes = Vpc(vpc_id="vpc-main", instance_tenancy=tenancy).tenancy_notes()
    expected = [(effect, "VPC_DEDICATED_TENANCY", "vpc-main", "InstanceTenancy")] if effect else []
    assert [(note.effect, note.code, note.component, note.entry) for note in notes] == expected


class Subnets(FakeSurroundings):
    """A VPC with one subnet; `unlisted` says why others may be missing, `owner` is an interface at 10.0.9.9."""

    def __init__(self, unlisted: Note | None = None, owner: NetworkInterface | None = None) -> None:
        super().__init__()
        self.unlisted, self.owner = unlisted, owner

    def subnets_are_known(self, vpc_id: str) -> Note | None:
        return self.unlisted

    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        first, last = AddressSet.parse("10.0.1.0/24").intervals[0]
        return AddressMap.paint(family, [(first, last, "subnet-a")], None)

    def interface_at(self, vpc_id: str, family: Family, address: int) -> NetworkInterface | None:
        return self.owner if address == AddressSet.parse("10.0.9.9").intervals[0][0] else None


def locally(around: Subnets, *destination: str) -> list[Hop]:
    vpc = Vpc(vpc_id="vpc-main", cidr_block=Ipv4Cidr("10.0.0.0/16"))
    arrival = arrival_of(function_in("subnet-app"))
    packets = arrival.packets.with_destination(AddressSet.parse(*destination))
    return list(vpc.forward(msgspec.structs.replace(arrival, packets=packets), around))


@pytest.mark.item("B7", "B8")
def test_each_subnet_takes_its_part_and_what_is_in_none_is_named() -> None:
    left, taken = locally(Subnets(), "10.0.0.0/23")
    assert (str(taken.packets.destination), taken.then, taken.detail) == (
        "10.0.1.0/24",
        Deliver("subnet-a"),
        "to subnet-a",
    )
    assert (str(left.packets.destination), left.then, left.detail) == ("10.0.0.0/24", Stop(), "local")
    (note,) = left.notes
    assert (note.effect, note.code, note.component) == (Effect.FAIL, "NO_POSSIBLE_DESTINATION", "vpc-main")
    assert note.entry == "10.0.0.0/24"
    assert "in the address range of" in note.message
    ((other,),) = [hop.notes for hop in locally(Subnets(), "10.9.0.0/24")]
    assert "no address of" in other.message


@pytest.mark.item("B7", "K5")
def test_what_may_be_in_a_subnet_that_cannot_be_read_is_undecided() -> None:
    unlisted = COLLECTION_FAILED.unknown("vpc-main", "", "not collected")
    (hop,) = locally(Subnets(unlisted), "10.0.9.0/24")
    assert (str(hop.packets.destination), hop.then, hop.detail, hop.notes) == (
        "10.0.9.0/24",
        Stop(),
        "local",
        (unlisted,),
    )
    owner = NetworkInterface(network_interface_id="eni-x", subnet_id="subnet-unread")
    (hop,) = locally(Subnets(owner=owner), "10.0.8.8", "10.0.9.9")
    assert [(note.effect, note.component) for note in hop.notes] == [(Effect.UNKNOWN, "subnet-unread")]
    nowhere = Subnets(owner=NetworkInterface(network_interface_id="eni-x"))
    for around, address in ((Subnets(owner=owner), "10.0.8.8"), (nowhere, "10.0.9.9")):
        ((note,),) = [hop.notes for hop in locally(around, address)]
        assert note.effect is Effect.FAIL


@pytest.mark.item("B7")
def test_only_associated_blocks_of_ipv6_are_the_vpcs() -> None:
    blocks = [
        ("2600:0:0:1::/64", "associated"),
        ("2600:0:0:2::/64", "associating"),
        ("2600:0:0:3::/64", "disassociated"),
    ]
    vpc = Vpc(
        vpc_id="vpc-1",
        ipv6_cidr_block_association_set=tuple(
            Ipv6Association(ipv6_cidr_block=Ipv6Cidr(block), ipv6_cidr_block_state=BlockState(state=state))
            for block, state in blocks
        ),
    )
    assert vpc.cidrs(Family.IPV6) == AddressSet.parse("2600:0:0:1::/64")
