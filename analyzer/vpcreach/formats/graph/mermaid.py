"""The network as a Mermaid flowchart, which GitHub draws inside a ```mermaid block."""

import networkx as nx

from vpcreach.formats.graph.drawing import arrows, by_place

# Dashed: a filter stands beside the way and not on it.
_ARROWS = {"filters": "-.->"}
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " ", "\r": ""}


def render(graph: nx.MultiDiGraph) -> str:
    """The graph, ending with a line break. Nodes are called n0, n1 …, because an ARN is no Mermaid id."""
    places = by_place(graph)
    ids: dict[str, str] = {}
    lines = ["flowchart LR"]
    for number, (place, nodes) in enumerate(places.items()):
        lines.append(f'  subgraph p{number}["{_text(place)}"]')
        for node in nodes:
            ids[node.id] = f"n{len(ids)}"
            lines.append(f'    {ids[node.id]}["{"<br>".join(_text(line) for line in node.lines)}"]')
        lines.append("  end")
    for edge in arrows(graph):
        arrow = _ARROWS.get(edge.relation, "-->")
        lines.append(f'  {ids[edge.start]} {arrow}|"{_text(edge.words)}"| {ids[edge.end]}')
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return "".join(_ENTITIES.get(character, character) for character in text)
