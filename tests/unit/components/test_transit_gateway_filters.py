"""Network ACLs and security groups around a transit gateway."""

import pytest

from tests.estates.asking import ask
from tests.estates.builder import allow
from tests.estates.hub_and_spoke import DATABASE, HubAndSpoke, hub_and_spoke
from tests.unit.components.transit_worlds import Change, asked, options, record

# Network ACLs of attachment subnets


def acl(estate: str, vpc: str, subnet: str, direction: str, cidr: str) -> Change:
    """Denies one CIDR in one direction of a subnet's ACL, and lets all else through."""
    rules = [(90, "deny", "-1", None, None, cidr), (100, "allow", "-1", None, None, "0.0.0.0/0")]
    return lambda world: (
        getattr(world, estate)
        .drawn_vpc(vpc)
        .network_acl(f"{subnet}-{direction}", subnets=[subnet], **{direction: rules})
    )


FUNCTION, TARGET = "10.1.1.0/24", "10.2.1.0/24"
FILTERS = [
    ("here", "app", "app", "outbound", TARGET, "out"),
    ("here", "app", "app-transit", "inbound", FUNCTION, "out"),
    ("there", "data", "data-transit", "outbound", TARGET, "out"),
    ("there", "data", "db", "inbound", FUNCTION, "out"),
    ("there", "data", "db", "outbound", FUNCTION, "back"),
    ("there", "data", "data-transit", "inbound", TARGET, "back"),
    ("here", "app", "app-transit", "outbound", FUNCTION, "back"),
    ("here", "app", "app", "inbound", TARGET, "back"),
]


@pytest.mark.item("E10")
@pytest.mark.parametrize(("estate", "vpc", "subnet", "direction", "cidr", "leg"), FILTERS)
def test_eight_checks_between_two_vpcs(estate: str, vpc: str, subnet: str, direction: str, cidr: str, leg: str) -> None:
    world = hub_and_spoke()
    acl(estate, vpc, subnet, direction, cidr)(world)
    answer = ask(world.files(), DATABASE)
    assert [(note.code, note.leg.value) for note in answer.blockers] == [("SUBNET_ACL_RESTRICTION", leg)]


UNFILTERED = [
    ("here", "app", "app-transit", "outbound", TARGET),
    ("here", "app", "app-transit", "inbound", TARGET),
    ("there", "data", "data-transit", "inbound", FUNCTION),
    ("there", "data", "data-transit", "outbound", FUNCTION),
]


@pytest.mark.item("E10")
@pytest.mark.parametrize(("estate", "vpc", "subnet", "direction", "cidr"), UNFILTERED)
def test_nothing_else_of_the_attachment_subnet_counts(
    estate: str, vpc: str, subnet: str, direction: str, cidr: str
) -> None:
    assert asked(DATABASE, acl(estate, vpc, subnet, direction, cidr)) == "reachable"


def in_one_subnet(world: HubAndSpoke) -> None:
    """The attachment's interface and the function share a subnet."""
    world.here["vpc-attachment:app"]["SubnetIds"] = ["subnet-app"]


SAME_SUBNET = [
    ("outbound", TARGET, "blocked SUBNET_ACL_RESTRICTION"),
    ("inbound", FUNCTION, "blocked SUBNET_ACL_RESTRICTION"),
    ("inbound", TARGET, "reachable"),
    ("outbound", FUNCTION, "reachable"),
]


@pytest.mark.item("E10")
@pytest.mark.parametrize(("direction", "cidr", "expected"), SAME_SUBNET)
def test_in_the_attachments_own_subnet_the_acl_counts_on_the_way_in_alone(
    direction: str, cidr: str, expected: str
) -> None:
    assert asked(DATABASE, in_one_subnet, acl("here", "app", "app", direction, cidr)) == expected


@pytest.mark.item("G6", "E10")
def test_what_stops_packets_at_the_gateway_says_nothing_of_an_acl_that_answers_might_not_meet() -> None:
    def stopped(world: HubAndSpoke) -> None:
        in_one_subnet(world)
        world.hub.route("spokes", "10.2.1.0/24", "blackhole")
        acl("here", "app", "app", "inbound", TARGET)(world)

    assert asked(DATABASE, stopped) == "blocked TGW_RTB_BAD_STATE_ROUTE"


# Groups


REFERENCING = {"db_rules": ("111122223333/sg-app",), "referencing": True}


