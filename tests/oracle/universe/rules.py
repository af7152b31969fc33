"""Rules of groups, ACLs and policies, out of few addresses and ports so that they meet."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.oracle.universe import shapes
from tests.oracle.universe.shapes import Json

if TYPE_CHECKING:
    from tests.oracle.universe.drawing import Drawing

PORTS = (0, 22, 80, 443, 1023, 1024, 32768, 60999, 61000, 65535)
SPANS = (
    None, None, None, (443, 443), (443, 443), (80, 443), (1024, 65535), (1024, 65535), (32768, 60999), (32768, 61000),
    (0, 65535), (1024, 32767), (0, 1023), (61000, 65535), (22, 80), (53, 53), (1025, 65535), (1024, 65534), (22, 22),
)  # fmt: skip
PEERS = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/23",
    "10.0.0.0/24", "10.0.1.0/24", "10.0.1.0/25", "10.0.2.0/25", "10.0.2.128/25", "10.0.2.0/24", "10.1.0.0/16",
    "10.1.0.0/24", "10.1.1.0/24", "10.2.0.0/16", "10.2.1.0/24", "52.0.0.1/32", "52.0.0.0/30", "10.0.0.100/30",
    "8.8.8.0/24", "8.8.8.8/32", "52.0.0.0/8", "52.218.0.0/17", "3.5.64.0/21", "3.5.64.0/22", "100.64.0.0/16",
)  # fmt: skip
PEERS_V6 = (
    "::/0", "::/0", "2600:1f00::/40", "2600:1f00:0:100::/56", "2600:1f00:0:101::/64", "2600:1f00:0:200::/56",
    "2000::/3", "2606:4700::/32",
)  # fmt: skip


def span(drawing: "Drawing", protocol: str) -> tuple[int, int] | None:
    if protocol not in ("tcp", "udp", "6", "17"):
        return None
    if drawing.chance(0.3):
        first, last = sorted(drawing.random.choices(PORTS, k=2))
        return (first, last)
    return drawing.random.choice(SPANS)


def group_rules(drawing: "Drawing", openness: float) -> list[Json]:
    if drawing.chance(openness):
        return [shapes.EVERYTHING]
    peers: list[str] = [*PEERS, *(PEERS_V6 if "dual-stack" in drawing.has else ())]
    if "references" in drawing.has:
        peers += ["sg-f", "sg-g", "sg-h", "sg-peer-x", "sg-peer-y", "sg-f", "sg-g"] * 3
    if "prefix-lists" in drawing.has:
        peers += ["pl-own", "pl-other", "pl-s3", "pl-own"]
    if "gateway-endpoint" in drawing.has:
        peers += ["pl-s3", "pl-dynamodb"]
    drawn = []
    for _ in range(drawing.random.randint(0, 4)):
        protocol = drawing.random.choice(("-1", "tcp", "tcp", "udp", "6", "icmp"))
        drawn.append(shapes.permission(protocol, span(drawing, protocol), dict.fromkeys(drawing.some(peers, 1, 3))))
    return drawn


def acl_entries(drawing: "Drawing", egress: bool) -> list[Json]:
    """Mostly everything, with some holes in front; now and then a few openings only."""
    entries = []
    generous = drawing.chance(0.7)
    for number in drawing.some(range(1, 200), 0, 4):
        protocol = drawing.random.choice(("-1", "6", "6", "17", "1"))
        ports = span(drawing, protocol) or ((0, 65535) if protocol in ("6", "17") else None)
        action = "deny" if drawing.chance(0.7 if generous else 0.2) else "allow"
        peers: Sequence[str] = PEERS[3:] if action == "deny" else PEERS
        if "dual-stack" in drawing.has and drawing.chance(0.4):
            peers = PEERS_V6[2:] if action == "deny" else PEERS_V6
        entries.append(shapes.acl_entry(number, egress, action, protocol, ports, drawing.random.choice(peers)))
    if generous:
        entries += [shapes.acl_entry(300, egress, "allow", "-1", None, "0.0.0.0/0")]
        entries += [shapes.acl_entry(301, egress, "allow", "-1", None, "::/0")]
    return entries


def policies(service: str) -> list[str]:
    """Policies that let everything pass, something, or nothing."""
    everyone = {"Principal": "*", "Resource": "*"}
    allow = {"Effect": "Allow", "Action": "*", **everyone}
    statements = [
        [allow],
        [{"Effect": "Allow", "Action": f"{service}:*", **everyone}],
        [allow, {"Effect": "Deny", "Action": f"{service}:*", **everyone}],
        [allow, {"Effect": "Deny", "Action": "*", **everyone}],
        [{"Effect": "Allow", "Action": "kms:*", **everyone}],
        [{"Effect": "Deny", "Action": "*", **everyone}],
    ]
    return [json.dumps({"Version": "2012-10-17", "Statement": each}) for each in statements]
