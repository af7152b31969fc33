"""The network in Graphviz's language: `vpcreach graph --format dot | dot -Tsvg > network.svg`."""

import networkx as nx

from vpcreach.formats.graph.drawing import arrows, by_place

# Dashed: a filter stands beside the way and not on it.
_DASHED = ("filters",)


def render(graph: nx.MultiDiGraph) -> str:
    """The graph, ending with a line break."""
    lines = ["digraph vpcreach {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    for number, (place, nodes) in enumerate(by_place(graph).items()):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(place)};"]
        for node in nodes:
            lines.append(f"    {_quoted(node.id)} [label={_quoted(*node.lines)}];")
        lines.append("  }")
    for edge in arrows(graph):
        style = ", style=dashed" if edge.relation in _DASHED else ""
        lines.append(f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [label={_quoted(edge.words)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(*lines: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for line in lines)
    return '"' + "\\n".join(escaped) + '"'
