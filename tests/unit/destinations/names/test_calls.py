"""What a collection asks for: every group, list, zone and profile that a VPC or one of its profiles names."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.estates.names import allows, blocks
from vpcreach.destinations.name_resolution import CALLS
from vpcreach.snapshot.call import Place

HOME = Place("111122223333", "eu-west-1")


def drawn() -> Estate:
    estate = Estate()
    estate.vpc("main", "10.0.0.0/16")
    estate.dns_firewall("own", blocks("a.example"))
    estate.dns_firewall("shared", allows("b.example"), vpcs=())
    estate.private_zone("corp.example", {"db": "10.0.0.9"})
    estate.private_zone("shared.example", {"db": "10.0.0.9"}, vpcs=())
    estate.private_zone("sqs.eu-west-1.amazonaws.com", service="vpce.amazonaws.com")
    estate.profile("hub", "rslvr-frg-shared", "Z-shared.example")
    return estate


ASKED = {
    "ListProfileResourceAssociations": [("rp-hub",)],
    "ListFirewallRules": [("rslvr-frg-own",), ("rslvr-frg-shared",)],
    "ListFirewallDomains": [("rslvr-fdl-own-1",), ("rslvr-fdl-shared-1",)],
    "ListResourceRecordSets": [("Z-corp.example",), ("Z-shared.example",)],
}


@pytest.mark.item("I3", "I4", "I5")
@pytest.mark.parametrize("operation", ASKED)
def test_one_call_for_each_thing_that_is_named(operation: str) -> None:
    (call,) = [call for call in CALLS if call.operation == operation]
    assert call.each is not None
    assert list(call.each(snapshot_of(drawn()), HOME)) == ASKED[operation]
    assert list(call.each(snapshot_of(Estate()), HOME)) == []
