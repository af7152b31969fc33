"""The reader of policies itself, against requests whose fate everybody can tell by hand."""

from typing import Any

import pytest

from tests.oracle.policy_reader import Request, readings

ROLE = "arn:aws:iam::111122223333:role/orders"
REQUEST = Request("s3:GetObject", "arn:aws:s3:::a/x", ROLE, {"aws:SourceVpc": "vpc-1", "aws:PrincipalArn": ROLE})


def fate(*statements: dict[str, Any], is_gateway: bool = False) -> set[bool]:
    every = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"} | each for each in statements]
    return set(readings({"Version": "2012-10-17", "Statement": every}, REQUEST, is_gateway=is_gateway))


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([{}], {True}),
        ([], {False}),
        ([{}, {"Effect": "Deny"}], {False}),
        ([{"Action": "S3:get*"}], {True}),
        ([{"Resource": "arn:aws:s3:::A/x"}], {False}),
        ([{}, {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}}], {True}),
        ([{"Condition": {"StringNotEquals": {"AWS:sourceip": "10.0.0.1"}}}], {True}),
        ([{"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}], {False}),
        ([{"Condition": {"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}}], {True}),
        ([{"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/o*"}}}], {True}),
        ([{"Principal": {"AWS": "111122223333"}}], {True}),
        ([{"Principal": {"AWS": "AROAX"}}], {True, False}),
        ([{"NotPrincipal": {"AWS": "444455556666"}}], {True}),
    ],
)
@pytest.mark.item("F12")
def test_the_reader_of_policies(statements: list[dict[str, Any]], expected: set[bool]) -> None:
    assert fate(*statements) == expected


@pytest.mark.item("F12")
def test_the_reader_knows_the_principals_of_gateway_endpoints() -> None:
    assert fate({"Principal": {"AWS": "111122223333"}}, is_gateway=True) == {False}
    assert fate({"Principal": {"AWS": ROLE}}, is_gateway=True) == {True, False}
