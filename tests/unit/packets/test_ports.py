"""Port atoms: what one bit stands for, and how masks read."""

import pickle

import pytest

from vpcreach.packets.ports import ICMP, ICMPV6, TCP, UDP, PortAtoms, port_number, protocol_name, protocol_number

GRE = 47


@pytest.fixture
def atoms() -> PortAtoms:
    return PortAtoms([(TCP, 22, 22), (TCP, 443, 443), (TCP, 80, 90), (UDP, 53, 53), (None, 7, 9), (ICMP, 8, -1)])


@pytest.mark.parametrize(
    ("number", "name"), [(TCP, "tcp"), (UDP, "udp"), (ICMP, "icmp"), (ICMPV6, "icmpv6"), (GRE, "47")]
)
def test_a_protocol_is_named_or_numbered(number: int, name: str) -> None:
    assert protocol_name(number) == name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("tcp", TCP),
        ("UDP", UDP),
        ("icmp", ICMP),
        ("icmpv6", ICMPV6),
        ("6", TCP),
        ("47", GRE),
        ("-1", None),
        ("ALL", None),
    ],
)
def test_a_protocol_is_read_as_aws_writes_it(text: str, number: int | None) -> None:
    assert protocol_number(text) == number


@pytest.mark.parametrize("text", ["sctp", "256", ""])
def test_a_protocol_that_nobody_knows_is_none_of_the_named(text: str) -> None:
    assert protocol_number(text) == 253


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("65535", 65535), ("65536", None), ("-1", None), ("9" * 5000, None), ("http", None)]
)
def test_a_port_is_a_decimal_up_to_the_last_port(text: str, number: int | None) -> None:
    assert port_number(text) == number


def test_without_rules_only_client_ports_are_told_apart() -> None:
    atoms = PortAtoms([])
    assert atoms.tcp == atoms.udp == (0, 1024)
    assert atoms.everything.bit_count() == 254 + 2 + 2


def test_tcp_and_udp_are_cut_by_their_own_rules_only(atoms: PortAtoms) -> None:
    assert atoms.tcp == (0, 22, 23, 80, 91, 443, 444, 1024)
    assert atoms.udp == (0, 53, 54, 1024)


def test_a_rule_up_to_the_last_port_adds_no_cut_beyond_it() -> None:
    atoms = PortAtoms([(TCP, 8080, 65535), (UDP, 65534, 65535), (UDP, 65535, 65535)])
    assert atoms.tcp == (0, 1024, 8080)
    assert atoms.udp == (0, 1024, 65534, 65535)


def test_the_masks_of_all_protocols_partition_everything(atoms: PortAtoms) -> None:
    masks = [atoms.mask(protocol) for protocol in range(256)]
    assert sum(masks) == atoms.everything
    assert sum(mask.bit_count() for mask in masks) == atoms.everything.bit_count()


def test_all_protocols_means_everything_whatever_the_ports(atoms: PortAtoms) -> None:
    assert atoms.mask(None) == atoms.mask(None, 3, 5) == atoms.everything


def test_icmp_is_one_atom_whatever_the_ports(atoms: PortAtoms) -> None:
    assert atoms.mask(ICMP, -1, -1) == atoms.mask(ICMP) == atoms.atom(ICMP) == atoms.atom(ICMP, 8)
    assert atoms.mask(ICMP).bit_count() == 1


def test_icmp_of_ipv6_is_another_protocol(atoms: PortAtoms) -> None:
    assert not atoms.mask(ICMP) & atoms.mask(ICMPV6)


@pytest.mark.parametrize(("first", "last"), [(81, 90), (80, 89), (0, 500), (443, 500), (1025, 65535)])
def test_a_range_that_ends_inside_an_atom_has_no_mask(atoms: PortAtoms, first: int, last: int) -> None:
    with pytest.raises(ValueError, match=f"tcp/{first}-{last} does not end where atoms do"):
        atoms.mask(TCP, first, last)


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (6, 5), (0, 65536)])
def test_a_range_off_the_line_is_refused(atoms: PortAtoms, first: int, last: int) -> None:
    with pytest.raises(ValueError, match="not a range of ports"):
        atoms.mask(TCP, first, last)
    with pytest.raises(ValueError, match="not a range of ports"):
        PortAtoms([(UDP, first, last)])


