"""The second reading: the witness of every verdict, held against each decision on its way, rule by rule.

The sets decide what becomes of packets; every list of rules and every table of routes also reads one packet line by
line, without them. Where the two disagree nothing is answered: it is a defect, and the error names both.
"""

from collections.abc import Callable, Iterator

from vpcreach.errors import ContradictionError
from vpcreach.forwarding import Leg
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.packet_set import Packet
from vpcreach.packets.ports import PortAtoms
from vpcreach.reach.branch import Branch, concrete


def contradiction(packet: Packet, instead: str) -> ContradictionError:
    """The error that names both readings of a packet."""
    return ContradictionError(f"{packet}: {instead}; please report this")


def at_destination(read: Callable[[int], str | None], packet: Packet) -> str | None:
    """What a table's second reading says of a packet."""
    return read(packet.destination)


def witness(branch: Branch, protocol: int, port: int, atoms: PortAtoms) -> Packet | None:
    """One packet of the branch as its first sender sends it; None where it has none left."""
    first = branch.segments[0]
    client = atoms.first(first.client_ports, protocol)
    if not first.source or not first.destination or client is None:
        return None
    return concrete(branch.but(segment=0).packets(Leg.OUT), Leg.OUT, protocol, port, client[1])


def confirm(branch: Branch, witness: Packet, atoms: PortAtoms) -> None:
    """Holds the witness against every decision that its branch met; raises ContradictionError where one differs."""
    packets = list(_translated(branch, witness, atoms))
    for reading in branch.readings:
        packet = packets[reading.segment]
        if packet is None:
            continue
        seen = packet if reading.leg is Leg.OUT else packet.answer
        if instead := reading.instead(seen):
            raise contradiction(seen, instead)


def _translated(branch: Branch, witness: Packet, atoms: PortAtoms) -> Iterator[Packet | None]:
    """The witness as each segment of the way sends it; None for a segment whose packets nobody can name."""
    packet = witness
    yield packet
    for index, segment in enumerate(branch.segments[1:], 1):
        client = atoms.first(segment.client_ports)
        if client is None or not segment.source or not segment.destination:
            yield None
            continue
        if segment.shares_destination and packet.family is segment.destination.family:
            same = AddressSet.of(packet.family, [(packet.destination, packet.destination)])
            sent = branch.but(segment=index).packets(Leg.OUT).with_destination(same)
        else:
            sent = branch.but(segment=index).packets(Leg.OUT)
        packet = concrete(sent, Leg.OUT, witness.protocol, witness.destination_port, client[1])
        yield packet
