"""The report: every function, every destination, one answer each.

Work is shared: functions with the same subnet, groups, families (and role, where a policy tests principals) are one
equivalence class, whose traces are computed once per destination.
"""

from collections.abc import Hashable, Iterable, Sequence

from vpcreach.components import LISTINGS
from vpcreach.components.lambda_function import SUBNET_NOT_DUAL_STACK, LambdaFunction
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations import meaning_of
from vpcreach.destinations.grammar import AwsService, Internet, Named, Parsed, Service, parse
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import COLLECTION_FAILED, Effect, Note, Reason
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.reach import outside
from vpcreach.reach.answer import Answer, Finding, FunctionReport, Report, SubnetAnswer, Trace, Verdict, fold
from vpcreach.reach.functions import Listed, chosen, missing_lists
from vpcreach.reach.judge import finished, subnet_traces
from vpcreach.reach.source import (
    Attachment,
    OwnFacts,
    families_of,
    ipv6_unread,
    managed_note,
    own_facts,
    state_facts,
    vpc_of,
)
from vpcreach.reach.walk import Ways
from vpcreach.snapshot.snapshot import Gap, Snapshot

USUAL = ("internet", "s3", "dynamodb")
ENDPOINT_SHADOWS_NAT = Reason(
    "ENDPOINT_SHADOWS_NAT",
    "mend the endpoint, or take away its route or its private DNS so that the NAT gateway serves",
)
_INTERNET = Internet("internet", Service(443))


