"""The report: every function, every destination, one answer each.

Work is shared: functions with the same subnet, groups, families (and role, where a policy tests principals) are one
equivalence class, whose traces are computed once per destination; functions whose own facts are the same too
(circumstances.py) share the finished answer.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from vpcreach import components
from vpcreach.components import LISTINGS
from vpcreach.components.endpoint_policy import depends_on_role
from vpcreach.components.lambda_function import SUBNET_NOT_DUAL_STACK, LambdaFunction
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations import ALL_CALLS, calls_about, meaning_of
from vpcreach.destinations.grammar import AwsService, Internet, Named, Parsed, Service, parse
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import COLLECTION_FAILED, Effect, Note, Reason
from vpcreach.network.functions import FunctionList
from vpcreach.network.network import Network
from vpcreach.reach import file_systems, outside
from vpcreach.reach.aliases import folded
from vpcreach.reach.answer import Answer, Finding, FunctionReport, Report, SubnetAnswer, Trace, Verdict, fold
from vpcreach.reach.circumstances import Circumstances, CircumstancesOf, Make
from vpcreach.reach.functions import Chosen, Listed, chosen, every_function, missing_lists
from vpcreach.reach.judge import finished, subnet_traces
from vpcreach.reach.source import Attachment, OwnFacts
from vpcreach.reach.standing import Standing
from vpcreach.reach.walk import Ways
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Gap, Snapshot

# What a report tells of a function besides its name: VPC, findings, answers, and whether it is known where it stands.
Told: TypeAlias = tuple[str | None, tuple[Finding, ...], tuple[Answer, ...], bool]
USUAL = ("internet", "s3", "dynamodb")
ENDPOINT_SHADOWS_NAT = Reason(
    "ENDPOINT_SHADOWS_NAT",
    "mend the endpoint, or take away its route or its private DNS so that the NAT gateway serves",
)
_INTERNET = Internet("internet", Service(443))


class Question(NamedTuple):
    """One function (its name, and what tells it from others: the ARN) and one destination, as typed."""

    function: str
    arn: str
    destination: str

    def __str__(self) -> str:
        return f"{self.function} → {self.destination}"


class Analysis:
    """One snapshot, asked as often as one likes: what was computed for one question serves the next."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        strict: bool = False,
        trust_appliances: bool = False,
        functions: FunctionList | None = None,
        base: Network | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.network = Network(snapshot, trusts_appliances=trust_appliances, functions=functions, base=base)
        self.strict = strict
        self._answers: dict[tuple[int, str], Answer] = {}
        self._told_of_makes: dict[tuple[Make, tuple[str, ...]], Told] = {}
        self._findings: dict[Hashable, tuple[Finding, ...]] = {}
        self._gaps: dict[frozenset[str], list[Gap]] = {}
        policies_test_principals = any(
            depends_on_role(endpoint.policy_document) for endpoint in self.network.every(VpcEndpoint)
        )
        self._circumstances = CircumstancesOf(self.network, by_role=policies_test_principals)

    def report(
        self, destinations: Sequence[str] = USUAL, functions: Sequence[str] | None = None, *, everyone: bool = False
    ) -> Report:
        """Every chosen function against every destination; raises UsageError for names that mean nothing.

        Without names all functions that are attached to a VPC are chosen; with `everyone` the others too.
        """
        asked = {text: parse(text) for text in dict.fromkeys(destinations)}
        meant = Chosen(tuple(every_function(self.network))) if everyone else chosen(self.network, functions)
        told = [self._function(item, asked) for item in meant.functions]
        told += [self._unlisted(name, asked) for name in meant.unlisted]
        return Report(tuple(told), tuple(self.gaps(asked.values())))

    def verdicts(
        self, destinations: Sequence[str] = USUAL, functions: Sequence[str] | None = None
    ) -> dict[Question, Verdict]:
        """The verdicts of a report alone, by question, in the order of the report."""
        asked = {text: parse(text) for text in dict.fromkeys(destinations)}
        meant = chosen(self.network, functions)
        found: dict[Question, Verdict] = {}
        for listed in meant.functions:
            for answer in self._answers_of(listed, asked):
                found[Question(listed.name, listed.arn, answer.destination)] = answer.verdict
        unlisted = [self._unlisted(name, asked) for name in meant.unlisted]
        return found | {Question(u.name, u.arn, a.destination): a.verdict for u in unlisted for a in u.answers}

    def verdicts_of_everyone(self, destinations: Sequence[str]) -> dict[str, tuple[Verdict, ...]]:
        """By ARN the verdicts of every function, those without VPC too, in the order of the destinations."""
        asked = {text: parse(text) for text in dict.fromkeys(destinations)}
        found: dict[str, tuple[Verdict, ...]] = {}
        for alike in self._circumstances.alike():
            answers = self._answers_of(alike.functions[0], asked)
            found |= dict.fromkeys(alike.arns, tuple(answer.verdict for answer in answers))
        return found

    def answering(self, destinations: Sequence[str]) -> Iterator[None]:
        """The same for its own sake, an answer at each step: what is asked later is known then."""
        for text in dict.fromkeys(destinations):
            asked = {text: parse(text)}
            for alike in self._circumstances.alike():
                self._answers_of(alike.functions[0], asked)
                yield

    def on(self, snapshot: Snapshot) -> "Analysis":
        """The same kind of analysis of another snapshot, such as an edited copy of this one."""
        of_functions = any("/lambda/" in path or "/iam/" in path for path in snapshot.touched)
        is_edited_copy = snapshot.base is self.snapshot
        return Analysis(
            snapshot,
            strict=self.strict,
            trust_appliances=self.network.trusts_appliances,
            functions=self.network.functions if is_edited_copy and not of_functions else None,
            base=self.network if is_edited_copy else None,
        )

    def gaps(self, asked: Iterable[Parsed] = ()) -> list[Gap]:
        """Everything that answers about these destinations would read and the snapshot lacks, each once."""
        wanted = {*components.ALL_CALLS, *(call for parsed in asked for call in calls_about(parsed))}
        idle = frozenset({call.action for call in ALL_CALLS} - {call.action for call in wanted})
        if idle not in self._gaps:
            self._gaps[idle] = self._missing(idle)
        return self._gaps[idle]

    def _missing(self, idle: frozenset[str]) -> list[Gap]:
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
        home = (listed.name, listed.arn, listed.place.account, listed.place.region)
        make = self._circumstances.make_of(listed.function, listed.place) if not listed.qualifier else None
        # The findings about its file systems are a function's own.
        if make is None or listed.function.file_system_configs:
            return FunctionReport(*home, *self._told(listed, asked))
        key = (make, tuple(asked))
        if key not in self._told_of_makes:
            self._told_of_makes[key] = self._told(listed, asked)
        return FunctionReport(*home, *self._told_of_makes[key])

    def _told(self, listed: Listed, asked: dict[str, Parsed]) -> Told:
        """What a report tells of a function besides what it is called."""
        place = listed.place
        known = [(run, self._circumstances(run, place)) for run in listed.runs if isinstance(run, LambdaFunction)]
        standings = [held.stands for _, (_, held) in known]
        answers = self._answers_of(listed, asked)
        own = [finding for run, (number, held) in known for finding in self._own_findings(run, number, held)]
        findings = dict.fromkeys((*own, *(finding for answer in answers for finding in answer.findings)))
        vpc_id = next((stands.vpc_id for stands in standings if isinstance(stands, Standing)), None)
        is_known = len(known) == len(listed.runs) and not any(isinstance(stands, Note) for stands in standings)
        return vpc_id, tuple(findings), answers, is_known

    def _answers_of(self, listed: Listed, asked: dict[str, Parsed]) -> tuple[Answer, ...]:
        """What becomes of the packets of a function, an alias or a version, for each destination."""
        if len(listed.runs) == 1 and isinstance(run := listed.runs[0], LambdaFunction):
            number, held = self._circumstances(run, listed.place)
            return tuple(self._answer_of(number, held, run, text, parsed) for text, parsed in asked.items())
        return tuple(
            folded([(run, self._answer(run, listed.place, text, parsed)) for run in listed.runs])
            for text, parsed in asked.items()
        )

    def _own_findings(self, run: LambdaFunction, number: int, held: Circumstances) -> tuple[Finding, ...]:
        """What is worth knowing of a function, whatever is asked about it."""
        if not isinstance(held.stands, Standing):
            return ()
        key = (run.id, run.title, run.file_system_configs, number)
        if key not in self._findings:
            found = [*_function_findings(run, held), *self._file_systems(run, held)]
            self._findings[key] = tuple(found)
        return self._findings[key]

    def _answer(self, run: LambdaFunction | Note, place: Place, text: str, parsed: Parsed) -> Answer:
        """What becomes of the packets of one version, from wherever it stands."""
        if isinstance(run, Note):
            return Answer(text, Verdict.UNKNOWN, False, (), (), (), (outside.unlisted(parsed, run),))
        return self._answer_of(*self._circumstances(run, place), run, text, parsed)

    def _answer_of(self, number: int, held: Circumstances, run: LambdaFunction, text: str, parsed: Parsed) -> Answer:
        """The answer of all that are in these circumstances."""
        key = (number, text)
        if key not in self._answers:
            found = self.network.carry_over(("answer", held, text), lambda: self._found(run, held, text, parsed))
            self._answers[key] = found
        return self._answers[key]

    def _found(self, run: LambdaFunction, held: Circumstances, text: str, parsed: Parsed) -> Answer:
        if isinstance(held.stands, Standing):
            return self._attached(run, held, text, parsed)
        if isinstance(held.stands, Note):
            return self._outside(held, text, (outside.unlisted(parsed, held.stands),))
        return self._outside(held, text, outside.traces(run, parsed, held.place, self.network))

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

    def _outside(self, held: Circumstances, text: str, traces: tuple[Trace, ...]) -> Answer:
        """A function without a known VPC: what holds wherever it runs, and its own state."""
        facts = held.facts[0]
        traces = finished(traces, facts, strict=self.strict)
        assumptions = tuple(dict.fromkeys(a for trace in traces for a in trace.assumptions))
        findings = tuple(_finding(note, None, None) for note in facts.notes if note.effect is Effect.ADVICE)
        verdict = fold(trace.verdict for trace in traces)
        return Answer(text, verdict, facts.is_provisional, assumptions, (), findings, traces)

    def _attached(self, run: LambdaFunction, held: Circumstances, text: str, parsed: Parsed) -> Answer:
        subnets: list[SubnetAnswer] = []
        findings: list[Finding] = []
        is_provisional = False
        for attachment, facts in zip(held.attachments, held.facts, strict=True):
            traces = finished(self._shared(attachment, parsed), facts, strict=self.strict)
            is_provisional = is_provisional or facts.is_provisional or any(trace.is_provisional for trace in traces)
            name = str(getattr(self.network.record(attachment.subnet_id), "name", ""))
            subnet = SubnetAnswer(attachment.subnet_id, fold(trace.verdict for trace in traces), traces, name)
            subnets.append(subnet)
            findings += _advice(subnet, run, text)
            findings += self._shadow(attachment, subnet, parsed, text)
        verdict = fold(trace.verdict for subnet in subnets for trace in subnet.traces)
        assumptions = tuple(dict.fromkeys(a for subnet in subnets for a in subnet.assumptions))
        return Answer(text, verdict, is_provisional, assumptions, tuple(subnets), tuple(dict.fromkeys(findings)))

    def _shared(self, attachment: Attachment, parsed: Parsed) -> tuple[Trace, ...]:
        return self.network.carry_over(("traces", attachment, parsed), lambda: self._walked(attachment, parsed))

    def _walked(self, attachment: Attachment, parsed: Parsed) -> tuple[Trace, ...]:
        source = Source(
            attachment.place,
            attachment.vpc_id,
            attachment.subnet_id,
            attachment.asked_families,
            attachment.role,
            attachment.no_ipv6 is not None and attachment.no_ipv6.effect is Effect.UNKNOWN,
        )
        key = ("meaning", source, attachment.provider, parsed)
        meaning, ways = self.network.remember(key, lambda: self._meaning(source, parsed))
        return subnet_traces(attachment, meaning, self.network, ways)

    def _meaning(self, source: Source, parsed: Parsed) -> tuple[Meaning, Ways]:
        return meaning_of(parsed, source, self.network), {}

    def _file_systems(self, run: LambdaFunction, held: Circumstances) -> Iterable[Finding]:
        attachments = {attachment.subnet_id: attachment for attachment in held.attachments}

        def ask(arn: str, subnet_id: str) -> tuple[Trace, ...]:
            # The function's own state is another matter: it may well be what an unreachable file system made of it.
            return finished(self._shared(attachments[subnet_id], parse(arn)), OwnFacts(), strict=self.strict)

        for note, subnet_id in file_systems.findings(run, tuple(attachments), ask):
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


def _function_findings(run: LambdaFunction, held: Circumstances) -> Iterable[Finding]:
    wants_ipv6 = isinstance(held.stands, Standing) and held.stands.wants_ipv6
    if wants_ipv6 and any(each.no_ipv6 and each.no_ipv6.effect is Effect.FAIL for each in held.attachments):
        message = f"{run.title} asks for IPv6, but not every one of its subnets has an IPv6 CIDR: it has IPv4 alone"
        yield _finding(SUBNET_NOT_DUAL_STACK.advice(run.id, "Ipv6AllowedForDualStack", message), None, None)


def _finding(note: Note, destination: str | None, subnet_id: str | None) -> Finding:
    return Finding(note.code, note.message, note.component, destination, subnet_id, note.remedy)
