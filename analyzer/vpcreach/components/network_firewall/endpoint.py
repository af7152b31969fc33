"""A firewall's endpoint as a next hop: its state, its policy, and the way back through it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from vpcreach.components.network_firewall.policy import Outcome, PolicyReader
from vpcreach.components.network_firewall.records import (
    DESCRIBE_FIREWALL,
    DESCRIBE_FIREWALL_POLICY,
    DESCRIBE_RULE_GROUP,
    LIST_FIREWALLS,
    DescribeFirewall,
    RuleGroup,
)
from vpcreach.components.network_firewall.rules import (
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE,
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
    FIREWALL_UNSUPPORTED_RULE_OPTIONS,
)
from vpcreach.forwarding import (
    BAD_STATE,
    Arrival,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Stop,
    Surroundings,
    wrong_way,
)
from vpcreach.packets.address_map import Family
from vpcreach.snapshot.call import Place

PAGE = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-rules-engines.html"
FIREWALL_RULES_RESTRICTION = Reason("FIREWALL_RULES_RESTRICTION", "change the rule of the firewall policy", PAGE)
FIREWALL_POLICY_NOT_EVALUATED = Reason(
    "FIREWALL_POLICY_NOT_EVALUATED",
    "collect the network-firewall calls from the account that owns the firewall, or test a connection",
    PAGE,
)


@dataclass(frozen=True, slots=True)
class FirewallEndpoint:
    """One endpoint of a firewall in one zone; `described` is None where no file tells whose endpoint it is."""

    kind: ClassVar[str] = "firewall_endpoint"

    id: str
    subnet_id: str | None
    vpc_id: str | None
    described: DescribeFirewall | None
    place: Place
    gap: str = ""

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if self.subnet_id is None:
            message = f"{self.id} names no subnet that it stands in"
            yield Hop(arrival.packets, Stop(), "", (FIREWALL_POLICY_NOT_EVALUATED.unknown(self.id, "", message),))
        elif arrival.leg is Leg.BACK:
            yield from self._back(arrival)
        else:
            yield from self._out(arrival, around)

    answer = forward

    def _back(self, arrival: Arrival) -> Iterable[Hop]:
        if self.id not in arrival.has_crossed:
            return wrong_way(self, arrival)
        return [Hop(arrival.packets, Lookup(self.subnet_id or ""), "answers, firewall", is_middlebox=True)]

    def _out(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        state = self._state_notes()
        reader = self._policy(around)
        if isinstance(reader, Note):
            yield self._passing(arrival, (*state, reader), "firewall", is_sure=False)
            return
        for outcome in reader.outcomes(arrival.packets):
            placed = Arrival(outcome.packets, arrival.leg, arrival.sender, arrival.vpc_id, None, arrival.origin)
            if outcome.passes is False:
                message = f"{self._name} drops packets to {outcome.packets.destination}: {outcome.line}"
                note = FIREWALL_RULES_RESTRICTION.fail(self.id, outcome.line, message)
                yield Hop(outcome.packets, Stop(), f"dropped: {outcome.line}", (*state, note))
            elif outcome.passes:
                yield self._passing(placed, state, f"passed: {outcome.line}", is_sure=True)
            else:
                yield self._passing(placed, (*state, self._doubt(outcome)), outcome.line, is_sure=False)

    def _passing(self, arrival: Arrival, notes: tuple[Note, ...], detail: str, *, is_sure: bool) -> Hop:
        then = Lookup(self.subnet_id or "")
        return Hop(arrival.packets, then, detail, notes, is_middlebox=True, is_unverified=not is_sure)

    def _doubt(self, outcome: Outcome) -> Note:
        reason = outcome.doubt or FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES
        message = f"whether {self._name} passes packets on is not decided by what can be read of it: {outcome.line}"
        return reason.unknown(self.id, outcome.line, message)

    @property
    def _name(self) -> str:
        return self.described.firewall.firewall_name if self.described else self.id

    def _state_notes(self) -> tuple[Note, ...]:
        if self.described is None:
            return ()
        status = self.described.firewall_status
        own = [each.attachment for each in status.sync_states.values() if each.attachment.endpoint_id == self.id]
        for what, state in (("Status", status.status), ("Attachment", own[0].status)):
            if state == "READY" or (what == "Attachment" and state == "SCALING"):
                continue
            message = f"{self._name} ({self.id}) is {state or 'in a state the reply does not tell'}, not ready"
            if state in ("FAILED", "ERROR", "DELETING"):
                return (BAD_STATE.fail(self.id, what, message),)
            return (BAD_STATE.unknown(self.id, what, message, resolve="collect again"),)
        return ()

    def _policy(self, around: Surroundings) -> PolicyReader | Note:
        """The policy with what it refers to, or why it cannot be evaluated."""
        arn = self.described.firewall.firewall_policy_arn if self.described else None
        if arn is None:
            message = f"{self.id} is, or may be, a Network Firewall's endpoint, whose policy is not known: {self.gap}"
            return FIREWALL_POLICY_NOT_EVALUATED.unknown(self.id, LIST_FIREWALLS.action, message)
        reading = around.read(DESCRIBE_FIREWALL_POLICY, self.place, (arn,))
        if reading.value is None or not reading.is_complete:
            message = f"the policy of {self._name} cannot be read: {reading.gap}"
            return FIREWALL_POLICY_NOT_EVALUATED.unknown(self.id, arn, message)
        vpc = around.component(self.vpc_id or "vpc-")
        cidrs = getattr(vpc, "cidrs", None)
        home = {family: tuple(cidrs(family).cidrs()) for family in Family} if cidrs is not None else {}
        return PolicyReader(reading.value.firewall_policy, lambda group: self._group(group, around), home, around)

    def _group(self, arn: str, around: Surroundings) -> RuleGroup | None:
        reading = around.read(DESCRIBE_RULE_GROUP, self.place, (arn,))
        return reading.value.rule_group if reading.value is not None and reading.is_complete else None


def firewall_endpoints(around: Surroundings) -> dict[str, FirewallEndpoint]:
    """Every endpoint that a described firewall names, by id."""
    found: dict[str, FirewallEndpoint] = {}
    for place in around.places():
        listed = around.read(LIST_FIREWALLS, place).value
        for summary in listed.firewalls if listed is not None else ():
            described = around.read(DESCRIBE_FIREWALL, place, (summary.firewall_arn,)).value
            if described is None:
                continue
            for attachment in (state.attachment for state in described.firewall_status.sync_states.values()):
                if attachment.endpoint_id:
                    vpc_id = described.firewall.vpc_id
                    found[attachment.endpoint_id] = FirewallEndpoint(
                        attachment.endpoint_id, attachment.subnet_id, vpc_id, described, place
                    )
    return found


def firewalls_unread(around: Surroundings) -> str | None:
    """Why not every firewall of the snapshot's accounts is known, or None where each one is."""
    for place in around.places():
        listed = around.read(LIST_FIREWALLS, place)
        if listed.value is None or not listed.is_complete:
            return str(listed.gap)
        for summary in listed.value.firewalls:
            described = around.read(DESCRIBE_FIREWALL, place, (summary.firewall_arn,))
            if described.value is None:
                return str(described.gap)
    return None


REASONS = (
    BAD_STATE,
    FIREWALL_POLICY_NOT_EVALUATED,
    FIREWALL_RULES_RESTRICTION,
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES,
    FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE,
    FIREWALL_UNSUPPORTED_RULE_OPTIONS,
)
