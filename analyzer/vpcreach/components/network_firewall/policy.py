"""What a firewall policy does with a connection: stateless rules for every packet, then stateful ones for flows.

Stateless rules see the packets and their answers apart; what they forward both ways meets the stateful rules, in the
order of their actions (pass, drop, reject) or strictly in the policy's own order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vpcreach.components.network_firewall.records import (
    FirewallPolicy,
    GroupReference,
    RuleGroup,
)
from vpcreach.components.network_firewall.rules import (
    BY_DEFAULT,
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE,
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
    FIREWALL_UNSUPPORTED_RULE_OPTIONS,
    Fate,
    Rule,
    fates,
    port_ranges_of,
    stateful,
    stateless,
)
from vpcreach.forwarding import Reason, Surroundings
from vpcreach.packets.address_map import Family
from vpcreach.packets.packet_set import PacketSet, Side
from vpcreach.packets.ports import TCP, UDP

PASS, DROP, REJECT, FORWARD = "PASS", "DROP", "REJECT", "FORWARD"
STATELESS = {"aws:pass": PASS, "aws:drop": DROP, "aws:forward_to_sfe": FORWARD}
STRICT_DEFAULTS = {"aws:drop_strict": DROP, "aws:drop_established": DROP}
ACTION_ORDER = (PASS, DROP, REJECT)
DROPPING = frozenset({DROP, REJECT})
PORTED = (TCP, UDP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of some connections: True passes, False is dropped, None is not decided, and by which line."""

    packets: PacketSet
    passes: bool | None
    line: str
    doubt: Reason | None = None


