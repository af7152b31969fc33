"""Rules held against answers: which functions a rule means, what is asked of them, what became of it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from vpcreach.check.outcome import CheckReport, Expectation, RuleResult, UnmatchedRule
from vpcreach.check.rule_file import RuleFile, in_order
from vpcreach.check.rule_model import Rule, TagSelector
from vpcreach.check.selection import KnownFunction, is_match, selected, undecided
from vpcreach.errors import RuleFileError, UsageError, did_you_mean
from vpcreach.reach.answer import Answer, FunctionReport, Report
from vpcreach.snapshot.snapshot import Gap

_DEMANDS = (Expectation.MUST_REACH, Expectation.MUST_NOT_REACH)


class Estate(Protocol):
    """What rules are held against."""

    def functions(self) -> Sequence[KnownFunction]:
        """Every function that the snapshot lists, attached to a VPC or not."""
        ...

    def unread_lists(self) -> Sequence[Gap]:
        """The lists of functions that the snapshot lacks, in whole or in part."""
        ...

    def unread_aliases(self, glob: str) -> Sequence[Gap]:
        """The lists of aliases and versions that a name or glob may mean, and that the snapshot lacks."""
        ...

    def report(self, destinations: Sequence[str], arns: Sequence[str]) -> Report:
        """Answers for these functions; raises UsageError for a destination that means nothing there."""
        ...


def evaluate(rule_file: RuleFile, estate: Estate) -> CheckReport:
    """What became of every rule.

    Raises RuleFileError for rules that match no function or name a destination that does not exist.
    """
    functions = estate.functions()
    meant = [selected(rule.selectors, functions) for rule in rule_file.rules]
    unmatched, problems = _unmatched(rule_file, meant, functions, estate)
    answers, reports = _ask(rule_file, meant, estate, problems)
    if problems:
        raise RuleFileError(in_order(problems))
    results = [
        RuleResult(rule.name, function.name, function.arn, destination, expected, answers[function.arn, destination])
        for rule, chosen in zip(rule_file.rules, meant, strict=True)
        for function in chosen
        for expected in _DEMANDS
        for destination in dict.fromkeys(_asked(rule, expected))
    ]
    gaps = {gap for report in reports for gap in report.gaps}
    return CheckReport(tuple(results), tuple(unmatched), tuple(sorted(gaps | set(estate.unread_lists()))))


def _asked(rule: Rule, expected: Expectation) -> tuple[str, ...]:
    return rule.must_reach if expected is Expectation.MUST_REACH else rule.must_not_reach


def _unmatched(
    rule_file: RuleFile,
    meant: Sequence[Sequence[KnownFunction]],
    functions: Sequence[KnownFunction],
    estate: Estate,
) -> tuple[list[UnmatchedRule], list[str]]:
    """Rules whose functions are not known, and the problems of rules that surely mean none."""
    found, problems = [], []
    for number, (rule, chosen) in enumerate(zip(rule_file.rules, meant, strict=True)):
        tagless = undecided(rule.selectors, functions)
        unmet = _unmet(rule, functions)
        unread = [gap for name in unmet for gap in estate.unread_aliases(name)]
        unread += () if chosen else estate.unread_lists()
        if tagless:
            names = ", ".join(function.name for function in tagless[:3])
            more = f" and {len(tagless) - 3} more" if len(tagless) > 3 else ""
            found.append(UnmatchedRule(rule.name, f"the snapshot does not tell the tags of {names}{more}"))
        elif unread:
            places = "; ".join(str(gap) for gap in dict.fromkeys(unread))
            what = f"nothing that is listed matches {', '.join(unmet)}" if chosen else "no listed function matches"
            reason = f"{what}, and lists are missing: {places}"
            found.append(UnmatchedRule(rule.name, reason))
        elif not chosen:
            problems.append(_no_match(rule_file, number, functions))
    return found, problems


def _unmet(rule: Rule, functions: Sequence[KnownFunction]) -> list[str]:
    """The names and globs of a rule that mean none of the listed functions."""
    names = (selector for selector in rule.selectors if isinstance(selector, str))
    return [name for name in names if not any(is_match(name, function) for function in functions)]


def _no_match(rule_file: RuleFile, number: int, functions: Sequence[KnownFunction]) -> str:
    selectors = rule_file.rules[number].selectors
    said = [f'"{each}"' if isinstance(each, str) else f"the tags {_tags(each)}" for each in selectors]
    names = [function.name for function in functions]
    only = selectors[0] if len(selectors) == 1 else None
    hint = did_you_mean(only, names) if isinstance(only, str) else ""
    words = " or ".join(said)
    sentence = f"no function of the snapshot matches {words}{hint}"
    return rule_file.problem(sentence, "rules", number, "functions")


def _tags(selector: TagSelector) -> str:
    return ", ".join(f"{key}={value}" for key, value in selector.tags.items())


def _ask(
    rule_file: RuleFile, meant: Sequence[Sequence[KnownFunction]], estate: Estate, problems: list[str]
) -> tuple[dict[tuple[str, str], Answer], list[Report]]:
    """Every answer that a rule needs, by ARN and destination; functions asked the same are asked together."""
    wanted: dict[str, dict[str, None]] = {}
    for rule, chosen in zip(rule_file.rules, meant, strict=True):
        for function in chosen:
            asked_of = wanted.setdefault(function.arn, {})
            asked_of.update(dict.fromkeys((*rule.must_reach, *rule.must_not_reach)))
    together: dict[tuple[str, ...], list[str]] = {}
    for arn, destinations in wanted.items():
        together.setdefault(tuple(sorted(destinations)), []).append(arn)
    reports = []
    for asked, arns in together.items():
        try:
            reports.append(estate.report(asked, arns))
        except UsageError as error:
            problems += _blamed(rule_file, meant, estate, asked, arns) or [str(error)]
    functions = (function for report in reports for function in report.functions)
    return _by_question(functions), reports


def _by_question(functions: Iterable[FunctionReport]) -> dict[tuple[str, str], Answer]:
    return {(function.arn, answer.destination): answer for function in functions for answer in function.answers}


def _blamed(
    rule_file: RuleFile,
    meant: Sequence[Sequence[KnownFunction]],
    estate: Estate,
    asked: Iterable[str],
    arns: Sequence[str],
) -> list[str]:
    """Where the destinations stand that mean nothing to these functions; asked one by one to know which."""
    problems = []
    for destination in asked:
        try:
            estate.report([destination], arns)
        except UsageError as error:
            problems += [
                rule_file.problem(str(error), *place)
                for number, rule in enumerate(rule_file.rules)
                if any(function.arn in arns for function in meant[number])
                for place in _places(number, rule, destination)
            ]
    return problems


def _places(number: int, rule: Rule, destination: str) -> list[tuple[str | int, ...]]:
    """Where a rule names a destination."""
    return [
        ("rules", number, expected.value, position)
        for expected in _DEMANDS
        for position, asked in enumerate(_asked(rule, expected))
        if asked == destination
    ]