class Analysis:
    """One snapshot, asked as often as one likes: what was computed for one question serves the next."""

    def __init__(self, snapshot: Snapshot, *, strict: bool = False) -> None:
        self.snapshot = snapshot
        self.network = Network(snapshot)
        self.strict = strict
        self._traces: dict[Hashable, tuple[Trace, ...]] = {}
        self._meanings: dict[tuple[Source, Parsed], tuple[Meaning, Ways]] = {}
        self._policies_test_principals = any(
            any(word in (endpoint.policy_document or "") for word in ('"AWS"', '"Deny"', "NotPrincipal"))
            for endpoint in self.network.every(VpcEndpoint)
        )

    def report(self, destinations: Sequence[str] = USUAL, functions: Sequence[str] | None = None) -> Report:
        """Every chosen function against every destination; raises UsageError for names that mean nothing."""
        asked = {text: parse(text) for text in dict.fromkeys(destinations)}
        meant = chosen(self.network, functions)
        told = [self._function(item, asked) for item in meant.functions]
        told += [self._unlisted(name, asked) for name in meant.unlisted]
        return Report(tuple(told), tuple(self.gaps()))

    def gaps(self) -> list[Gap]:
        """Everything that answers would read and the snapshot lacks, each once."""
        found: dict[Gap, None] = {}
        for place in self.network.places():
            for listing in LISTINGS:
                gap = self.network.read(listing.call, place).gap
                if gap is not None:
                    found[gap] = None
        for failure in self.snapshot.manifest.failed:
            words = f"{failure.error}: {failure.message}" if failure.message else failure.error
            found[Gap(failure.call, failure.account, failure.region, words)] = None
        return sorted(found)

    def _function(self, listed: Listed, asked: dict[str, Parsed]) -> FunctionReport:
        function, place = listed.function, listed.place
        if function.runs_on_managed_instances:
            vpc_id = None
            note = managed_note(function)
            traces = {text: (outside.unlisted(parsed, note),) for text, parsed in asked.items()}
            answers = tuple(Answer(text, Verdict.UNKNOWN, False, (), (), (), told) for text, told in traces.items())
        elif function.is_attached:
            vpc_id = vpc_of(function, self.network)
            answers = tuple(self._answer(listed, vpc_id or "", text, parsed) for text, parsed in asked.items())
        else:
            vpc_id = None
            answers = tuple(self._outside(listed, text, parsed) for text, parsed in asked.items())
        own = _function_findings(function, self.network) if vpc_id else ()
        findings = dict.fromkeys((*own, *(finding for answer in answers for finding in answer.findings)))
        return FunctionReport(function.name, function.id, place.account, place.region, vpc_id, tuple(findings), answers)

    def _unlisted(self, name: str, asked: dict[str, Parsed]) -> FunctionReport:
        """A function that may exist in a list which the snapshot lacks: every answer is unknown."""
        gap = missing_lists(self.network)[0]
        message = f"whether there is a function {name}, and where it stands, is not known: {gap}"
        note = COLLECTION_FAILED.unknown(name, gap.call, message)
        answers = [
            Answer(text, Verdict.UNKNOWN, False, (), (), (), (outside.unlisted(parsed, note),))
            for text, parsed in asked.items()
        ]
        arn = name if name.startswith("arn:") else ""
        return FunctionReport(name, arn, gap.account, gap.region, None, (), tuple(answers))

    def _outside(self, listed: Listed, text: str, parsed: Parsed) -> Answer:
        """A function without VPC: AWS's own network, and the function's own state."""
        facts = state_facts(listed.function, listed.place, self.network)
        unattached = outside.traces(listed.function, parsed, listed.place, self.network)
        traces = finished(unattached, facts, strict=self.strict)
        assumptions = tuple(dict.fromkeys(a for trace in traces for a in trace.assumptions))
        findings = tuple(_finding(note, None, None) for note in facts.notes if note.effect is Effect.ADVICE)
        verdict = fold(trace.verdict for trace in traces)
        return Answer(text, verdict, facts.is_provisional, assumptions, (), findings, traces)

    def _answer(self, listed: Listed, vpc_id: str, text: str, parsed: Parsed) -> Answer:
        subnets: list[SubnetAnswer] = []
        findings: list[Finding] = []
        is_provisional = False
        for subnet_id in sorted(set(listed.function.subnet_ids)):
            attachment = self._attachment(listed, vpc_id, subnet_id)
            facts = own_facts(listed.function, attachment, self.network)
            traces = finished(self._shared(attachment, parsed), facts, strict=self.strict)
            is_provisional = is_provisional or facts.is_provisional
            name = str(getattr(self.network.record(subnet_id), "name", ""))
            subnet = SubnetAnswer(subnet_id, fold(trace.verdict for trace in traces), traces, name)
            subnets.append(subnet)
            findings += _advice(subnet, facts, text)
            findings += self._shadow(attachment, subnet, parsed, text)
        verdict = fold(trace.verdict for subnet in subnets for trace in subnet.traces)
        assumptions = tuple(dict.fromkeys(a for subnet in subnets for a in subnet.assumptions))
        return Answer(text, verdict, is_provisional, assumptions, tuple(subnets), tuple(dict.fromkeys(findings)))

    def _attachment(self, listed: Listed, vpc_id: str, subnet_id: str) -> Attachment:
        function = listed.function
        return Attachment(
            listed.place,
            vpc_id,
            subnet_id,
            tuple(sorted(set(function.group_ids))),
            families_of(function, self.network),
            function.wants_ipv6,
            function.role if self._policies_test_principals else None,
            ipv6_unread(function, self.network),
        )

    def _shared(self, attachment: Attachment, parsed: Parsed) -> tuple[Trace, ...]:
        key = (attachment, parsed)
        if key not in self._traces:
            source = Source(
                attachment.place,
                attachment.vpc_id,
                attachment.subnet_id,
                attachment.families,
                attachment.role,
            )
            if (source, parsed) not in self._meanings:
                self._meanings[source, parsed] = meaning_of(parsed, source, self.network), {}
            meaning, ways = self._meanings[source, parsed]
            self._traces[key] = subnet_traces(attachment, meaning, self.network, ways)
        return self._traces[key]

    def _shadow(self, attachment: Attachment, subnet: SubnetAnswer, parsed: Parsed, text: str) -> Iterable[Finding]:
        """F8: what fails inside an endpoint fails for good, though the NAT gateway beside it would have served."""
        if not isinstance(parsed, AwsService | Named):
            return
        stopped = [t for t in subnet.traces if t.verdict is Verdict.BLOCKED and _endpoint_on(t)]
        if not stopped:
            return
        internet = self._shared(attachment, _INTERNET)
        if fold(trace.verdict for trace in internet) is not Verdict.REACHABLE:
            return
        endpoint = _endpoint_on(stopped[0]) or ""
        message = (
            f"{endpoint} takes this traffic and stops it, though the internet is reachable from {subnet.subnet_id}"
        )
        yield _finding(ENDPOINT_SHADOWS_NAT.advice(endpoint, "", message), text, subnet.subnet_id)


def _endpoint_on(trace: Trace) -> str | None:
    return next((step.component for step in trace.path if step.kind == VpcEndpoint.kind), None)


def _advice(subnet: SubnetAnswer, facts: OwnFacts, destination: str) -> Iterable[Finding]:
    own = set(facts.notes)
    for note in dict.fromkeys(note for trace in subnet.traces for note in trace.notes):
        if note.effect is Effect.ADVICE:
            of_all = note in own and note.code.startswith(("FUNCTION_", "LAST_"))
            yield _finding(note, None if of_all else destination, None if of_all else subnet.subnet_id)


def _function_findings(function: LambdaFunction, network: Network) -> tuple[Finding, ...]:
    has_ipv6 = Family.IPV6 in families_of(function, network)
    if function.wants_ipv6 and not has_ipv6 and ipv6_unread(function, network) is None:
        message = f"{function.name} asks for IPv6, but not every one of its subnets has an IPv6 CIDR: it has IPv4 alone"
        return (_finding(SUBNET_NOT_DUAL_STACK.advice(function.id, "Ipv6AllowedForDualStack", message), None, None),)
    return ()


def _finding(note: Note, destination: str | None, subnet_id: str | None) -> Finding:
    return Finding(note.code, note.message, note.component, destination, subnet_id, note.remedy)
