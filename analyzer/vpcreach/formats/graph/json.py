"""The network as JSON, schema `vpcreach.graph/1`: nodes by id, edges by their ends."""

import msgspec
import networkx as nx

from vpcreach.formats.graph.drawing import edges, nodes

SCHEMA = "vpcreach.graph/1"


class NodeJson(msgspec.Struct, frozen=True):
    id: str
    kind: str
    label: str
    account: str
    region: str


class EdgeJson(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    start: str
    end: str
    relation: str
    prefixes: tuple[str, ...]
    detail: str


class GraphJson(msgspec.Struct, frozen=True):
    schema: str
    nodes: list[NodeJson]
    edges: list[EdgeJson]


def render(graph: nx.MultiDiGraph) -> str:
    """The graph, indented by two spaces, ending with a line break."""
    told = GraphJson(
        SCHEMA,
        [NodeJson(node.id, node.kind, node.label, node.account, node.region) for node in nodes(graph)],
        [EdgeJson(edge.start, edge.end, edge.relation, edge.prefixes, edge.detail) for edge in edges(graph)],
    )
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"
