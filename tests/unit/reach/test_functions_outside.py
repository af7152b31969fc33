"""Functions without a VPC, and functions that no list names (semantics A4, A13, A20; contract "Words")."""

from tests.estates import seed
from tests.estates.asking import ask, function_report, told
from tests.estates.builder import Estate


def detached(**changes: object) -> Estate:
    estate = seed.public_private()
    seed.function_detached(estate)
    estate["function:app"].update(changes)
    return estate


def test_a4_a_function_without_vpc_reaches_the_internet_and_nothing_private() -> None:
    answers = function_report(detached(), "internet", "s3", "10.0.0.5:443", "[2600::1]:443")
    assert answers.vpc_id is None
    assert [(a.verdict.value, [n.code for n in a.blockers]) for a in answers.answers] == [
        ("reachable", []),
        ("reachable", []),
        ("blocked", ["FUNCTION_NOT_IN_VPC"]),
        ("blocked", ["LAMBDA_IPV6_NOT_ENABLED"]),
    ]


def test_a4_a_block_that_is_partly_private_is_partial() -> None:
    assert told(detached(), "0.0.0.0/0:443") == "partial FUNCTION_NOT_IN_VPC"


def test_a13_a_failed_function_without_vpc_reaches_nothing() -> None:
    estate = detached()
    estate.reply("lambda/get-function-configuration/app")["State"] = "Failed"
    assert told(estate, "internet") == "blocked FUNCTION_BAD_STATE"


def test_a20_managed_instances_without_vpc_config_are_undecided() -> None:
    managed = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:aws:lambda:x"}}
    assert told(detached(CapacityProviderConfig=managed), "internet") == "unknown UNKNOWN_RESOURCE"


def test_a_function_of_a_list_that_was_denied_is_unknown_with_the_gap() -> None:
    estate = seed.public_private()
    estate.denied("lambda/list-functions")
    answer = ask(estate, "internet")
    assert answer.verdict.value == "unknown"
    assert "lambda:ListFunctions" in answer.unknowns[0].message


def test_a_function_of_a_list_that_was_not_collected_is_unknown() -> None:
    estate = seed.public_private()
    estate.without("lambda/list-functions")
    assert told(estate, "s3") == "unknown COLLECTION_FAILED"