@pytest.mark.item("D6")
def test_inbound_rules_may_name_groups_where_gateway_and_both_attachments_allow_it() -> None:
    assert asked(DATABASE, **REFERENCING) == "reachable"
    assert asked(DATABASE, **REFERENCING | {"referencing": False}) == "blocked SG_REFERENCING_SUPPORT"
    for attachment in ("app", "data"):
        off = options(attachment, SecurityGroupReferencingSupport="disable")
        assert asked(DATABASE, off, **REFERENCING) == "blocked SG_REFERENCING_SUPPORT"
        assert asked(DATABASE, off) == "reachable"


@pytest.mark.item("D6")
def test_an_option_that_nobody_tells_leaves_references_undecided() -> None:
    def untold(world: HubAndSpoke) -> None:
        del world.there["vpc-attachment:data"]["Options"]["SecurityGroupReferencingSupport"]

    assert asked(DATABASE, untold, **REFERENCING) == "unknown SG_REFERENCING_SUPPORT"
    # What is known to be off settles it, whatever else is not told.
    off = options("app", SecurityGroupReferencingSupport="disable")
    assert asked(DATABASE, untold, off, **REFERENCING) == "blocked SG_REFERENCING_SUPPORT"
    hub_untold = record("tgw-hub", Options={})
    assert asked(DATABASE, hub_untold, off, **REFERENCING) == "blocked SG_REFERENCING_SUPPORT"
    assert asked(DATABASE, untold) == "reachable"


@pytest.mark.item("D6")
@pytest.mark.parametrize("subnet", ["subnet-app-transit", "subnet-data-transit"])
def test_one_zone_of_virginia_knows_no_references(subnet: str) -> None:
    def there(world: HubAndSpoke) -> None:
        for estate in (world.here, world.there):
            for each in estate.reply("ec2/describe-subnets")["Subnets"]:
                each["AvailabilityZoneId"] = "use1-az3"

    def elsewhere(world: HubAndSpoke) -> None:
        there(world)
        for estate in (world.here, world.there):
            for each in estate.reply("ec2/describe-subnets")["Subnets"]:
                each["AvailabilityZoneId"] = "use1-az1"

    assert asked(DATABASE, there, **REFERENCING) == "blocked SG_REFERENCING_SUPPORT"
    assert asked(DATABASE, elsewhere, **REFERENCING) == "reachable"


@pytest.mark.item("D6")
def test_outbound_rules_that_name_groups_match_nothing_behind_a_gateway() -> None:
    def by_group(world: HubAndSpoke) -> None:
        world.app.set_rules("app", egress=[allow("tcp", 5432, "sg-db")])

    assert asked(DATABASE, by_group, referencing=True, accounts=1) == "blocked SG_REFERENCING_SUPPORT"


def endpoint(*peers: str) -> Change:
    """An interface endpoint `eni-vpce-sqs-db` in the data VPC, behind a group that admits these."""

    def change(world: HubAndSpoke) -> None:
        data = world.there.drawn_vpc("data")
        data.security_group("endpoint", ingress=[allow("tcp", 443, *peers)])
        data.interface_endpoint("sqs", service="sqs", subnets=["db"], groups=["endpoint"])

    return change


@pytest.mark.item("D6")
@pytest.mark.parametrize("destination", ["eni-vpce-sqs-db:443", "10.2.1.0/24:443", "sg-endpoint:443"])
def test_rules_of_an_endpoint_that_name_the_functions_group_match_nothing_behind_a_gateway(destination: str) -> None:
    by_group, by_range = endpoint("111122223333/sg-app"), endpoint("10.1.1.0/24")
    assert "SG_REFERENCING_SUPPORT" in asked(destination, by_group, **REFERENCING)
    assert not asked(destination, by_group, **REFERENCING).startswith("reachable")
    assert "SG_REFERENCING_SUPPORT" not in asked(destination, by_range, **REFERENCING)


@pytest.mark.item("D6", "F14")
def test_an_endpoint_of_the_hub_that_a_zone_names_knows_no_groups_either() -> None:
    def zone(world: HubAndSpoke) -> None:
        address = world.there["eni-vpce-sqs-db"]["PrivateIpAddress"]
        world.here.private_zone("sqs.eu-west-1.amazonaws.com", {"": address}, vpcs=("app",))

    by_group = endpoint("111122223333/sg-app")
    assert asked("service:sqs", by_group, zone, **REFERENCING) == "blocked SG_REFERENCING_SUPPORT"
    assert asked("service:sqs", endpoint("10.1.1.0/24"), zone, **REFERENCING) == "reachable"
