"""Edits as Terraform."""

import pytest

from tests.unit.formats.edits.samples import SAMPLES, network, network_of_two_accounts
from tests.unit.formats.edits.templates import parses_as_terraform
from vpcreach.formats.edits import written
from vpcreach.formats.edits.hcl import Block, Expression, Value, block, identifier


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_hcl_whose_references_lead_somewhere(name: str) -> None:
    parses_as_terraform(written(SAMPLES[name], "terraform", network()))
    parses_as_terraform(written(SAMPLES[name], "terraform", network_of_two_accounts()))


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_eip" {',
        'resource "aws_nat_gateway" "a" {\n  allocation_id = aws_eip.b.id\n}\n',
        'resource "aws_nat_gateway" "a" {\n  depends_on = [aws_internet_gateway.b]\n}\n',
    ],
)
def test_the_reader_finds_what_is_wrong(text: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 (whatever the parser raises, and AssertionError)
        parses_as_terraform(text)


def test_resources_of_one_kind_have_names_of_their_own() -> None:
    told = written(SAMPLES["rules of every shape"], "terraform", network())
    heads = [line for line in told.splitlines() if line.startswith("resource")]
    assert len(set(heads)) == len(heads) == 9


def test_new_resources_refer_to_each_other() -> None:
    told = written(SAMPLES["a VPC without any gateway"], "terraform", network())
    assert "depends_on        = [aws_internet_gateway.igw_new]" in told
    assert "nat_gateway_id         = aws_nat_gateway.nat_new.id" in told


def test_what_exists_is_told_as_a_change_of_it() -> None:
    route = written(SAMPLES["a route pointed elsewhere"], "terraform", network())
    assert "# Change the aws_route that exists (to igw-1); import it as\n# rtb-app_0.0.0.0/0 where" in route
    assert "# Change vpc_config of the aws_lambda_function orders" in written(
        SAMPLES["a function moved"], "terraform", network()
    )


def test_a_removal_is_a_comment() -> None:
    for name in ("a route removed", "rules removed", "entries removed"):
        told = written(SAMPLES[name], "terraform", network()).splitlines()
        assert all(line.startswith("#") or not line for line in told)


def test_a_policys_own_variables_are_none_of_terraforms() -> None:
    assert "home/$${aws:username}/it's" in written(SAMPLES["a policy widened"], "terraform", network())


def test_a_block_is_laid_out_as_terraform_does() -> None:
    values: dict[str, Value | Block] = {
        "a": 'say "${x}" %{y}',
        "long": Expression("aws_eip.b.id"),
        "list": ["a", Expression("b.c")],
        "many": Expression("f({\n})"),
        "yes": True,
        "none": None,
        "inner": Block({"number": -1}),
    }
    assert block("resource", ("aws_x", "y"), values).splitlines() == [
        'resource "aws_x" "y" {',
        r'  a    = "say \"$${x}\" %%{y}"',
        "  long = aws_eip.b.id",
        '  list = ["a", b.c]',
        "  many = f({",
        "  })",
        "  yes  = true",
        "  none = []",
        "",
        "  inner {",
        "    number = -1",
        "  }",
        "}",
    ]
    assert (identifier("nat-1"), identifier("1a"), identifier("é.b")) == ("nat_1", "_1a", "__b")
