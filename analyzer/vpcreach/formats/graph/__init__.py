"""The network as a drawing: nodes are AWS things, edges say what is attached to, routed to, filtered by what.

Takes the networkx.MultiDiGraph of the network: nodes have `kind`, `label`, `account` and `region`, edges
`relation`, `prefixes` and `detail`.
"""

import networkx as nx

from vpcreach.formats.graph import dot, json, mermaid


def render(name: str, graph: nx.MultiDiGraph) -> str:
    """The graph in one of the formats `names.GRAPH`."""
    if name == "mermaid":
        return mermaid.render(graph)
    if name == "dot":
        return dot.render(graph)
    if name == "json":
        return json.render(graph)
    raise ValueError(f"{name} is not a format of graphs")
