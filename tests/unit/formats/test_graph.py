"""The network as Mermaid, Graphviz and JSON."""

import json
import re

import networkx as nx
import pytest

from vpcreach.formats import graph_as, names


def drawn() -> "nx.MultiDiGraph[str]":
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    place = {"account": "111122223333", "region": "eu-west-1"}
    graph.add_node("subnet-1", kind="subnet", label='app "a" <b>', **place)
    graph.add_node("rtb-1", kind="route_table", label="rtb-1", **place)
    graph.add_node("nat-1", kind="nat_gateway", label="", account="444455556666", region="eu-west-1")
    graph.add_edge("subnet-1", "rtb-1", relation="attached-to", prefixes=(), detail="main")
    graph.add_edge("rtb-1", "nat-1", relation="routes-to", prefixes=("0.0.0.0/0",), detail="")
    graph.add_edge("rtb-1", "nat-1", relation="routes-to", prefixes=tuple(f"10.{n}.0.0/16" for n in range(5)))
    graph.add_edge("subnet-1", "nat-1", relation="filters")
    return graph


def test_mermaid_has_a_box_for_every_node_and_an_arrow_for_every_edge() -> None:
    lines = graph_as("mermaid", drawn()).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(bool(re.match(r"    n\d+\[", line)) for line in lines) == 3
    assert sum("-->" in line or "-.->" in line for line in lines) == 4
    assert sum(line.strip().startswith("subgraph") for line in lines) == sum(line == "  end" for line in lines) == 2


def test_mermaid_text_cannot_leave_its_box() -> None:
    [box] = [line for line in graph_as("mermaid", drawn()).splitlines() if "subnet-1" in line]
    assert box.endswith('["subnet<br>subnet-1<br>app #quot;a#quot; #lt;b#gt;"]')


def test_dot_quotes_its_text_and_closes_its_braces() -> None:
    dot = graph_as("dot", drawn())
    assert '"subnet-1" [label="subnet\\nsubnet-1\\napp \\"a\\" <b>"];' in dot
    assert '"rtb-1" -> "nat-1" [label="0.0.0.0/0"];' in dot
    assert "style=dashed" in dot
    assert dot.count("{") == dot.count("}")


def test_many_prefixes_are_cut_short_in_drawings_and_whole_in_json() -> None:
    assert "10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16 and 2 more" in graph_as("dot", drawn())
    edges = json.loads(graph_as("json", drawn()))["edges"]
    assert [len(edge["prefixes"]) for edge in edges if edge["from"] == "rtb-1"] == [1, 5]


def test_json_has_sorted_nodes_and_edges_with_all_keys() -> None:
    told = json.loads(graph_as("json", drawn()))
    assert told["schema"] == "vpcreach.graph/1"
    assert [node["id"] for node in told["nodes"]] == ["nat-1", "rtb-1", "subnet-1"]
    assert all(list(node) == ["id", "kind", "label", "account", "region"] for node in told["nodes"])
    assert all(list(edge) == ["from", "to", "relation", "prefixes", "detail"] for edge in told["edges"])


@pytest.mark.parametrize("name", names.GRAPH)
def test_an_empty_network_is_no_error(name: str) -> None:
    assert graph_as(name, nx.MultiDiGraph())
