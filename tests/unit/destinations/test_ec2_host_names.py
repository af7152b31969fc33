"""Public host names of instances: the private address at home and in an allowed peer, the public one elsewhere."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, asked, changed, main, without

pytestmark = pytest.mark.item("G4", "H17")

NAME = "ec2-52-10-0-1.eu-west-1.compute.amazonaws.com"


def web(vpc_name: str = "main", subnet: str = "data-a", address: str = "10.0.2.50") -> Change:
    """An interface with a public address, which admits private clients only."""

    def change(estate: Estate) -> None:
        vpc = estate.drawn_vpc(vpc_name)
        vpc.security_group("web", ingress=[allow("tcp", 443, "10.0.0.0/8")])
        vpc.network_interface("web", subnet=subnet, groups=["web"], address=address, public_ip="52.10.0.1")

    return change


def addresses(estate: Estate) -> str:
    """Where the packets for the name go."""
    return str(ask(estate, NAME).subnets[0].traces[0].packets.addresses)


def test_inside_its_own_vpc_the_name_means_the_private_address() -> None:
    estate = changed(web())
    assert addresses(estate) == "10.0.2.50"
    assert told(estate, NAME) == "reachable"


@pytest.mark.parametrize("off", ["hostnames", "support"])
def test_without_both_attributes_it_does_not(off: str) -> None:
    estate = changed(web(), lambda e: main(e).set_dns(**{off: False}))
    assert addresses(estate) == "52.10.0.1"
    assert ("VPC_DNS_SUPPORT_DISABLED" in told(estate, NAME)) is (off == "support")


def peered(*, resolve_dns: bool, hostnames: bool = True, status: str = "active") -> Change:
    """The instance in a peer `far` of the function's VPC."""

    def change(estate: Estate) -> None:
        far = estate.vpc("far", "10.9.0.0/16", dns_hostnames=hostnames)
        far.subnet("far-a", "10.9.1.0/24", az="a")
        main(estate).peering("far", far, resolve_dns=resolve_dns, status=status)
        web("far", "far-a", "10.9.1.50")(estate)

    return change


WHERE = [
    (peered(resolve_dns=True), "10.9.1.50", "allowed"),
    (peered(resolve_dns=False), "52.10.0.1", "not-allowed"),
    (peered(resolve_dns=True, hostnames=False), "52.10.0.1", "an-attribute-is-off"),
    (peered(resolve_dns=True, status="deleted"), "52.10.0.1", "the-peering-is-gone"),
]


@pytest.mark.parametrize(("change", "expected"), [pytest.param(c, e, id=f"G4-{i}") for c, e, i in WHERE])
def test_in_a_peer_the_owners_side_decides(change: Change, expected: str) -> None:
    assert addresses(changed(change)) == expected


def test_only_the_owners_side_counts() -> None:
    def one_sided(mine: bool, theirs: bool) -> Change:
        def change(estate: Estate) -> None:
            peered(resolve_dns=False)(estate)
            record = estate["pcx-far"]
            for side, allows in (("RequesterVpcInfo", mine), ("AccepterVpcInfo", theirs)):
                record[side]["PeeringOptions"] = {"AllowDnsResolutionFromRemoteVpc": allows}

        return change

    assert addresses(changed(one_sided(mine=True, theirs=False))) == "52.10.0.1"
    assert addresses(changed(one_sided(mine=False, theirs=True))) == "10.9.1.50"


def test_options_that_the_reply_does_not_tell_leave_the_name_open_k5() -> None:
    def untold(estate: Estate) -> None:
        del estate["pcx-far"]["AccepterVpcInfo"]["PeeringOptions"]

    assert told(changed(peered(resolve_dns=True), untold), NAME) == "unknown COLLECTION_FAILED"
    peerings = without("ec2/describe-vpc-peering-connections")
    assert told(changed(peered(resolve_dns=True), peerings), NAME) == "unknown COLLECTION_FAILED"


def test_a_rule_for_every_name_leaves_ec2s_names_alone() -> None:
    rule: Change = lambda e: e.resolver_rule("all", "")  # noqa: E731
    assert told(changed(web(), rule), NAME) == "reachable"
    longer: Change = lambda e: e.resolver_rule("ec2", "eu-west-1.compute.amazonaws.com")  # noqa: E731
    assert told(changed(web(), longer), NAME) == "unknown DNS_FORWARDED"


def test_a_name_of_an_instance_that_no_file_tells_stays_open_h17() -> None:
    assert asked("ec2-52-99-0-1.eu-west-1.compute.amazonaws.com").startswith("unknown")
