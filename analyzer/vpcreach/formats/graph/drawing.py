"""What the drawings of the network share: its nodes and edges, sorted, and the words written on them."""

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

PREFIXES_SHOWN = 3


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """One AWS thing."""

    id: str
    kind: str
    label: str
    account: str
    region: str

    @property
    def place(self) -> str:
        return f"{self.account}/{self.region}"

    @property
    def lines(self) -> tuple[str, ...]:
        """What a drawing writes into its box."""
        kind = self.kind.replace("_", " ")
        if not self.label or self.label == self.id:
            return (kind, self.id)
        return (kind, self.label) if self.id.startswith("arn:") else (kind, self.id, self.label)


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One relation between two things, and the addresses it is about."""

    start: str
    end: str
    relation: str
    prefixes: tuple[str, ...]
    detail: str

    @property
    def words(self) -> str:
        """What a drawing writes beside the arrow."""
        prefixes = ", ".join(self.prefixes[:PREFIXES_SHOWN])
        more = len(self.prefixes) - PREFIXES_SHOWN
        words = f"{prefixes} and {more} more" if more > 0 else prefixes
        return words or self.detail or self.relation.replace("-", " ")


def nodes(graph: nx.MultiDiGraph) -> list[Node]:
    """The nodes by id."""
    return sorted(
        Node(str(key), *(str(data.get(name, "")) for name in ("kind", "label", "account", "region")))
        for key, data in graph.nodes(data=True)
    )


def by_place(graph: nx.MultiDiGraph) -> dict[str, list[Node]]:
    """The nodes by account and region."""
    places: dict[str, list[Node]] = {}
    for node in nodes(graph):
        places.setdefault(node.place, []).append(node)
    return dict(sorted(places.items()))


def edges(graph: nx.MultiDiGraph) -> list[Edge]:
    """The edges by start and end."""
    return sorted(_edges(graph))


def arrows(graph: nx.MultiDiGraph) -> list[Edge]:
    """The edges worth an arrow: that a thing belongs to a VPC, or that an ACL is its default, is left to the JSON."""
    return [edge for edge in edges(graph) if not _is_of_the_vpc(graph, edge)]


def _is_of_the_vpc(graph: nx.MultiDiGraph, edge: Edge) -> bool:
    is_default = edge.relation == "filters" and graph.nodes[edge.end].get("kind") == "vpc"
    return edge.relation == "member-of" or is_default


def _edges(graph: nx.MultiDiGraph) -> Iterator[Edge]:
    for start, end, data in graph.edges(data=True):
        prefixes = tuple(str(prefix) for prefix in data.get("prefixes", ()))
        yield Edge(str(start), str(end), str(data.get("relation", "")), prefixes, str(data.get("detail", "")))
