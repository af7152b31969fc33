"""One small estate in every format: what the program prints of it is what stands under reports/examples."""

import shutil
from pathlib import Path

import pytest

from tests.estates.builder import write
from tests.estates.shop import shop
from tests.golden.expected import REWRITES, SHOP, TOP, agree, printed

ALL = "--to internet --to s3 --to rds:orders-db"
FEW = "--to s3 --to rds:orders-db --function billing --function reports"  # lists of addresses are long in JSON
RULES = "rules/examples/shop.yaml"
COMMANDS = {
    "report.txt": (f"vpcreach report {SHOP} {ALL}", 0),
    "report.md": (f"vpcreach report {SHOP} {ALL} --format markdown", 0),
    "report.json": (f"vpcreach report {SHOP} {FEW} --format json", 0),
    "why-billing-internet.txt": (f"vpcreach why billing internet {SHOP}", 0),
    "why-no-internet-newsletter.txt": (f"vpcreach why-no-internet newsletter {SHOP}", 0),
    "who-can-rds.txt": (f"vpcreach who-can rds:orders-db {SHOP}", 0),
    "who-can-rds.json": (f"vpcreach who-can rds:orders-db {SHOP} --format json", 0),
    "check.txt": (f"vpcreach check {RULES} {SHOP}", 1),
    "check.json": (f"vpcreach check {RULES} {SHOP} --format json", 1),
    "graph.mmd": (f"vpcreach graph {SHOP}", 0),
    "graph.dot": (f"vpcreach graph {SHOP} --format dot", 0),
    "graph.json": (f"vpcreach graph {SHOP} --format json", 0),
    "graph-newsletter.mmd": (f"vpcreach graph {SHOP} --function newsletter", 0),
}

pytestmark = pytest.mark.xdist_group("golden")  # the snapshot is written before what is printed of it


def saved() -> dict[str, bytes]:
    """The snapshot beside the outputs; these lie in no folder of their own."""
    folder = TOP / SHOP
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.glob("*/**/*") if file.is_file()}


def test_the_snapshot_is_what_the_estate_draws() -> None:
    drawn = shop().files()
    if REWRITES:
        for account in {Path(name).parts[0] for name in (*saved(), *drawn)}:
            shutil.rmtree(TOP / SHOP / account, ignore_errors=True)
        write(drawn, TOP / SHOP)
    assert saved() == drawn


@pytest.mark.parametrize("name", COMMANDS)
def test_the_program_prints(name: str) -> None:
    command, code = COMMANDS[name]
    told = printed(command)
    assert (told.code, told.stderr) == (code, "")
    agree(SHOP / name, told.stdout)


def test_every_output_is_listed_with_the_command_that_prints_it() -> None:
    page = (TOP / SHOP.parent / "README.md").read_text(encoding="utf-8")
    rows = [f"| [{name}]({SHOP.name}/{name}) | `{command}` |" for name, (command, _) in COMMANDS.items()]
    assert [row for row in rows if row not in page] == []
    outputs = {file.name for file in (TOP / SHOP).iterdir() if file.is_file()}
    assert outputs == set(COMMANDS)
