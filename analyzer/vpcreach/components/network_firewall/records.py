"""What Network Firewall's replies tell: firewalls with their endpoints, policies, rule groups."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply
from vpcreach.snapshot.snapshot import Snapshot


class FirewallAttachment(Record, frozen=True):
    subnet_id: str | None = None
    endpoint_id: str | None = None
    status: str | None = None


class SyncState(Record, frozen=True):
    attachment: FirewallAttachment = FirewallAttachment()


class FirewallStatus(Record, frozen=True):
    status: str | None = None
    sync_states: Mapping[str, SyncState] = {}


class Firewall(Record, frozen=True):
    firewall_arn: str = ""
    firewall_name: str = ""
    firewall_policy_arn: str | None = None
    vpc_id: str | None = None


class DescribeFirewall(Reply, frozen=True):
    firewall: Firewall = Firewall()
    firewall_status: FirewallStatus = FirewallStatus()


class FirewallSummary(Record, frozen=True):
    firewall_arn: str = ""


class ListFirewalls(Reply, frozen=True):
    firewalls: tuple[FirewallSummary, ...] = ()


class Override(Record, frozen=True):
    action: str | None = None


class GroupReference(Record, frozen=True):
    """A rule group in a policy. `priority` is missing in policies that order rules by their action."""

    resource_arn: str
    priority: int | None = None
    override: Override | None = None


class EngineOptions(Record, frozen=True):
    rule_order: str = "DEFAULT_ACTION_ORDER"


class VariableDefinition(Record, frozen=True):
    definition: tuple[str, ...] = ()


class PolicyVariables(Record, frozen=True):
    rule_variables: Mapping[str, VariableDefinition] = {}


class ResolvedAddressValidation(Record, frozen=True):
    action: str | None = None


class FirewallPolicy(Record, frozen=True):
    stateless_rule_group_references: tuple[GroupReference, ...] = ()
    stateless_default_actions: tuple[str, ...] = ()
    stateful_rule_group_references: tuple[GroupReference, ...] = ()
    stateful_default_actions: tuple[str, ...] = ()
    stateful_engine_options: EngineOptions = EngineOptions()
    tls_inspection_configuration_arn: str | None = msgspec.field(default=None, name="TLSInspectionConfigurationArn")
    policy_variables: PolicyVariables = PolicyVariables()
    resolved_address_validation: ResolvedAddressValidation | None = msgspec.field(
        default=None, name="Route53ResolvedIPValidation"
    )


class DescribeFirewallPolicy(Reply, frozen=True):
    firewall_policy: FirewallPolicy = FirewallPolicy()


class AddressDefinition(Record, frozen=True):
    address_definition: str


Protocol = Annotated[int, msgspec.Meta(ge=0, le=255)]


class PortRange(Record, frozen=True):
    from_port: Port
    to_port: Port

    def __post_init__(self) -> None:
        if self.from_port > self.to_port:
            raise ValueError(f"a port range has the smaller end first, not {self.from_port}-{self.to_port}")


class TcpFlags(Record, frozen=True):
    flags: tuple[str, ...] = ()


class MatchAttributes(Record, frozen=True):
    sources: tuple[AddressDefinition, ...] = ()
    destinations: tuple[AddressDefinition, ...] = ()
    source_ports: tuple[PortRange, ...] = ()
    destination_ports: tuple[PortRange, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    tcp_flags: tuple[TcpFlags, ...] = msgspec.field(default=(), name="TCPFlags")


class RuleDefinition(Record, frozen=True):
    match_attributes: MatchAttributes = MatchAttributes()
    actions: tuple[str, ...] = ()


class StatelessRule(Record, frozen=True):
    rule_definition: RuleDefinition = RuleDefinition()
    priority: int = 0


class StatelessRules(Record, frozen=True):
    stateless_rules: tuple[StatelessRule, ...] = ()


class RuleHeader(Record, frozen=True):
    protocol: str = "IP"
    source: str = "ANY"
    source_port: str = "ANY"
    direction: str = "FORWARD"
    destination: str = "ANY"
    destination_port: str = "ANY"


class RuleOption(Record, frozen=True):
    keyword: str = ""


class StatefulRule(Record, frozen=True):
    action: str = ""
    header: RuleHeader = RuleHeader()
    rule_options: tuple[RuleOption, ...] = ()

    def __str__(self) -> str:
        header = self.header
        way = f"{header.source} {header.source_port} -> {header.destination} {header.destination_port}"
        return f"{self.action} {header.protocol} {way}"


class RulesSource(Record, frozen=True):
    """Where a group's rules are, if they are five-tuples: Suricata text and lists of domain names are not read."""

    stateful_rules: tuple[StatefulRule, ...] = ()
    stateless_rules_and_custom_actions: StatelessRules | None = None


class RuleVariables(Record, frozen=True):
    ip_sets: Mapping[str, VariableDefinition] = msgspec.field(default_factory=dict, name="IPSets")
    port_sets: Mapping[str, VariableDefinition] = {}


class RuleGroup(Record, frozen=True):
    rule_variables: RuleVariables = RuleVariables()
    rules_source: RulesSource = RulesSource()


class DescribeRuleGroup(Reply, frozen=True):
    rule_group: RuleGroup | None = None


def _firewalls(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    reply = snapshot.read(LIST_FIREWALLS, place).value
    return [(firewall.firewall_arn,) for firewall in (reply.firewalls if reply else ())]


def _policies(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    replies = [snapshot.read(DESCRIBE_FIREWALL, place, arguments).value for arguments in _firewalls(snapshot, place)]
    arns = [reply.firewall.firewall_policy_arn for reply in replies if reply is not None]
    return [(arn,) for arn in dict.fromkeys(arns) if arn]


def _groups(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    replies = [snapshot.read(DESCRIBE_FIREWALL_POLICY, place, each).value for each in _policies(snapshot, place)]
    policies = [reply.firewall_policy for reply in replies if reply is not None]
    references = [r for p in policies for r in (*p.stateless_rule_group_references, *p.stateful_rule_group_references)]
    return [(arn,) for arn in dict.fromkeys(reference.resource_arn for reference in references)]


LIST_FIREWALLS = Call("network-firewall", "ListFirewalls", ListFirewalls, holds="Firewalls")
DESCRIBE_FIREWALL = Call(
    "network-firewall", "DescribeFirewall", DescribeFirewall, "Firewall", arguments=("FirewallArn",), each=_firewalls
)
DESCRIBE_FIREWALL_POLICY = Call(
    "network-firewall",
    "DescribeFirewallPolicy",
    DescribeFirewallPolicy,
    "FirewallPolicy",
    arguments=("FirewallPolicyArn",),
    each=_policies,
)
DESCRIBE_RULE_GROUP = Call(
    "network-firewall",
    "DescribeRuleGroup",
    DescribeRuleGroup,
    "RuleGroupResponse",
    arguments=("RuleGroupArn",),
    each=_groups,
)
CALLS = (LIST_FIREWALLS, DESCRIBE_FIREWALL, DESCRIBE_FIREWALL_POLICY, DESCRIBE_RULE_GROUP)
