"""The words for destinations, as text alone."""

import pytest

from vpcreach.destinations.grammar import Addresses, AwsService, Internet, Named, parse, problem_with
from vpcreach.errors import UsageError
from vpcreach.packets.ports import ICMP, TCP, UDP

SERVICES = [
    ("internet", 443, TCP),
    ("internet:80", 80, TCP),
    ("internet:53/udp", 53, UDP),
    ("10.0.3.7:5432", 5432, TCP),
    ("8.8.8.8:53/udp", 53, UDP),
    ("10.2.0.0/16:443", 443, TCP),
    ("10.2.0.0/16", 443, TCP),
    ("[2606:4700::1111]:443", 443, TCP),
    ("[2000::/3]:80", 80, TCP),
    ("2606:4700::1111", 443, TCP),
    ("1.1.1.1:7/icmp", 7, ICMP),
]


@pytest.mark.parametrize(("text", "port", "protocol"), SERVICES, ids=lambda value: f"H17-{value}")
def test_port_and_protocol(text: str, port: int, protocol: int) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Internet | Addresses)
    assert (parsed.service.port, parsed.service.protocol) == (port, protocol)


KINDS = [
    ("rds:orders-db", "rds", "orders-db", None),
    ("rds:orders-db:7000", "rds", "orders-db", 7000),
    ("eni-1:80", "eni", "eni-1", 80),
    ("i-1", "i", "i-1", None),
    ("sg-1:22/tcp", "sg", "sg-1", 22),
    ("arn:aws:rds:eu-west-1:1:db:orders", "arn", "arn:aws:rds:eu-west-1:1:db:orders", None),
    ("db.example.com:5432", "host", "db.example.com", 5432),
    ("DB.Example.COM.", "host", "db.example.com", None),
    ("my database", "name", "my database", None),
    ("elasticache:orders", "elasticache", "orders", None),
]


@pytest.mark.parametrize(("text", "kind", "name", "port"), KINDS, ids=lambda value: f"H17-{value}")
def test_names(text: str, kind: str, name: str, port: int | None) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Named)
    assert (parsed.kind, parsed.name, parsed.service.port) == (kind, name, port)


def test_services_of_aws_f16() -> None:
    for text, name, resource in (
        ("s3", "s3", None),
        ("s3:orders", "s3", "orders"),
        ("dynamodb:orders", "dynamodb", "orders"),
        ("service:sqs", "sqs", None),
        ("service:ecr.api", "ecr.api", None),
    ):
        parsed = parse(text)
        assert isinstance(parsed, AwsService)
        assert (parsed.name, parsed.resource) == (name, resource)


def test_a_single_address_is_not_a_block_h17() -> None:
    single, block = parse("10.0.3.7"), parse("10.0.3.7/32")
    assert isinstance(single, Addresses)
    assert isinstance(block, Addresses)
    assert (single.is_single, block.is_single) == (True, False)


WRONG = [
    ("", "empty text"),
    ("internt", 'did you mean "internet"'),
    ("s3:", "no bucket"),
    ("dynamodb:", "no table"),
    ("service:", "say service:NAME"),
    ("rds:", "say rds:NAME"),
    ("internet:0", "not a port"),
    ("internet:65536", "not a port"),
    ("internet:https", "not a port"),
    ("internet:443/tpc", 'did you mean "tcp"'),
    ("internet:443/", "no protocol after the slash"),
    ("10.0.0.256:80", "not an IP address"),
    ("10.0.0.0/33", "not an IP address"),
    ("[2606::1:443", "no closing bracket"),
    ("[10.0.0.999]:1", "not an IP address"),
    ("[2606::1]443", "after the bracket"),
    ("10.1.2.3:https", '"https" is not a port'),
    ("10.1.0.0/16:https", '"https" is not a port'),
]


@pytest.mark.parametrize(("text", "fact"), WRONG, ids=lambda value: f"H17-wrong-{value}")
def test_what_says_nothing_is_told_with_a_suggestion(text: str, fact: str) -> None:
    with pytest.raises(UsageError, match=fact):
        parse(text)


@pytest.mark.parametrize("text", ["internet:", "internet:443:443", "internet:/udp", "s3:a/b", "s3:x", "dynamodb:a b"])
def test_what_is_left_over_after_a_name_is_told_without_an_echo(text: str) -> None:
    problem = problem_with(text)
    assert problem is not None
    assert "did you mean" not in problem


@pytest.mark.parametrize("text", ["10.0.0.7:{}", "internet:{}", "rds:orders:{}", "eni-1:{}/udp"])
def test_a_port_of_thousands_of_digits_is_no_port(text: str) -> None:
    with pytest.raises(UsageError, match="is not a port"):
        parse(text.format("9" * 5000))


@pytest.mark.parametrize("text", ["s3:\udcff", "caf\udce9.example.com", "\ud800", "my \udc80 database"])
def test_bytes_of_the_command_line_that_are_no_text_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not text"):
        parse(text)
