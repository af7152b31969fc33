"""Random estates of a small universe, in which everything collides with everything: up to three VPCs of one account.

app   10.0.0.0/16   app-a, app-b with the function, app-pub, app-tr
data  10.1.0.0/16   data-a with `eni-db`, data-b, data-tr
hub   10.2.0.0/16   hub-pub with `eni-web`, hub-tr

A careful person's drawing comes first: a way to the internet, a way to the data, and the ways back. Chance then takes
something away, bends a route, or puts filters in the way.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from tests.estates.builder import Allow, Estate, Route, Vpc, allow
from tests.estates.rules import AclRule

T = TypeVar("T")

SUBNETS = {
    "app": {"app-a": ("10.0.0.0/24", "a"), "app-b": ("10.0.1.0/24", "b"), "app-pub": ("10.0.2.0/24", "a")},
    "data": {"data-a": ("10.1.0.0/24", "a"), "data-b": ("10.1.1.0/24", "b")},
    "hub": {"hub-pub": ("10.2.2.0/24", "a")},
}
TRANSIT = {"app": "10.0.3.0/28", "data": "10.1.3.0/28", "hub": "10.2.3.0/28"}
BLOCKS = {"app": "10.0.0.0/16", "data": "10.1.0.0/16", "hub": "10.2.0.0/16"}
BLOCKS_V6 = {"app": "2600:1f18:a::/56", "data": "2600:1f18:b::/56", "hub": "2600:1f18:c::/56"}
PEERS = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24",
    "10.0.0.0/25", "10.0.1.0/24", "10.0.0.0/23", "10.0.2.0/24", "10.0.3.0/28", "10.1.0.0/16", "10.1.0.0/24",
    "10.1.0.64/26", "10.2.0.0/16", "52.0.0.0/8", "52.0.0.1/32", "8.8.8.0/24", "8.8.8.8/32", "34.1.1.1/32", "pl-own",
)  # fmt: skip
PEERS_V6 = (
    "::/0", "::/0", "::/0", "2000::/3", "2600:1f18:a::/56", "2600:1f18:a::/64", "2600:1f18:a:0:8000::/65",
    "2600:1f18:b::/56", "2606:4700::/32", "2000::/4",
)  # fmt: skip
SPANS = (
    None, None, (443, 443), (443, 443), (80, 443), (1024, 65535), (1024, 65535), (32768, 60999), (32768, 61000),
    (0, 65535), (1024, 32767), (0, 1023), (61000, 65535), (5432, 5432), (53, 53), (1025, 65535), (1024, 65534),
)  # fmt: skip
ROUTED = (
    "8.8.8.0/24", "8.8.8.8/32", "128.0.0.0/1", "52.0.0.0/8", "34.1.1.1/32", "10.0.0.0/8", "10.1.0.0/24",
    "10.1.0.64/26", "10.2.0.0/16", "pl-own",
)  # fmt: skip
QUESTIONS = (
    "internet", "internet", "internet", "internet:53/udp", "internet:80", "8.8.8.8:443", "8.8.8.8:53/udp",
    "34.1.1.1:443", "34.1.1.1:443", "eni-db:5432", "eni-db:5432", "eni-db:443", "eni-db:53/udp", "eni-near:443",
    "eni-near:53/udp", "eni-web:443", "10.0.0.0/14:443", "10.1.0.0/16:5432", "0.0.0.0/0:443",
)  # fmt: skip
QUESTIONS_V6 = (
    "[2606:4700::1111]:443", "[2606:4700::1111]:53/udp", "[2000::/3]:443", "[2600:1f18:b::9]:5432",
    "[2600:1f18:b::9]:443", "[2600:1f18:a::9]:443", "[2600:1f18:b::9]:53/udp",
)  # fmt: skip
GROUPS = {"app": ("f", "near", "box"), "data": ("db",), "hub": ("web",)}
ASKED = 6


def draw(seed: int) -> tuple[Estate, list[str]]:
    """An estate and some questions to its function `app`."""
    drawing = _Drawing(Random(seed))
    drawing.draw()
    return drawing.estate, drawing.questions()


class _Drawing:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.estate = Estate()
        self.has_ipv6 = self.chance(0.5)
        self.vpcs: dict[str, Vpc] = {}
        # How the function's VPC leads to the data, and how answers come back.
        self.to_data = random.choice(("pcx", "tgw", "tgw", "nat-priv", "nat-priv", "nat-pub"))
        self.behind_nat = random.choice(("pcx", "tgw"))
        self.to_internet = random.choice(
            ("nat-pub", "nat-pub", "tgw", "tgw", "tgw", "eni-box", "eni-box", "igw-app", "none")
        )
        self.has_hub = self.to_internet == "tgw" or self.chance(0.3)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, things: Sequence[T], least: int, most: int) -> list[T]:
        return self.random.sample(list(things), min(self.random.randint(least, most), len(things)))

    def questions(self) -> list[str]:
        pool = QUESTIONS + QUESTIONS_V6 if self.has_ipv6 else QUESTIONS
        asked = dict.fromkeys(self.random.choices(pool, k=ASKED))
        return [text for text in asked if not text.startswith("eni-") or text.partition(":")[0] in self.estate]

    def draw(self) -> None:
        self.estate.prefix_list("own", cidrs=self.some(("8.8.8.0/24", "52.0.0.0/8", "10.1.0.0/24"), 1, 2))
        for name in ("app", "data", "hub") if self.has_hub else ("app", "data"):
            self.draw_vpc(name)
        self.draw_gateways()
        self.draw_interfaces()
        self.draw_hub()
        for name in self.vpcs:
            self.draw_routes(name)
        for name in self.vpcs:
            self.draw_rules(name)
        homes = self.random.choice((["app-a"], ["app-a"], ["app-a", "app-b"], ["app-a"], ["app-pub"]))
        groups = self.random.choice((["f"], ["f"], ["f", "near"]))
        self.estate.function("app", subnets=homes, groups=groups, dual_stack=self.has_ipv6)

    # Places

    def draw_vpc(self, name: str) -> None:
        vpc = self.estate.vpc(name, BLOCKS[name], ipv6=BLOCKS_V6[name] if self.has_ipv6 else None)
        self.vpcs[name] = vpc
        places = SUBNETS[name] | {f"{name}-tr": (TRANSIT[name], self.random.choice("aaab"))}
        acls = [f"{name}-{number}" for number in range(self.random.choice((0, 1, 1, 2)))]
        for number, (subnet, (cidr, zone)) in enumerate(places.items()):
            kind = "tr" if subnet.endswith("-tr") else "pub" if subnet.endswith("-pub") else "work"
            vpc.subnet(
                subnet,
                cidr,
                az=zone,
                table=f"{name}-{kind}",
                acl=self.random.choice([None, None, *acls]),
                ipv6=f"{BLOCKS_V6[name].removesuffix('::/56')}:{number:x}::/64" if self.has_ipv6 else None,
            )
        for acl in acls:
            vpc.network_acl(acl, inbound=self.acl_rules(), outbound=self.acl_rules())
        for group in GROUPS[name]:
            vpc.security_group(group)

    def draw_gateways(self) -> None:
        app = self.vpcs["app"]
        app.internet_gateway("app", attached=self.chance(0.95))
        state = "failed" if self.chance(0.05) else "available"
        app.nat_gateway("pub", subnet=self.random.choice(("app-pub", "app-pub", "app-pub", "app-a")), state=state)
        app.nat_gateway("priv", subnet=self.random.choice(("app-pub", "app-pub", "app-tr")), connectivity="private")
        if self.has_ipv6:
            app.egress_only_internet_gateway("app")
        app.peering("data", self.vpcs["data"], status="deleted" if self.chance(0.05) else "active")
        if self.has_hub:
            hub = self.vpcs["hub"]
            hub.internet_gateway("hub")
            hub.nat_gateway("hub", subnet="hub-pub", public_ip="52.0.0.9")
            app.peering("hub", hub)

    def draw_interfaces(self) -> None:
        app, data = self.vpcs["app"], self.vpcs["data"]
        near = self.random.choice(("app-a", "app-b", "app-pub"))
        app.network_interface("near", subnet=near, groups=self.some(("near", "f"), 1, 2), ipv6=9)
        data.network_interface("db", subnet="data-a", address="10.1.0.100", groups=["db"], ipv6=9)
        self.estate.instance(
            "box",
            subnet="app-pub",
            groups=["box"],
            public_ip="52.0.0.5" if self.chance(0.9) else None,
            source_dest_check=self.chance(0.1),
        )
        public = self.vpcs["hub"] if self.has_hub else app
        subnet, group = ("hub-pub", "web") if self.has_hub else ("app-pub", "near")
        public.network_interface("web", subnet=subnet, groups=[group], public_ip="34.1.1.1")

    def draw_hub(self) -> None:
        hub = self.estate.transit_gateway("hub", referencing=self.chance(0.5))
        names = list(self.vpcs)
        routes = {"0.0.0.0/0": "hub", "::/0": "hub"} if self.has_hub else {}
        if self.chance(0.15):
            routes[self.random.choice(("10.1.0.0/24", "10.0.0.0/24", "8.8.8.0/24"))] = self.random.choice(
                ("blackhole", *names)
            )
        hub.table("spokes", routes)
        hub.table("shared", routes if self.chance(0.5) else {})
        for name in names:
            transit, others = f"{name}-tr", list(SUBNETS[name])
            places = [transit] if self.chance(0.3) else [self.random.choice(others), transit]
            if len({self.estate[f"subnet-{place}"]["AvailabilityZone"] for place in places}) < len(places):
                places = places[:1]
            table = "shared" if name == "hub" else self.random.choice(("spokes", "spokes", "spokes", "shared"))
            hub.attach(
                name,
                self.vpcs[name],
                subnets=places,
                table=None if self.chance(0.04) else table,
                propagates=["spokes", "shared"] if self.chance(0.85) else self.some(("spokes", "shared"), 0, 1),
                referencing=self.chance(0.8),
                ipv6=self.has_ipv6 and self.chance(0.85),
            )

    # Routes

    def draw_routes(self, name: str) -> None:
        kinds = ("work", "pub", "tr") if name == "app" else ("work", "tr") if name == "data" else ("pub", "tr")
        for kind in kinds:
            wanted = {"app": self.routes_of_app, "data": self.routes_of_data, "hub": self.routes_of_hub}[name](kind)
            routes = {cidr: Route(target) for cidr, target in wanted.items() if target != "none"}
            if self.chance(0.2):
                routes |= self.wild_routes(name)
            for cidr, route in list(routes.items()):
                if self.chance(0.03):
                    routes[cidr] = Route(route.target, "blackhole")
                elif self.chance(0.04):
                    del routes[cidr]
            self.vpcs[name].route_table(f"{name}-{kind}", routes)

    def routes_of_app(self, kind: str) -> dict[str, str]:
        there = {"pcx": "pcx-data", "tgw": "tgw-hub"}
        if kind == "tr":
            routes = {"0.0.0.0/0": "nat-pub"} if self.chance(0.2) else {}
            return routes | {BLOCKS["data"]: there[self.behind_nat]}
        if kind == "pub":
            routes = {"0.0.0.0/0": "igw-app", BLOCKS["data"]: there[self.behind_nat]}
            v6 = {"::/0": self.random.choice(("igw-app", "eigw-app"))}
        else:
            routes = {"0.0.0.0/0": self.to_internet.replace("tgw", "tgw-hub"), "10.1.0.0/16": self.to_data}
            routes["10.1.0.0/16"] = there.get(self.to_data, self.to_data)
            v6 = {"::/0": self.random.choice(("eigw-app", "eigw-app", "eigw-app", "igw-app", "none"))}
        v6[BLOCKS_V6["data"]] = there["pcx" if self.v6_by_peering() else "tgw"]
        return routes | v6 if self.has_ipv6 else routes

    def v6_by_peering(self) -> bool:
        return self.to_data != "tgw"

    def routes_of_data(self, kind: str) -> dict[str, str]:
        way = self.to_data if self.to_data in ("pcx", "tgw") else self.behind_nat
        target = {"pcx": "pcx-data", "tgw": "tgw-hub"}[way]
        if kind == "tr":
            return {}
        if self.to_data.startswith("nat-") and way == "pcx" and self.chance(0.5):
            target = "none"
        v6 = {BLOCKS_V6["app"]: "pcx-data" if self.v6_by_peering() else "tgw-hub"}
        return {"10.0.0.0/16": target} | (v6 if self.has_ipv6 else {})

    def routes_of_hub(self, kind: str) -> dict[str, str]:
        if kind == "tr":
            return {"0.0.0.0/0": self.random.choice(("nat-hub", "nat-hub", "nat-hub", "igw-hub"))}
        return {"0.0.0.0/0": "igw-hub", "10.0.0.0/16": "tgw-hub", "10.1.0.0/16": "tgw-hub"}

    def wild_routes(self, name: str) -> dict[str, Route]:
        targets = {
            "app": ("nat-pub", "nat-priv", "igw-app", "tgw-hub", "pcx-data", "eni-box"),
            "data": ("tgw-hub", "pcx-data"),
            "hub": ("nat-hub", "igw-hub", "tgw-hub"),
        }[name]
        routes = {cidr: Route(self.random.choice(targets)) for cidr in self.some(ROUTED, 1, 2)}
        if name == "app" and self.chance(0.2):
            # Within a VPC, a whole subnet may be sent to a middlebox.
            routes["10.0.2.0/24"] = Route(self.random.choice(("nat-priv", "eni-box")))
        return routes

    # Filters

    def ports(self, protocol: str) -> tuple[int, int] | None:
        return self.random.choice(SPANS) if protocol in ("tcp", "udp", "6") else None

    def peer(self) -> str:
        return self.random.choice(PEERS_V6 if self.has_ipv6 and self.chance(0.4) else PEERS)

    def acl_rules(self) -> list[AclRule]:
        """Mostly everything, with some holes in front; now and then a few openings only."""
        generous = self.chance(0.8)
        rules: list[AclRule] = []
        for number in sorted(self.some(range(1, 200), 0, 3)):
            protocol = self.random.choice(("-1", "tcp", "tcp", "udp", "icmp"))
            first, last = self.ports(protocol) or ((0, 65535) if protocol in ("tcp", "udp") else (None, None))
            action = "deny" if self.chance(0.7 if generous else 0.2) else "allow"
            peer = self.peer()
            if peer.startswith("pl-") or (action == "deny" and peer in ("0.0.0.0/0", "::/0") and first is None):
                continue
            rules.append((number, action, protocol, first, last, peer))
        if not generous:
            return rules or self.acl_rules()
        every = ("0.0.0.0/0", "::/0") if self.has_ipv6 else ("0.0.0.0/0",)
        return [*rules, *((300 + number, "allow", "-1", None, None, cidr) for number, cidr in enumerate(every))]

    def group_rules(self, openness: float, groups: Sequence[str]) -> list[Allow]:
        if self.chance(openness):
            return [allow("-1", None, *(("0.0.0.0/0", "::/0") if self.has_ipv6 else ("0.0.0.0/0",)))]
        if self.chance(0.3):
            # Only the name of a group lets anything through: it counts which way keeps that.
            return [allow("-1", None, *groups)]
        rules = []
        for _ in range(self.random.randint(1, 3)):
            protocol = self.random.choice(("-1", "tcp", "tcp", "udp", "6", "icmp"))
            peers = [self.peer() for _ in range(self.random.randint(1, 2))]
            peers += self.some(groups, 0, 1)
            rules.append(allow(protocol, self.ports(protocol), *dict.fromkeys(peers)))
        return rules

    def draw_rules(self, name: str) -> None:
        named = ["sg-f", "sg-near"]
        for group in GROUPS[name]:
            egress = self.group_rules(0.7, ["sg-near", "sg-db"])
            ingress = self.group_rules(0.5, named)
            self.vpcs[name].set_rules(group, egress=egress, ingress=ingress)
