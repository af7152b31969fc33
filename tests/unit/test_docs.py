"""What the pages under docs/ say of codes, calls, items and one another is so."""

import ast
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vpcreach import components, destinations
from vpcreach.components.lambda_function import GET_FUNCTION_CONFIGURATION
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.destinations.load_balancer import DESCRIBE_LISTENERS
from vpcreach.destinations.names.dns_firewall import LIST_FIREWALL_RULES
from vpcreach.snapshot.call import GLOBAL, Call, Place
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Snapshot, State
from vpcreach.sources.secrets import NOT_KEPT, SECRETS

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PAGES = sorted(page for page in (*DOCS.glob("*.md"), TOP / "README.md") if page.is_file())
CALLS = tuple(dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS)))
ITEMS = {"A": 25, "B": 14, "C": 18, "D": 13, "E": 11, "F": 18, "G": 12, "H": 17, "I": 10, "K": 9}
PLACE = Place("111122223333", "eu-west-1")
# The AWS CLI as the script sees it: everything is called `thing`, and every reply names all there is, secrets too.
FAKE_AWS = """#!/bin/sh
case "$*" in
  "sts get-caller-identity"*) echo 111122223333; exit ;;
  *"--output text"*) echo thing; exit ;;
esac
ANSWER
"""
NAMES_ALL = """cat <<'REPLY'
{
    "arns": [
        "arn:aws:ecs:eu-west-1:111122223333:cluster/thing",
        "arn:aws:ecs:eu-west-1:111122223333:task/thing/thing"
    ],
    "containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/thing/thing",
    KEYS
    "Environment": {
        "Variables": {
            "PASSWORD": "hunter2 }",
            "OTHER": "hunter2"
        }
    },
    "environment": [
        {
            "name": "PASSWORD",
            "value": "hunter2 ]"
        }
    ],
    "details": [
        {
            "name": "subnetId",
            "value": "kept"
        }
    ],
    SECRETS
    "last": "kept"
}
REPLY
"""
REFUSES = 'echo "An error occurred (AccessDenied) when calling the X operation: no" >&2; exit 254'


def page(name: str) -> str:
    return (DOCS / name).read_text()


def codes_of_the_program() -> set[str]:
    """The codes of every `Reason(...)` that the code defines."""
    trees = (ast.parse(path.read_text()) for path in (TOP / "analyzer" / "vpcreach").rglob("*.py"))
    made = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    reasons = [call for call in made if isinstance(call.func, ast.Name) and call.func.id == "Reason"]
    codes = [call.args[0] for call in reasons if call.args]
    assert len(codes) == len(reasons), "a Reason without a code as its first argument"
    return {str(code.value) for code in codes if isinstance(code, ast.Constant)}


def test_every_code_stands_in_the_list_of_codes_and_no_other() -> None:
    told = re.findall(r"^\| `([A-Z0-9_]+)` \| [BUF]( [BUF])* \|", page("codes.md"), re.MULTILINE)
    codes = [code for code, _ in told]
    assert sorted(set(codes)) == sorted(codes)
    assert set(codes) == codes_of_the_program()


def test_every_item_of_the_behaviour_list_is_told_once() -> None:
    told = re.findall(
        r"^\| ([A-K]\d+) \| .+ \| (?:yes|partly|unknown|nothing to decide) \|$", page("behaviour.md"), re.MULTILINE
    )
    assert told == [f"{letter}{number}" for letter, last in ITEMS.items() for number in range(1, last + 1)]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.service}:{call.operation}")
def test_the_page_on_snapshots_says_where_a_reply_goes_and_what_its_absence_means(call: Call[Any]) -> None:
    arguments = ".".join(f"<{name.rpartition('.')[2]}>" for name in call.arguments)
    file = f"{call.service}/{call.command}{f'/{arguments}' if arguments else ''}"
    rows = [row for row in page("snapshot.md").splitlines() if row.startswith("|") and f"`{file}`" in row]
    assert len(rows) == 1, file
    assert call.assumes is None or f"`{call.assumes}`" in rows[0]


