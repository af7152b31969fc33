"""C16, B10: an interface that a route names as its next hop, asked directly: every state, every doubt, every field."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import pytest

from tests.unit.components.surroundings import ATOMS, FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.instance import Instance
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.forwarding import Arrival, Component, Deliver, Effect, Forward, Hop, Leg, Lookup, Note, Stop
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.snapshot import decoded

T = TypeVar("T")
ELSEWHERE = Forward("tgw-main")
BOX = {
    "NetworkInterfaceId": "eni-box",
    "VpcId": "vpc-main",
    "SubnetId": "subnet-box",
    "Status": "in-use",
    "SourceDestCheck": False,
    "Attachment": {"Status": "attached", "InstanceId": "i-box"},
    "Groups": [{"GroupId": "sg-box"}],
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "54.0.0.9"}}],
    "Ipv6Addresses": [{"Ipv6Address": "2600::9"}],
}
UNVERIFIED = (Effect.UNKNOWN, "APPLIANCE_FORWARDING_UNVERIFIED", "eni-box", "")


def interface(**changes: object) -> NetworkInterface:
    return decoded(json.dumps(BOX | changes).encode(), NetworkInterface, "")


def instance(state: str | None = "running", *interfaces: str) -> Instance:
    listed = [{"NetworkInterfaceId": each} for each in interfaces]
    record = {"InstanceId": "i-box", "State": {"Name": state}, "NetworkInterfaces": listed}
    return decoded(json.dumps(record).encode(), Instance, "")


@dataclass(frozen=True)
class Table(Thing):
    """A route table with one route, or a subnet that sends everything to its table."""

    then: Forward | Lookup | Deliver = ELSEWHERE
    destination: str = "0.0.0.0/0"

    def forward(self, arrival: Arrival, around: Any) -> list[Hop]:
        packets = arrival.packets
        if packets.family is Family.IPV6:
            return [Hop(packets, self.then)]
        return [Hop(packets.with_destination(packets.destination & AddressSet.parse(self.destination)), self.then)]

    answer = forward


class Around(FakeSurroundings):
    """The subnet of the interface, its table, and the other interfaces of the snapshot."""

    def __init__(self, *components: Component, table: Table | Note | None = None, trusts: bool = False) -> None:
        subnet = Table("subnet-box", "subnet", then=Lookup("rtb-box"))
        super().__init__([subnet, instance(), *components])
        self.listed = [each for each in components if isinstance(each, NetworkInterface)]
        self.table = Table("rtb-box", "route_table") if table is None else table
        self.trusts_appliances = trusts

    def every(self, kind: type[T]) -> Sequence[T]:
        return [each for each in self.listed if isinstance(each, kind)]

    def route_table_of(self, subnet_id: str) -> Component | Note:
        assert subnet_id == "subnet-box"
        return self.table


def packets(destination: str = "198.51.100.0/24") -> Arrival:
    arrival = arrival_of(function_in("subnet-app"))
    return msgspec.structs.replace(arrival, packets=arrival.packets.with_destination(AddressSet.parse(destination)))


def told(notes: Sequence[Note]) -> list[tuple[Effect, str, str, str]]:
    return [(note.effect, note.code, note.component, note.entry) for note in notes]


@pytest.mark.parametrize(
    ("changes", "state", "expected"),
    [
        ({"Status": "available"}, "running", (Effect.FAIL, "BAD_STATE", "eni-box", "Status")),
        ({"Status": "detaching"}, "running", (Effect.FAIL, "BAD_STATE", "eni-box", "Status")),
        ({"Status": "attaching"}, "running", (Effect.UNKNOWN, "BAD_STATE", "eni-box", "Status")),
        ({"Attachment": {"Status": "detaching"}}, "running", (Effect.FAIL, "BAD_STATE", "eni-box", "Attachment")),
        ({"Attachment": {"Status": "detached"}}, "running", (Effect.FAIL, "BAD_STATE", "eni-box", "Attachment")),
        ({}, "shutting-down", (Effect.FAIL, "BAD_STATE", "i-box", "State")),
        ({}, "terminated", (Effect.FAIL, "BAD_STATE", "i-box", "State")),
        ({}, "stopping", (Effect.FAIL, "BAD_STATE", "i-box", "State")),
        ({}, "stopped", (Effect.FAIL, "BAD_STATE", "i-box", "State")),
        ({}, "pending", (Effect.UNKNOWN, "BAD_STATE", "i-box", "State")),
        ({}, None, (Effect.UNKNOWN, "BAD_STATE", "i-box", "State")),
        (
            {"SourceDestCheck": True},
            "running",
            (Effect.FAIL, "ENI_SOURCE_DEST_CHECK_RESTRICTION", "eni-box", "SourceDestCheck"),
        ),
        ({"SourceDestCheck": None}, "running", (Effect.UNKNOWN, "UNKNOWN_RESOURCE", "eni-box", "SourceDestCheck")),
    ],
)
def test_c16_what_stops_packets_at_an_interface_names_the_entry(
    changes: dict[str, object], state: str | None, expected: tuple[Effect, str, str, str]
) -> None:
    (hop,) = interface(**changes).forward(packets(), Around(instance(state)))
    assert told(hop.notes) == [expected, UNVERIFIED]


def test_c16_an_interface_of_no_instance_has_no_state_but_its_own() -> None:
    for attachment in (None, {"Status": "attached"}):
        (hop,) = interface(Attachment=attachment).forward(packets(), Around())
        assert told(hop.notes) == [UNVERIFIED]


def test_c16_what_stands_for_an_instance_and_tells_no_state_is_undecided() -> None:
    (hop,) = interface().forward(packets(), Around(Thing("i-box", "instance")))
    assert told(hop.notes) == [(Effect.UNKNOWN, "BAD_STATE", "i-box", "State"), UNVERIFIED]


@pytest.mark.parametrize("trusts", [False, True])
def test_b10_a_machine_that_inspects_is_a_middlebox_and_unverified_or_provisional(trusts: bool) -> None:
    arrival = packets()
    (hop,) = interface().forward(arrival, Around(trusts=trusts))
    assert told(hop.notes) == [(Effect.ADVICE if trusts else Effect.UNKNOWN, *UNVERIFIED[1:])]
    assert hop == Hop(
        arrival.packets,
        Lookup("subnet-box"),
        "appliance",
        hop.notes,
        is_middlebox=True,
        is_unverified=not trusts,
        is_provisional=trusts,
    )


@pytest.mark.parametrize("trusts", [False, True])
def test_c16_what_its_table_sends_to_an_internet_gateway_it_translates_and_the_rest_it_passes_on(trusts: bool) -> None:
    table = Table("rtb-box", "route_table", then=Forward("igw-main"), destination="198.51.100.0/25")
    translated, passed = interface().forward(packets(), Around(table=table, trusts=trusts))
    assert (str(translated.packets.destination), translated.then) == ("198.51.100.0/25", Lookup("subnet-box"))
    assert (str(passed.packets.destination), passed.is_middlebox) == ("198.51.100.128/25", True)
    sender = translated.sender
    assert sender is not None
    assert (sender.component, sender.kind, sender.vpc_id) == ("eni-box", "network_interface", "vpc-main")
    assert (sender.subnet_id, sender.groups) == ("subnet-box", frozenset({"sg-box"}))
    assert (sender.public_addresses, str(translated.source)) == (("54.0.0.9",), "10.0.0.9")
    assert (translated.is_unverified, translated.is_provisional) == (not trusts, trusts)
    assert not translated.is_middlebox


def test_b8_what_is_inside_its_subnet_is_passed_on_whatever_the_table_says() -> None:
    subnet = Table("subnet-box", "subnet", then=Deliver("subnet-box"))
    table = Table("rtb-box", "route_table", then=Forward("igw-main"))
    (hop,) = interface().forward(packets(), Around(subnet, table=table))
    assert (hop.then, hop.is_middlebox) == (Lookup("subnet-box"), True)


def test_b8_its_own_address_is_delivered_and_nothing_else_happens() -> None:
    (hop,) = interface(SourceDestCheck=True, Status="available").forward(packets("10.0.0.9/32"), Around())
    assert (hop.then, hop.notes) == (Deliver("subnet-box"), ())


def test_k5_an_unread_table_or_subnet_leaves_it_undecided_with_all_that_is_known() -> None:
    unread = FakeSurroundings().component("subnet-box")
    assert isinstance(unread, Note)
    checked = interface(SourceDestCheck=True)
    check = (Effect.FAIL, "ENI_SOURCE_DEST_CHECK_RESTRICTION", "eni-box", "SourceDestCheck")
    (hop,) = checked.forward(packets(), Around(table=unread))
    assert (hop.then, hop.detail, hop.notes[-1]) == (Stop(), "appliance", unread)
    assert told(hop.notes)[:-1] == [check, UNVERIFIED]


def test_c16_a_machine_with_other_interfaces_is_undecided_whichever_file_tells_them() -> None:
    other = interface(NetworkInterfaceId="eni-out")
    stranger = interface(NetworkInterfaceId="eni-else", Attachment={"InstanceId": "i-else"})
    loose = interface(NetworkInterfaceId="eni-loose", Attachment=None)
    by_instance = Around(instance("running", "eni-box", "eni-out"))
    for around in (by_instance, Around(interface(), other, stranger, loose)):
        assert interface().other_arms(around) == ("eni-out",)
        arrival = packets()
        (hop,) = interface().forward(arrival, around)
        assert (hop.packets, hop.then, hop.detail) == (arrival.packets, Stop(), "appliance")
        assert told(hop.notes) == [UNVERIFIED]
        assert "eni-out" in hop.notes[0].message
    assert interface(Attachment=None).other_arms(Around(loose)) == ()
    assert interface().other_arms(Around(interface())) == ()
    assert interface().other_arms(Around(Thing("i-box", "instance"))) == ()


def test_b10_answers_pass_the_machine_that_saw_the_packets_and_no_other() -> None:
    arrival = arrival_of(function_in("subnet-app"), leg=Leg.BACK)
    (lost,) = interface().forward(arrival, Around())
    assert (lost.packets, lost.then, lost.detail) == (arrival.packets, Stop(), "answers")
    assert told(lost.notes) == [(Effect.UNKNOWN, "ASYMMETRIC_MIDDLEBOX_ROUTE", "eni-box", "")]
    assert "eni-box" in lost.notes[0].message
    crossed = msgspec.structs.replace(arrival, has_crossed=("eni-else", "eni-box"))
    (hop,) = interface().forward(crossed, Around())
    assert hop == Hop(arrival.packets, Lookup("subnet-box"), "answers, appliance", is_middlebox=True)


def test_h12_every_address_and_delegated_block_is_its_own() -> None:
    mine = interface(
        PrivateIpAddresses=[{"PrivateIpAddress": "10.0.0.9"}, {}, {"PrivateIpAddress": "10.0.0.11"}],
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.0.32/28"}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2600:0:0:1::/80"}],
    )
    assert mine.addresses(Family.IPV4) == AddressSet.parse("10.0.0.9", "10.0.0.11", "10.0.0.32/28")
    assert mine.addresses(Family.IPV6) == AddressSet.parse("2600::9", "2600:0:0:1::/80")
    assert str(interface(PrivateIpAddresses=[], PrivateIpAddress="10.0.0.7").addresses(Family.IPV4)) == "10.0.0.7"
    bare = interface(Ipv6Addresses=[], PrivateIpAddresses=[])
    assert [bare.addresses(family) for family in Family] == [AddressSet.empty(family) for family in Family]


def test_c16_ipv6_has_a_translated_source_of_its_own_family() -> None:
    everywhere, ports = AddressSet.parse("::/0"), ATOMS.mask(6)
    arrival = packets()
    ipv6 = msgspec.structs.replace(
        arrival.packets, family=Family.IPV6, source=everywhere, destination=everywhere, destination_ports=ports
    )
    around = Around(table=Table("rtb-box", "route_table", then=Forward("igw-main")))
    own, translated = interface().forward(msgspec.structs.replace(arrival, packets=ipv6), around)
    assert (own.then, str(own.packets.destination)) == (Deliver("subnet-box"), "2600::9")
    assert str(translated.source) == "2600::9"


def test_b2_an_instance_that_lists_no_interface_names_the_entry() -> None:
    arrival = packets()
    (hop,) = instance().forward(arrival, FakeSurroundings())
    assert (hop.packets, hop.then, hop.detail) == (arrival.packets, Stop(), "instance")
    assert told(hop.notes) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", "i-box", "NetworkInterfaces")]
    (onwards,) = instance("running", "eni-box").forward(arrival, FakeSurroundings())
    assert onwards == Hop(arrival.packets, Forward("eni-box"))
