"""The report: every function, every destination, one answer each.

Work is shared: functions with the same subnet, groups, families (and role, where a policy tests principals) are one
equivalence class, whose traces are computed once per destination.
"""

from collections.abc import Hashable, Iterable, Sequence

from vpcreach import components
from vpcreach.components import LISTINGS
from vpcreach.components.endpoint_policy import depends_on_role
from vpcreach.components.lambda_function import SUBNET_NOT_DUAL_STACK, CapacityProvider, LambdaFunction
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations import ALL_CALLS, calls_about, meaning_of
from vpcreach.destinations.grammar import AwsService, Internet, Named, Parsed, Service, parse
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import COLLECTION_FAILED, Effect, Note, Reason
from vpcreach.network.network import Network
from vpcreach.reach import file_systems, outside
from vpcreach.reach.aliases import folded
from vpcreach.reach.answer import Answer, Finding, FunctionReport, Report, SubnetAnswer, Trace, Verdict, fold
from vpcreach.reach.functions import Listed, chosen, missing_lists
from vpcreach.reach.judge import finished, subnet_traces
from vpcreach.reach.source import Attachment, OwnFacts, own_facts, state_facts
from vpcreach.reach.standing import Standing, families, ipv6_note, standing
from vpcreach.reach.walk import Ways
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Gap, Snapshot

USUAL = ("internet", "s3", "dynamodb")
ENDPOINT_SHADOWS_NAT = Reason(
    "ENDPOINT_SHADOWS_NAT",
    "mend the endpoint, or take away its route or its private DNS so that the NAT gateway serves",
)
_INTERNET = Internet("internet", Service(443))


