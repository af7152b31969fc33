"""What both snapshots answer: the same questions, and the functions and destinations that only one of them knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from vpcreach.components.lambda_function import LIST_FUNCTIONS
from vpcreach.errors import UsageError
from vpcreach.reach.answer import Answer, FunctionReport, Verdict
from vpcreach.reach.functions import chosen
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.call import Place

# Names are looked up one by one; of so many functions it is quicker to ask about all.
MANY = 100


class Known(Enum):
    """What a snapshot says of a function."""

    THERE = "there"
    GONE = "gone"
    UNTOLD = "the list that would hold it is missing"


@dataclass(frozen=True, slots=True)
class Home:
    """A function: its name, its ARN, and where it is listed."""

    name: str
    arn: str
    place: Place


@dataclass(slots=True)
class Side:
    """One of the two snapshots: its functions, its answers by ARN and destination, and what it does not know."""

    analysis: Analysis
    homes: dict[str, Home] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    nowhere: dict[str, UsageError] = field(default_factory=dict)
    nobody: dict[str, UsageError] = field(default_factory=dict)

    def ask(self, destinations: Iterable[str], functions: Sequence[str] | None) -> None:
        """Every chosen function against every destination; names that mean nothing here are kept, not raised."""
        texts = None if functions is None else [text for text in functions if self._means_something(text)]
        if texts == []:
            return
        real = {listed.arn for listed in chosen(self.analysis.network, texts).functions}
        for destination in destinations:
            for report in self._reports(destination, texts):
                if report.arn in real:
                    home = Home(report.name, report.arn, Place(report.account, report.region))
                    self.homes[report.arn] = home
                    self._keep(report, destination)

    def _keep(self, report: FunctionReport, destination: str) -> None:
        [answer] = report.answers
        self.answers[report.arn, destination] = answer

    def _means_something(self, text: str) -> bool:
        try:
            chosen(self.analysis.network, [text])
        except UsageError as error:
            self.nobody[text] = error
            return False
        return True

    def _reports(self, destination: str, functions: Sequence[str] | None) -> Iterable[FunctionReport]:
        try:
            return self.analysis.report([destination], functions).functions
        except UsageError as error:
            self.nowhere[destination] = error
            return ()

    def ask_by_arn(self, destinations: Iterable[str], homes: Sequence[Home]) -> None:
        """Functions that the other snapshot has: one without VPC here, or one that a missing list may hold."""
        for destination in destinations:
            for home in homes:
                for report in self._reports(destination, [home.arn]):
                    self._keep(report, destination)

    def knows(self, home: Home) -> Known:
        """Whether the function is here; one is gone only where its list is whole."""
        network = self.analysis.network
        try:
            found = chosen(network, [home.arn])
        except UsageError:
            return Known.GONE
        if found.functions:
            return Known.THERE
        gap = network.read(LIST_FUNCTIONS, home.place).gap
        return Known.UNTOLD if gap is not None else Known.GONE

    def verdict(self, arn: str, destination: str) -> Verdict | None:
        answer = self.answers.get((arn, destination))
        return answer.verdict if answer is not None else None


def verdicts(analysis: Analysis, destination: str, arns: Sequence[str]) -> dict[str, Verdict]:
    """Verdicts by ARN; functions and destinations that the snapshot does not know have none."""
    if len(arns) > MANY:
        found = _asked(analysis, destination, None)
        rest = [arn for arn in arns if arn not in found]
        return {arn: found[arn] for arn in arns if arn in found} | verdicts_one_by_one(analysis, destination, rest)
    return verdicts_one_by_one(analysis, destination, arns)


def verdicts_one_by_one(analysis: Analysis, destination: str, arns: Sequence[str]) -> dict[str, Verdict]:
    told: dict[str, Verdict] = {}
    for arn in arns:
        told |= _asked(analysis, destination, [arn])
    return told


def _asked(analysis: Analysis, destination: str, arns: Sequence[str] | None) -> dict[str, Verdict]:
    try:
        found = analysis.verdicts([destination], arns)
    except UsageError:
        return {}
    return {question.arn: verdict for question, verdict in found.items()}
