"""The internet, and the gateways by which a VPC leads to it.

The internet is one namespace that answers for every public address but those of the estate. Each VPC with a gateway has
an edge: its internet gateway exchanges private addresses for public ones, one for one and without memory; its
egress-only gateway lets IPv6 out and only answers in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.oracle.kernel.namespace import Namespace
from tests.oracle.kernel.records import public_addresses
from tests.oracle.kernel.router import Gate, Router
from tests.oracle.kernel.wiring import BOTH, LAST, Cable, Drum

ANSWERING = 200
NEVER_BEYOND = "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }"


@dataclass(frozen=True)
class Edge:
    """The border of one VPC: `inner` are the cables of its gateways, by kind; `outer` leads to the internet."""

    router: Router
    namespace: Namespace
    inner: dict[str, Cable]
    outer: Cable
    internet: Namespace
    public: dict[str, str]

    @property
    def way_out(self) -> tuple[Namespace, Cable, Namespace]:
        return self.namespace, self.outer, self.internet


def edge_of(router: Router, internet: Namespace, drum: Drum, number: int) -> Edge | None:
    """The edge of a VPC between its router and the internet; None where it has no gateway."""
    records = router.records
    names = {kind: name for kind in ("igw", "eigw") if (name := records.gateway_of(router.vpc_id, kind))}
    if not names:
        return None
    namespace = Namespace(forwards=True)
    inner = {}
    for kind, name in names.items():
        inner[kind] = drum.cable(f"to-{kind}", kind)
        gate: Gate = router.gate(name, "outside")
        gate.devices.append(inner[kind].near)
        gate.hops["any"] = inner[kind]
        router.lead(inner[kind], namespace)
    public = dict(public_addresses(records, router.vpc_id)) if "igw" in names else {}
    return Edge(router, namespace, inner, drum.cable("out", f"vpc{number}"), internet, public)


def build_internet(internet: Namespace, edges: list[Edge], vpcs: Iterable[Router]) -> None:
    """Sets up the edges and the internet behind them, which holds no address of these VPCs."""
    for edge in edges:
        edge.namespace.ip(_edge_lines(edge))
        edge.namespace.nft(_edge_filter(edge))
    # Every address is the internet's own but those of the edges and of what is behind them; of IPv6 only for packets
    # that come from there, because the kernel finds link-local neighbours otherwise.
    lines = ["link set lo up", "route add local 0.0.0.0/0 dev lo table local"]
    lines.append(f"route add local ::/0 dev lo table {ANSWERING}")
    held = [block for router in vpcs for block in router.blocks if ":" in block]
    lines += [f"route add unreachable {block} table {ANSWERING} metric {LAST}" for block in held]
    for edge in edges:
        lines += edge.outer.far_lines()
        lines.append(f"route add {edge.outer.near_address(BOTH[0])} dev {edge.outer.far} table local")
        lines += [f"route add {address} {edge.outer.back(address)} table local" for address in edge.public]
        for block in edge.router.blocks:
            if ":" in block:
                lines += [f"route add {block} {edge.outer.back(block)} table {table}" for table in (ANSWERING, "main")]
    internet.ip(lines)
    with_ipv6 = [edge for edge in edges if edge.router.has_ipv6]
    internet.ip((f"rule add iif {edge.outer.far} lookup {ANSWERING} pref 10" for edge in with_ipv6), "-6")


def _edge_lines(edge: Edge) -> Iterator[str]:
    for cable in edge.inner.values():
        yield from cable.far_lines()
    yield from edge.outer.near_lines()
    yield from (f"route add {cidr} {edge.outer.out(cidr)}" for cidr in BOTH)
    for block in edge.router.blocks:
        # An egress-only gateway lets no connection in, which the filter sees to; the way inwards is the same.
        yield f"route add {block} {next(iter(edge.inner.values())).back(block)}"


def _edge_filter(edge: Edge) -> str:
    given = ", ".join(f"{private} : {public}" for public, private in edge.public.items())
    taken = ", ".join(f"{public} : {private}" for public, private in edge.public.items())
    private = f"{{ {', '.join(edge.public.values())} }}"
    inwards = [f'  iifname "out" ip daddr set ip daddr map {{ {taken} }}'] if taken else []
    outwards = [f'  oifname "out" ip saddr set ip saddr map {{ {given} }}'] if given else []
    known = f"ip saddr {private}" if given else None
    return "\n".join(
        [
            "table inet edge {",
            " chain inwards { type filter hook prerouting priority raw;",
            *inwards,
            " }",
            " chain crossing { type filter hook forward priority 0; policy drop;",
            f'  ip daddr {NEVER_BEYOND} oifname "out" drop',
            *([f'  iifname "igw" {known} accept', f'  iifname "out" ip daddr {private} accept'] if known else []),
            '  iifname "igw" meta nfproto ipv6 accept',
            '  iifname "eigw" meta nfproto ipv6 accept',
            '  iifname "out" meta nfproto ipv6 ct state established,related accept',
            *(['  iifname "out" oifname "igw" meta nfproto ipv6 accept'] if "igw" in edge.inner else []),
            " }",
            " chain outwards { type filter hook postrouting priority 150;",
            *outwards,
            " }",
            "}",
            "",
        ]
    )
