"""G9: what a firewall's rules say, read directly: addresses, ports, order, what is sure and what is not."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.components.surroundings import FakeSurroundings
from vpcreach.components.network_firewall import rules as reading
from vpcreach.components.network_firewall.records import MatchAttributes, RuleGroup, StatefulRule
from vpcreach.components.network_firewall.rules import Rule, fates, port_ranges_of, stateful, stateless
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet, Side
from vpcreach.packets.ports import ICMP, TCP, UDP, PortAtoms
from vpcreach.snapshot.snapshot import decoded

ATOMS = PortAtoms([(each, first, last) for each in (TCP, UDP) for first, last in ((80, 80), (443, 443), (8000, 8080))])
EVERY = ATOMS.everything
WEB = ATOMS.mask(TCP, 443, 443)
OPTIONS, ABOVE = "FIREWALL_UNSUPPORTED_RULE_OPTIONS", "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"
GROUP_TYPE = "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"


class Around(FakeSurroundings):
    @property
    def atoms(self) -> PortAtoms:
        return ATOMS


def connection(source: str = "10.0.1.0/24", destination: str = "198.51.100.0/24", ports: int = WEB) -> PacketSet:
    clients = ATOMS.mask(UDP, 8081) if not ports & ATOMS.mask(TCP) else ATOMS.mask(TCP, 8081)
    ends = AddressSet.parse(source), AddressSet.parse(destination)
    return PacketSet(ends[0].family, ends[0], clients, ends[1], ports)


def header(**more: str) -> dict[str, str]:
    plain = {"Source": "ANY", "SourcePort": "ANY", "Destination": "ANY", "DestinationPort": "ANY"}
    return {"Protocol": "TCP", "Direction": "FORWARD"} | plain | more


def rule(action: str = "DROP", options: Sequence[str] = ("sid",), **more: str) -> dict[str, Any]:
    return {"Action": action, "Header": header(**more), "RuleOptions": [{"Keyword": each} for each in options]}


def group(*rules: dict[str, Any], **more: Any) -> RuleGroup:
    return decoded(json.dumps({"RulesSource": {"StatefulRules": rules}} | more).encode(), RuleGroup, "")


def read(record: dict[str, Any], **sets: tuple[str, ...]) -> list[Rule]:
    made = decoded(json.dumps(record).encode(), StatefulRule, "")
    variables = {
        "PortSets": {"WEB": {"Definition": ["80", "443"]}},
        "IPSets": {"MINE": {"Definition": ["10.7.0.0/16"]}},
    }
    return stateful(made, group(RuleVariables=variables), sets, Family.IPV4, ATOMS)


# Headers


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any", "0.0.0.0/0"),
        (" 10.1.0.0/16 ", "10.1.0.0/16"),
        ("!0.0.0.0/1", "128.0.0.0/1"),
        ("!$UNTOLD", None),
        ("[10.0.0.0/8, !10.0.0.0/9]", "10.128.0.0/9"),
        ("[!0.0.0.0/1, !128.0.0.0/2]", "192.0.0.0/2"),
        ("[10.0.0.0/16,[10.1.0.0/16, !10.1.0.0/17]]", "10.0.0.0/16, 10.1.128.0/17"),
        ("[[10.1.0.0/16, !10.1.0.0/17],10.0.0.0/16]", "10.0.0.0/16, 10.1.128.0/17"),
        ("[10.0.0.0/8,,]", "10.0.0.0/8"),
        ("$MINE", "10.7.0.0/16"),
        ("$POLICYS", "10.8.0.0/16, 10.9.0.0/16"),
        ("!$HOME_NET", "128.0.0.0/1"),
        ("$EXTERNAL_NET", "128.0.0.0/1"),
        ("$OTHER_NET", None),
        ("$TWICE", "10.7.0.0/16"),
        ("$ITSELF", None),
        ("$NOT_ITSELF", None),
        ("$EMPTY", ""),
        ("!$EMPTY", "0.0.0.0/0"),
        ("2600::/16", ""),
        ("@reference", None),
    ],
)
def test_the_addresses_of_a_header(text: str, expected: str | None) -> None:
    sets = {"HOME_NET": ("0.0.0.0/1",), "POLICYS": ("10.8.0.0/16", "10.9.0.0/16"), "TWICE": ("$MINE",)}
    sets |= {"ITSELF": ("$ITSELF",), "NOT_ITSELF": ("!$NOT_ITSELF",), "EMPTY": ()}
    (made,) = read(rule(Source=text, Destination="10.0.0.0/8"), **sets, MINE=("10.6.0.0/16",))
    assert made.destinations == AddressSet.parse("10.0.0.0/8")
    if expected is None:
        assert made.sources is None
    else:
        assert made.sources == (AddressSet.parse(*expected.split(", ")) if expected else AddressSet.empty(Family.IPV4))


@pytest.mark.item("G9")
def test_a_network_that_is_external_only_where_the_home_is_told() -> None:
    (made,) = read(rule(Source="$EXTERNAL_NET"))
    assert made.sources is None
    (circular,) = read(rule(Source="$EXTERNAL_NET"), HOME_NET=("$EXTERNAL_NET",))
    assert circular.sources is None
    (named,) = read(rule(Source="$EXTERNAL_NET"), EXTERNAL_NET=("10.0.0.0/8",), HOME_NET=("10.0.0.0/8",))
    assert named.sources == AddressSet.parse("10.0.0.0/8")


@pytest.mark.item("G9")
@pytest.mark.parametrize(("depth", "is_told"), [(23, True), (24, True), (25, False)])
def test_negations_deeper_than_any_that_people_write_are_not_told(depth: int, is_told: bool) -> None:
    (made,) = read(rule(Source="!" * depth + "0.0.0.0/1", SourcePort="!" * depth + "0:1023"))
    assert (made.sources is not None) is is_told
    assert (port_ranges_of("!" * depth + "0:1023", {}) is not None) is is_told
    (listed,) = read(rule(Source="[!" * depth + "0.0.0.0/1" + "]" * depth))
    assert (listed.sources is not None) is is_told


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANY", [(0, 65535)]),
        ("any", [(0, 65535)]),
        (" 443 ", [(443, 443)]),
        ("80:90", [(80, 90)]),
        ("90:80", None),
        (":80", [(0, 80)]),
        ("8000:", [(8000, 65535)]),
        ("80:x", None),
        ("x", None),
        ("65536", None),
        ("!80:90", [(0, 79), (91, 65535)]),
        ("!0:79", [(80, 65535)]),
        ("!80:65535", [(0, 79)]),
        ("!0:65534", [(65535, 65535)]),
        ("!0:65535", []),
        ("![80:90,85:100]", [(0, 79), (101, 65535)]),
        ("![80:100,85:90]", [(0, 79), (101, 65535)]),
        ("!$UNTOLD", None),
        ("$WEB", [(80, 80), (443, 443)]),
        ("$ITSELF", None),
        ("$EMPTY", None),
        ("$NOT_ITSELF", None),
        ("$TWICE", [(80, 80), (443, 443)]),
        ("[80,443]", [(80, 80), (443, 443)]),
        ("[80:90,!85]", [(80, 84), (86, 90)]),
        ("[80:90,!80,!90]", [(81, 89)]),
        ("[!80]", [(0, 79), (81, 65535)]),
        ("[80,$UNTOLD]", None),
        ("[80,!$UNTOLD]", None),
        ("[80, ,443]", [(80, 80), (443, 443)]),
        ("[0:10,[20:30,!25]]", [(0, 10), (20, 24), (26, 30)]),
        ("[0:10,!5:20]", [(0, 4)]),
        ("[5,!5]", []),
    ],
)
def test_the_ports_of_a_header(text: str, expected: list[tuple[int, int]] | None) -> None:
    variables = {"WEB": ("80", "443"), "ITSELF": ("$ITSELF",), "TWICE": ("$WEB",), "EMPTY": ()}
    variables["NOT_ITSELF"] = ("!$NOT_ITSELF",)
    assert port_ranges_of(text, variables) == expected


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("protocol", "ports", "expected"),
    [
        ("TCP", "443", WEB),
        ("tcp", "$WEB", WEB | ATOMS.mask(TCP, 80, 80)),
        ("UDP", "443", ATOMS.mask(UDP, 443, 443)),
        ("TCP", "ANY", ATOMS.mask(TCP)),
        ("IP", "ANY", EVERY),
        ("IP", "443", WEB | ATOMS.mask(UDP, 443, 443)),
        ("ICMP", "ANY", ATOMS.mask(ICMP)),
        ("ICMP", "443", ATOMS.mask(ICMP)),
        ("HTTP", "ANY", ATOMS.mask(TCP)),
        ("DNS", "ANY", ATOMS.mask(TCP) | ATOMS.mask(UDP)),
        ("NTP", "443", ATOMS.mask(UDP, 443, 443)),
        ("tomorrow", "ANY", 0),
        ("TCP", "!0:65535", 0),
        ("TCP", "$UNTOLD", None),
    ],
)
def test_protocol_and_ports_of_a_header_are_one_mask(protocol: str, ports: str, expected: int | None) -> None:
    (made,) = read(rule(Protocol=protocol, DestinationPort=ports))
    assert made.destination_ports == expected
    (turned,) = read(rule(Protocol=protocol, SourcePort=ports))
    assert turned.source_ports == expected


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("record", "doubt"),
    [
        (rule(), None),
        (rule(options=("SID", "rev", "gid", "msg", "metadata", "classtype", "priority", "reference")), None),
        (rule(options=("sid", "content")), OPTIONS),
        (rule(Protocol="http"), OPTIONS),
        (rule(Protocol="ip"), None),
        (rule(Direction="forward"), None),
    ],
)
def test_what_looks_into_packets_makes_a_rule_unsure(record: dict[str, Any], doubt: str | None) -> None:
    (made,) = read(record)
    assert (made.doubt and made.doubt.code) == doubt
    assert (made.action, made.words) == ("DROP", str(decoded(json.dumps(record).encode(), StatefulRule, "")))


@pytest.mark.item("G9")
@pytest.mark.parametrize(("direction", "doubt"), [("ANY", None), ("any", None), ("SIDEWAYS", OPTIONS)])
def test_a_rule_for_either_direction_is_two(direction: str, doubt: str | None) -> None:
    ends = {"Source": "10.0.0.0/8", "SourcePort": "80", "Destination": "192.0.2.0/24", "DestinationPort": "443"}
    made, turned = read(rule("pass", Direction=direction, **ends))
    assert (made.action, turned.action, made.doubt and made.doubt.code) == ("PASS", "PASS", doubt)
    assert (made.sources, made.destinations) == (turned.destinations, turned.sources)
    assert (made.sources, turned.sources) == (AddressSet.parse("10.0.0.0/8"), AddressSet.parse("192.0.2.0/24"))
    assert (made.source_ports, made.destination_ports) == (turned.destination_ports, turned.source_ports)
    assert (made.destination_ports, turned.destination_ports) == (WEB, ATOMS.mask(TCP, 80, 80))


@pytest.mark.item("G9")
def test_a_stateless_rule_matches_everything_that_it_does_not_restrict() -> None:
    def made(family: Family = Family.IPV4, **match: Any) -> Rule:
        attributes = decoded(json.dumps(match).encode(), MatchAttributes, "")
        return stateless(attributes, "DROP", "a rule", family, ATOMS)

    everything = AddressSet.everything(Family.IPV4)
    assert made() == Rule("DROP", "a rule", everything, everything, EVERY, EVERY, None)
    two = [{"AddressDefinition": "10.0.0.0/16"}, {"AddressDefinition": "10.1.0.0/16"}]
    assert made(Sources=two).sources == AddressSet.parse("10.0.0.0/15")
    assert made(Destinations=two).destinations == AddressSet.parse("10.0.0.0/15")
    assert made(Family.IPV6, Sources=two).sources == AddressSet.empty(Family.IPV6)
    assert made(Sources=[*two, {"AddressDefinition": "?"}]).sources is None
    web = [{"FromPort": 443, "ToPort": 443}, {"FromPort": 80, "ToPort": 80}]
    both = ATOMS.mask(TCP, 80, 80) | WEB | ATOMS.mask(UDP, 80, 80) | ATOMS.mask(UDP, 443, 443)
    assert made(DestinationPorts=web).destination_ports == both
    assert made(SourcePorts=web).source_ports == both
    assert made(DestinationPorts=web, Protocols=[6]).destination_ports == both & ATOMS.mask(TCP)
    assert made(DestinationPorts=web, Protocols=[6]).source_ports == ATOMS.mask(TCP)
    assert made(SourcePorts=web, Protocols=[17, 1]).source_ports == (both & ATOMS.mask(UDP)) | ATOMS.mask(ICMP)
    flags = made(TCPFlags=[{"Flags": ["SYN"]}]).doubt
    assert flags is not None
    assert flags.code == OPTIONS


# What a list of rules does


def box(action: str, destination: str | None, ports: int | None = EVERY, **more: Any) -> Rule:
    wide = AddressSet.parse("0.0.0.0/0")
    wanted = AddressSet.parse(destination) if destination else None
    return Rule(action, f"{action} {destination}", more.pop("sources", wide), wanted, EVERY, ports, **more)


Told = list[tuple[str, list[str], str, str | None]]


def told(rules: Sequence[Rule], packets: PacketSet | None = None, cut: Side = Side.DESTINATION) -> Told:
    return [
        (
            str(fate.packets.source if cut is Side.SOURCE else fate.packets.destination),
            sorted(fate.actions),
            fate.rule,
            fate.doubt and f"{fate.doubt[0].code}: {fate.doubt[1]}",
        )
        for fate in fates(packets or connection(), rules, ["DEFAULT"], cut)
    ]


HALF, REST = "198.51.100.0/25", "198.51.100.128/25"


@pytest.mark.item("G9")
def test_the_first_rule_that_matches_decides_and_the_packets_are_cut_by_destination() -> None:
    assert told([box("A", HALF), box("B", "198.51.100.0/24")]) == [
        (HALF, ["A"], f"A {HALF}", None),
        (REST, ["B"], "B 198.51.100.0/24", None),
    ]
    assert told([box("A", HALF)]) == [
        (HALF, ["A"], f"A {HALF}", None),
        (REST, ["DEFAULT"], "the default action", None),
    ]
    assert told([box("A", "203.0.113.0/24")]) == [("198.51.100.0/24", ["DEFAULT"], "the default action", None)]


@pytest.mark.item("G9")
def test_a_rule_that_may_match_adds_its_action_and_the_first_doubt_is_told() -> None:
    unsure = box("A", HALF, doubt=reading.FIREWALL_UNSUPPORTED_RULE_OPTIONS)
    later = box("C", HALF, doubt=reading.FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE)
    assert sorted(told([unsure, later, box("B", "198.51.100.0/24")])) == [
        (HALF, ["A", "B", "C"], "B 198.51.100.0/24", f"{OPTIONS}: A {HALF}"),
        (REST, ["B"], "B 198.51.100.0/24", None),
    ]
    assert (HALF, ["A", "DEFAULT"], "the default action", f"{OPTIONS}: A {HALF}") in told([unsure])


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("made", "matches"),
    [
        (box("A", "198.51.100.0/24", WEB), True),
        (box("A", "198.51.100.0/24", ATOMS.mask(TCP, 80, 80)), False),
        (box("A", "198.51.100.0/24", ATOMS.mask(TCP, 443, 443) | ATOMS.mask(TCP, 80, 80)), True),
        (box("A", "198.51.100.0/24", None), None),
        (box("A", None), None),
        (box("A", None, ATOMS.mask(TCP, 80, 80)), False),
        (box("A", "198.51.100.0/24", sources=AddressSet.parse("10.0.0.0/8")), True),
        (box("A", "198.51.100.0/24", sources=AddressSet.parse("10.0.1.0/25")), None),
        (box("A", "198.51.100.0/24", sources=AddressSet.parse("10.9.0.0/16")), False),
        (box("A", "198.51.100.0/24", sources=None), None),
    ],
)
def test_all_else_of_a_rule_matches_all_packets_or_none_or_nobody_knows(made: Rule, matches: bool | None) -> None:
    ((_, actions, _, doubt),) = told([made])
    assert actions == {True: ["A"], False: ["DEFAULT"], None: ["A", "DEFAULT"]}[matches]
    assert doubt == (None if matches is not None else f"{ABOVE}: {made.words}")


@pytest.mark.item("G9")
def test_some_of_the_ports_leave_it_open() -> None:
    both = connection(ports=WEB | ATOMS.mask(TCP, 80, 80))
    ((_, actions, _, doubt),) = told([box("A", "198.51.100.0/24", WEB)], both)
    assert (actions, doubt) == (["A", "DEFAULT"], f"{ABOVE}: A 198.51.100.0/24")


@pytest.mark.item("G9")
def test_answers_are_cut_by_source() -> None:
    answers = connection("198.51.100.0/24", "10.0.1.0/24")
    made = Rule("A", "a", AddressSet.parse(HALF), AddressSet.parse("10.0.0.0/8"), EVERY, EVERY)
    assert told([made], answers, Side.SOURCE) == [
        (HALF, ["A"], "a", None),
        (REST, ["DEFAULT"], "the default action", None),
    ]
    partly = dataclasses.replace(made, destinations=AddressSet.parse("10.0.1.0/25"))
    assert (HALF, ["A", "DEFAULT"], "the default action", f"{ABOVE}: a") in told([partly], answers, Side.SOURCE)