class PolicyReader:
    """One policy with its rule groups, as read for one firewall.

    `read_group` gives a group, or None where unread; `home` holds the blocks of the firewall's VPC, or nothing where
    that is unread.
    """

    def __init__(
        self,
        policy: FirewallPolicy,
        read_group: Callable[[str], RuleGroup | None],
        home: Mapping[Family, tuple[str, ...]],
        around: Surroundings,
    ) -> None:
        self.policy = policy
        self.read_group = read_group
        self.home = home
        self.around = around

    def outcomes(self, packets: PacketSet) -> Iterator[Outcome]:
        """Every connection of the packet set, with its answers, by what the policy does with it."""
        for out in fates(packets, self._stateless_rules(packets.family), self._stateless_default(), Side.DESTINATION):
            back_rules = self._stateless_rules(packets.family)
            answers = out.packets.reversed()
            for back in fates(answers, back_rules, self._stateless_default(), Side.SOURCE):
                yield from self._joined(out, back)

    def _joined(self, out: Fate, back: Fate) -> Iterator[Outcome]:
        packets = back.packets.reversed()
        actions = out.actions | back.actions
        if DROP in (*_only(out), *_only(back)):
            line = out.rule if DROP in _only(out) else f"{back.rule}, for the answers"
            yield Outcome(packets, False, f"stateless: {line}")
        elif len(actions) != 1:
            reason, line = out.doubt or back.doubt or (FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES, "")
            line = line or f"{out.rule} one way, {back.rule} the other"
            yield Outcome(packets, None, f"stateless: {line}", reason)
        elif actions == {PASS}:
            yield Outcome(packets, True, f"stateless: {out.rule}")
        else:
            yield from self._stateful(packets)

    def _stateful(self, packets: PacketSet) -> Iterator[Outcome]:
        rules = list(self._stateful_rules(packets.family))
        default = [PASS]
        order = self.policy.stateful_engine_options.rule_order
        if order == "STRICT_ORDER":
            default = self._strict_default(packets)
        elif order != "DEFAULT_ACTION_ORDER":
            yield Outcome(packets, None, f"the rule order {order}", FIREWALL_UNSUPPORTED_RULE_OPTIONS)
            return
        else:
            # Rules that pass are read before those that drop, wherever they stand.
            rules.sort(key=lambda rule: ACTION_ORDER.index(rule.action))
        for fate in fates(packets, rules, default, Side.DESTINATION):
            if fate.actions <= DROPPING:
                yield Outcome(fate.packets, False, fate.rule)
            elif fate.actions == {PASS}:
                is_named = fate.rule != BY_DEFAULT
                yield from (Outcome(fate.packets, True, fate.rule),) if is_named else self._answered(fate, rules)
            else:
                reason, line = fate.doubt or (FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES, fate.rule)
                yield Outcome(fate.packets, None, line, reason)

    def _answered(self, fate: Fate, rules: list[Rule]) -> Iterator[Outcome]:
        """What passes by default, as no rule names it: its answers meet the rules, too, and one may drop them.

        A rule that passes a flow spares its answers from being read.
        """
        dropping = [rule for rule in rules if rule.action in DROPPING]
        for back in fates(fate.packets.reversed(), dropping, [PASS], Side.SOURCE):
            reason, line = back.doubt or (FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES, back.rule)
            packets = back.packets.reversed()
            if back.actions == {PASS}:
                yield Outcome(packets, True, fate.rule)
            else:
                yield Outcome(packets, None, f"{line}, which the answers match", reason)

    def _strict_default(self, packets: PacketSet) -> list[str]:
        """What strict order does with what no rule matches. Dropping established flows spares single datagrams."""
        words = [word for word in self.policy.stateful_default_actions if not word.startswith("aws:alert")]
        if not words:
            return [PASS]
        is_tcp = not packets.destination_ports & ~self.around.atoms.mask(TCP)
        if all(word in STRICT_DEFAULTS for word in words) and (is_tcp or words == ["aws:drop_strict"]):
            return [DROP]
        return [PASS, DROP]

    # Rules in order

    def _stateless_default(self) -> list[str]:
        known = [STATELESS[word] for word in self.policy.stateless_default_actions if word in STATELESS]
        return known or [PASS, DROP, FORWARD]

    def _stateless_rules(self, family: Family) -> Iterator[Rule]:
        for reference in sorted(self.policy.stateless_rule_group_references, key=lambda each: each.priority or 0):
            name = reference.resource_arn.rpartition("/")[2]
            group = self.read_group(reference.resource_arn)
            source = group.rules_source.stateless_rules_and_custom_actions if group else None
            if source is None:
                yield from _anything(name, (PASS, DROP, FORWARD))
                continue
            for rule in sorted(source.stateless_rules, key=lambda each: each.priority):
                definition = rule.rule_definition
                actions = [STATELESS[word] for word in definition.actions if word in STATELESS]
                words = f"{name} rule {rule.priority}"
                for action in actions or (PASS, DROP, FORWARD):
                    made = stateless(definition.match_attributes, action, words, family, self.around.atoms)
                    yield made if actions else _unsure(made)

    def _stateful_rules(self, family: Family) -> Iterator[Rule]:
        policy = self.policy
        sets = {name: each.definition for name, each in policy.policy_variables.rule_variables.items()}
        if family in self.home:
            sets = {"HOME_NET": self.home[family], **sets}
        if policy.tls_inspection_configuration_arn or policy.resolved_address_validation:
            yield from _anything("inspection of TLS or of resolved addresses", (DROP,))
        for reference in sorted(policy.stateful_rule_group_references, key=lambda each: each.priority or 0):
            yield from self._group_rules(reference, sets, family)

    def _group_rules(
        self, reference: GroupReference, sets: Mapping[str, tuple[str, ...]], family: Family
    ) -> Iterator[Rule]:
        name = reference.resource_arn.rpartition("/")[2]
        group = self.read_group(reference.resource_arn)
        spares = reference.override is not None and reference.override.action == "DROP_TO_ALERT"
        source = group.rules_source if group is not None else None
        if group is None or source is None or not source.stateful_rules:
            # Suricata's language, a list of domain names, or a group that AWS manages: it may do anything.
            yield from _anything(name, (PASS,) if spares else (PASS, DROP))
            return
        for rule in source.stateful_rules:
            action = rule.action.upper()
            if action == "ALERT" or (spares and action in DROPPING):
                continue
            for made in stateful(rule, group, sets, family, self.around.atoms):
                if action in (PASS, DROP, REJECT):
                    yield made
                else:
                    yield from _anything(f"{name}: {rule}", (PASS, DROP))


def _only(fate: Fate) -> frozenset[str]:
    """The action that is sure, where there is just one."""
    return fate.actions if len(fate.actions) == 1 else frozenset()


def _anything(words: str, actions: Iterable[str]) -> Iterator[Rule]:
    """Rules that may match any packet and take any of these actions."""
    for action in actions:
        yield Rule(action, words, None, None, None, None, FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE)


def _unsure(rule: Rule) -> Rule:
    return replace(rule, doubt=FIREWALL_UNSUPPORTED_RULE_OPTIONS)


def port_ranges(groups: Iterable[RuleGroup]) -> Iterator[tuple[int | None, int, int]]:
    """Every (protocol, first, last) that rules name, to cut the port atoms by."""
    for group in groups:
        for first, last in _ranges(group):
            for protocol in PORTED:
                yield protocol, first, last


def _ranges(group: RuleGroup) -> Iterator[tuple[int, int]]:
    source = group.rules_source
    ports = {name: each.definition for name, each in group.rule_variables.port_sets.items()}
    for rule in source.stateful_rules:
        for text in (rule.header.source_port, rule.header.destination_port):
            yield from port_ranges_of(text, ports) or ()
    listed = source.stateless_rules_and_custom_actions
    for each in listed.stateless_rules if listed is not None else ():
        attributes = each.rule_definition.match_attributes
        for ports_named in (*attributes.source_ports, *attributes.destination_ports):
            yield ports_named.from_port, ports_named.to_port