@pytest.mark.parametrize("number", [-1, 256])
def test_a_number_that_is_no_protocol_is_refused(atoms: PortAtoms, number: int) -> None:
    for ask in (atoms.mask, atoms.atom):
        with pytest.raises(ValueError, match="not an IP protocol number"):
            ask(number)


@pytest.mark.parametrize(
    ("port", "range_"), [(443, (443, 443)), (85, (80, 90)), (500, (444, 1023)), (9999, (1024, 65535))]
)
def test_an_atom_holds_its_port(atoms: PortAtoms, port: int, range_: tuple[int, int]) -> None:
    assert atoms.ranges(atoms.atom(TCP, port)) == [(TCP, *range_)]


def test_ranges_merge_neighbouring_atoms_within_a_protocol(atoms: PortAtoms) -> None:
    mask = atoms.mask(TCP, 22, 90) | atoms.mask(TCP, 1024) | atoms.mask(UDP, 0, 53) | atoms.mask(ICMP)
    assert atoms.ranges(mask) == [(ICMP, 0, 65535), (TCP, 22, 90), (TCP, 1024, 65535), (UDP, 0, 53)]


def test_the_ranges_of_everything_are_every_protocol_with_all_its_ports(atoms: PortAtoms) -> None:
    assert atoms.ranges(atoms.everything) == [(protocol, 0, 65535) for protocol in range(256)]


@pytest.mark.parametrize("protocol", [TCP - 1, TCP + 1, UDP - 1, UDP + 1, 255])
def test_the_bits_next_to_those_of_tcp_and_udp_are_other_protocols(atoms: PortAtoms, protocol: int) -> None:
    assert atoms.ranges(atoms.mask(protocol)) == [(protocol, 0, 65535)]


def test_nothing_has_no_ranges(atoms: PortAtoms) -> None:
    assert atoms.ranges(0) == []


def test_words_of_one_protocol_are_its_ports(atoms: PortAtoms) -> None:
    mask = atoms.mask(TCP, 22, 22) | atoms.mask(TCP, 80, 90) | atoms.mask(UDP, 53, 53) | atoms.mask(GRE)
    assert atoms.words(mask, TCP) == "22,80-90"
    assert atoms.words(mask, UDP) == "53"
    assert atoms.words(mask, ICMP) == "none"
    assert atoms.words(mask, GRE) == "all"
    assert atoms.words(atoms.mask(TCP, 1024), TCP) == "1024-65535"
    assert atoms.words(atoms.everything, TCP) == "0-65535"


def test_words_of_a_mask_name_its_protocols(atoms: PortAtoms) -> None:
    mask = atoms.mask(TCP, 22, 22) | atoms.mask(TCP, 80, 90) | atoms.mask(UDP, 53, 53) | atoms.mask(ICMP)
    assert atoms.words(mask) == "tcp/22,80-90; udp/53; icmp"
    assert atoms.words(atoms.mask(TCP) | atoms.mask(GRE) | atoms.mask(50) | atoms.mask(51)) == "tcp; protocol 47,50-51"
    others = [2, 3, 4, 8, 9, 50, 51, 53]
    assert atoms.words(sum(map(atoms.mask, others))) == "protocol 2-4,8-9,50-51,53"
    assert atoms.words(atoms.everything & ~atoms.mask(TCP)) == "udp; icmp; icmpv6; other protocols"
    assert atoms.words(atoms.everything) == "all traffic"
    assert atoms.words(0) == "none"


def test_first_is_the_smallest_protocol_then_port(atoms: PortAtoms) -> None:
    mask = atoms.mask(TCP, 443, 443) | atoms.mask(TCP, 80, 90) | atoms.mask(UDP, 53, 53)
    assert atoms.first(mask) == (TCP, 80)
    assert atoms.first(mask, UDP) == (UDP, 53)
    assert atoms.first(mask, ICMP) is None
    assert atoms.first(0) is None
    assert atoms.first(mask | atoms.mask(ICMP)) == (ICMP, 0)


def test_atoms_are_a_frozen_value_that_travels_to_other_processes(atoms: PortAtoms) -> None:
    assert pickle.loads(pickle.dumps(atoms)) == atoms
    assert PortAtoms([(TCP, 5, 6)]) == PortAtoms([(TCP, 5, 6), (None, 1, 2)]) != PortAtoms([(UDP, 5, 6)])
    with pytest.raises(AttributeError):
        atoms.tcp = ()  # type: ignore[misc]
    assert str(atoms) == "port atoms: 8 of tcp, 4 of udp"