def links(text: str) -> Iterator[str]:
    """The targets of links that lead nowhere outside the repository; code is no text."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return (
        link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link and not link.startswith("mailto:")
    )


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, by GitHub's rule."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    kept = [c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN"]
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in links(path.read_text()):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


# The script that makes a snapshot by hand


def the_script() -> str:
    found = re.search(r"```bash\n(.*?)```", page("snapshot.md"), re.DOTALL)
    assert found
    return found[1]


def names_all() -> str:
    """A reply that has every key by which the script finds things, and every secret."""
    rows = re.findall(r"^[a-z0-9-]+ [A-Z]\w+ (\w+) [a-z0-9-]+/[a-z0-9-]+ -", the_script(), re.MULTILINE)
    keys = {*rows, *re.findall(r"\$\(values (\w+) ", the_script())}
    secrets = {key for keys in SECRETS.values() for key in keys} - {"Variables", "environment"}
    told = {"KEYS": dict.fromkeys(keys, "thing"), "SECRETS": dict.fromkeys(secrets, 'a \\"hunter2\\"')}
    reply = NAMES_ALL
    for mark, pairs in told.items():
        reply = reply.replace(mark, "\n    ".join(f'"{key}": "{value}",' for key, value in sorted(pairs.items())))
    return reply


def run_script(folder: Path, answer: str) -> Path:
    """Runs the page's script with an AWS CLI that gives one answer to every call."""
    fake = folder / "aws"
    fake.write_text(FAKE_AWS.replace("ANSWER", answer))
    fake.chmod(0o755)
    script = folder / "snapshot.sh"
    script.write_text(the_script())
    made = folder / "made"
    settings = {"PATH": f"{folder}:/usr/bin:/bin", "AWS_REGION": PLACE.region}
    subprocess.run(["bash", str(script), str(made)], env=settings, check=True, capture_output=True)
    return made


def arguments_of(call: Call[Any]) -> list[tuple[str, ...]]:
    """The argument lists that the script should ask for, given one thing of each kind."""
    if "Attribute" in call.arguments:
        return [("thing", "enableDnsSupport"), ("thing", "enableDnsHostnames")]
    return [tuple(PLACE.region if name == "VPCRegion" else "thing" for name in call.arguments)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What the script makes of an account in which there is one of everything."""
    return load(run_script(tmp_path_factory.mktemp("made"), names_all()))


def test_the_script_saves_every_reply_where_it_is_read(made: Snapshot) -> None:
    assert set(made.files) == {call.path(PLACE, arguments) for call in CALLS for arguments in arguments_of(call)}
    assert made.manifest.failed == ()


def test_the_script_keeps_no_secret_and_all_else(made: Snapshot) -> None:
    assert [path for path, reply in made.files.items() if b"hunter2" in reply] == []
    reply = json.loads(made.files[DESCRIBE_VPCS.path(PLACE)])
    assert reply["Environment"] == {"Variables": {"PASSWORD": NOT_KEPT, "OTHER": NOT_KEPT}}
    assert reply["environment"] == [{"name": "PASSWORD", "value": NOT_KEPT}]
    assert reply["details"] == [{"name": "subnetId", "value": "kept"}]
    assert reply["last"] == "kept"


def test_the_script_records_every_refusal_as_the_program_looks_it_up(tmp_path: Path) -> None:
    snapshot = load(run_script(tmp_path, REFUSES))
    plain = [call for call in CALLS if not call.arguments]
    assert {snapshot.read(call, PLACE).state for call in plain} == {State.FAILED}
    by_service = {(call.service, call.action, len(call.arguments)): call for call in CALLS}
    for failure in snapshot.manifest.failed:
        call = by_service[failure.service, failure.call, len(failure.arguments)]
        assert snapshot.read(call, PLACE, failure.arguments).state is State.FAILED
    assert snapshot.read(GET_FUNCTION_CONFIGURATION, PLACE, ("thing",)).state is State.FAILED
    assert {failure.error for failure in snapshot.manifest.failed} == {"AccessDenied"}
    assert {failure.region for failure in snapshot.manifest.failed} == {PLACE.region, GLOBAL}
    assert snapshot.files == {}


BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web.a/1"
PROFILE = "arn:aws:route53resolver:eu-west-1:111122223333:firewall-rule-group/rslvr-frg-1"
NAMED = [
    pytest.param({"LoadBalancerArn": BALANCER}, DESCRIBE_LISTENERS, BALANCER, id="an-arn-is-encoded"),
    pytest.param(
        {"ProfileId": "rp-1", "ResourceArn": PROFILE}, LIST_FIREWALL_RULES, "rslvr-frg-1", id="an-id-of-an-arn"
    ),
]


@pytest.mark.parametrize(("reply", "call", "argument"), NAMED)
def test_the_script_asks_for_what_a_reply_names(
    reply: dict[str, str], call: Call[Any], argument: str, tmp_path: Path
) -> None:
    answer = f"cat <<'REPLY'\n{json.dumps(reply, indent=4)}\nREPLY\n"
    assert call.path(PLACE, (argument,)) in load(run_script(tmp_path, answer)).files