class Analysis:
    """One snapshot, asked as often as one likes: what was computed for one question serves the next."""

    def __init__(self, snapshot: Snapshot, *, strict: bool = False, trust_appliances: bool = False) -> None:
        self.snapshot = snapshot
        self.network = Network(snapshot, trusts_appliances=trust_appliances)
        self.strict = strict
        self._traces: dict[Hashable, tuple[Trace, ...]] = {}
        self._meanings: dict[tuple[Source, CapacityProvider | None, Parsed], tuple[Meaning, Ways]] = {}
        self._policies_test_principals = any(
            depends_on_role(endpoint.policy_document) for endpoint in self.network.every(VpcEndpoint)
        )

    def report(self, destinations: Sequence[str] = USUAL, functions: Sequence[str] | None = None) -> Report:
        """Every chosen function against every destination; raises UsageError for names that mean nothing."""
        asked = {text: parse(text) for text in dict.fromkeys(destinations)}
        meant = chosen(self.network, functions)
        told = [self._function(item, asked) for item in meant.functions]
        told += [self._unlisted(name, asked) for name in meant.unlisted]
        return Report(tuple(told), tuple(self.gaps(asked.values())))

    def gaps(self, asked: Iterable[Parsed] = ()) -> list[Gap]:
        """Everything that answers about these destinations would read and the snapshot lacks, each once."""
        wanted = {*components.ALL_CALLS, *(call for parsed in asked for call in calls_about(parsed))}
        idle = {call.action for call in ALL_CALLS} - {call.action for call in wanted}
        found: dict[Gap, None] = {}
        for place in self.network.places():
            for listing in LISTINGS:
                gap = self.network.read(listing.call, place).gap
                if gap is not None:
                    found[gap] = None
        for failure in self.snapshot.manifest.failed:
            if failure.call in idle:
                continue
            words = f"{failure.error}: {failure.message}" if failure.message else failure.error
            found[Gap(failure.call, failure.account, failure.region, words)] = None
        return sorted(found)

    def _function(self, listed: Listed, asked: dict[str, Parsed]) -> FunctionReport:
        place = listed.place
        answers = tuple(
            folded([(_version_words(run), self._answer(run, place, text, parsed)) for run in listed.runs])
            for text, parsed in asked.items()
        )
        known = [(run, standing(run, place, self.network)) for run in listed.runs if isinstance(run, LambdaFunction)]
        standings = [(run, stands) for run, stands in known if isinstance(stands, Standing)]
        own = [finding for run, stands in standings for finding in _function_findings(run, stands, self.network)]
        own += [finding for run, stands in standings for finding in self._file_systems(run, stands, place)]
        findings = dict.fromkeys((*own, *(finding for answer in answers for finding in answer.findings)))
        vpc_id = next((stands.vpc_id for _, stands in standings), None)
        is_known = len(known) == len(listed.runs) and not any(isinstance(stands, Note) for _, stands in known)
        home = (listed.name, listed.arn, place.account, place.region)
        return FunctionReport(*home, vpc_id, tuple(findings), answers, is_known)

    def _answer(self, run: LambdaFunction | Note, place: Place, text: str, parsed: Parsed) -> Answer:
        """What becomes of the packets of one version, from wherever it stands."""
        if isinstance(run, Note):
            return Answer(text, Verdict.UNKNOWN, False, (), (), (), (outside.unlisted(parsed, run),))
        stands = standing(run, place, self.network)
        if isinstance(stands, Standing):
            return self._attached(run, stands, place, text, parsed)
        if isinstance(stands, Note):
            return self._outside(run, place, text, (outside.unlisted(parsed, stands),))
        return self._outside(run, place, text, outside.traces(run, parsed, place, self.network))

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
        return FunctionReport(name, arn, gap.account, gap.region, None, (), tuple(answers), False)

    def _outside(self, run: LambdaFunction, place: Place, text: str, traces: tuple[Trace, ...]) -> Answer:
        """A function without a known VPC: what holds wherever it runs, and its own state."""
        facts = state_facts(run, place, self.network)
        traces = finished(traces, facts, strict=self.strict)
        assumptions = tuple(dict.fromkeys(a for trace in traces for a in trace.assumptions))
        findings = tuple(_finding(note, None, None) for note in facts.notes if note.effect is Effect.ADVICE)
        verdict = fold(trace.verdict for trace in traces)
        return Answer(text, verdict, facts.is_provisional, assumptions, (), findings, traces)

    def _attached(self, run: LambdaFunction, stands: Standing, place: Place, text: str, parsed: Parsed) -> Answer:
        subnets: list[SubnetAnswer] = []
        findings: list[Finding] = []
        is_provisional = False
        for subnet_id in stands.subnet_ids:
            attachment = self._attachment(run, stands, place, subnet_id)
            facts = own_facts(run, attachment, self.network)
            traces = finished(self._shared(attachment, parsed), facts, strict=self.strict)
            is_provisional = is_provisional or facts.is_provisional or any(trace.is_provisional for trace in traces)
            name = str(getattr(self.network.record(subnet_id), "name", ""))
            subnet = SubnetAnswer(subnet_id, fold(trace.verdict for trace in traces), traces, name)
            subnets.append(subnet)
            findings += _advice(subnet, run, text)
            findings += self._shadow(attachment, subnet, parsed, text)
        verdict = fold(trace.verdict for subnet in subnets for trace in subnet.traces)
        assumptions = tuple(dict.fromkeys(a for subnet in subnets for a in subnet.assumptions))
        return Answer(text, verdict, is_provisional, assumptions, tuple(subnets), tuple(dict.fromkeys(findings)))

    def _attachment(self, run: LambdaFunction, stands: Standing, place: Place, subnet_id: str) -> Attachment:
        return Attachment(
            place,
            stands.vpc_id,
            subnet_id,
            stands.group_ids,
            families(stands, subnet_id, self.network),
            run.role if self._policies_test_principals else None,
            stands.provider,
            ipv6_note(stands, subnet_id, self.network),
        )

    def _shared(self, attachment: Attachment, parsed: Parsed) -> tuple[Trace, ...]:
        key = (attachment, parsed)
        if key not in self._traces:
            source = Source(
                attachment.place,
                attachment.vpc_id,
                attachment.subnet_id,
                attachment.asked_families,
                attachment.role,
                attachment.no_ipv6 is not None and attachment.no_ipv6.effect is Effect.UNKNOWN,
            )
            asked = (source, attachment.provider, parsed)
            if asked not in self._meanings:
                self._meanings[asked] = meaning_of(parsed, source, self.network), {}
            meaning, ways = self._meanings[asked]
            self._traces[key] = subnet_traces(attachment, meaning, self.network, ways)
        return self._traces[key]

    def _file_systems(self, run: LambdaFunction, stands: Standing, place: Place) -> Iterable[Finding]:
        def ask(arn: str, subnet_id: str) -> tuple[Trace, ...]:
            traces = self._shared(self._attachment(run, stands, place, subnet_id), parse(arn))
            # The function's own state is another matter: it may well be what an unreachable file system made of it.
            return finished(traces, OwnFacts(), strict=self.strict)

        for note, subnet_id in file_systems.findings(run, stands.subnet_ids, ask):
            yield _finding(note, None, subnet_id)

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


def _advice(subnet: SubnetAnswer, run: LambdaFunction, destination: str) -> Iterable[Finding]:
    for note in dict.fromkeys(note for trace in subnet.traces for note in trace.notes):
        if note.effect is Effect.ADVICE:
            of_all = note.component == run.id
            yield _finding(note, None if of_all else destination, None if of_all else subnet.subnet_id)


def _function_findings(run: LambdaFunction, stands: Standing, network: Network) -> Iterable[Finding]:
    notes = {ipv6_note(stands, subnet_id, network) for subnet_id in stands.subnet_ids}
    if stands.wants_ipv6 and any(note is not None and note.effect is Effect.FAIL for note in notes):
        message = f"{run.title} asks for IPv6, but not every one of its subnets has an IPv6 CIDR: it has IPv4 alone"
        yield _finding(SUBNET_NOT_DUAL_STACK.advice(run.id, "Ipv6AllowedForDualStack", message), None, None)


def _version_words(run: LambdaFunction | Note) -> str:
    return f"version {run.version}" if isinstance(run, LambdaFunction) else "a version that is not known"


def _finding(note: Note, destination: str | None, subnet_id: str | None) -> Finding:
    return Finding(note.code, note.message, note.component, destination, subnet_id, note.remedy)
