"""Network Firewall: endpoints that packets pass on their way, and the policy that drops or passes them.

Modelled: state, stateless five-tuple rules and default actions both ways, stateful five-tuple rules in either order,
variables, overrides, the way back through the same endpoint.
Not modelled: Suricata's rule language, domain lists, groups that AWS or others manage, TLS inspection, references to IP
sets: what they may decide is undecided. Never taken on trust.
Source: Network Firewall Developer Guide, "Rules engines", "Evaluation order" (semantics F9, G9, C17).
Checked: tests/unit/components/test_network_firewall.py.
"""

from vpcreach.components.network_firewall.endpoint import (
    REASONS,
    FirewallEndpoint,
    firewall_endpoints,
    firewalls_unread,
)
from vpcreach.components.network_firewall.policy import port_ranges
from vpcreach.components.network_firewall.records import CALLS, DESCRIBE_RULE_GROUP, RuleGroup

__all__ = [
    "CALLS",
    "DESCRIBE_RULE_GROUP",
    "REASONS",
    "FirewallEndpoint",
    "RuleGroup",
    "firewall_endpoints",
    "firewalls_unread",
    "port_ranges",
]
