"""The demo's estate, built and collected for real: what each usual mistake does to each destination."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from vpcreach import demo
from vpcreach.demo.emulator import ACCOUNT
from vpcreach.demo.lessons import LESSONS
from vpcreach.reach.answer import Answer, Report
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Snapshot

pytestmark = pytest.mark.xdist_group("demo")

# What a careless demo would follow out of this machine, or trip over.
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIA-OF-SOMEBODY",
    "AWS_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:9",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "MOTO_ACCOUNT_ID": "999999999999",
}
# Verdict and first code by destination; a dash where nothing is in the way.
EXPECTED = """
storefront  blocked   IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS  internet s3 dynamodb
storefront  reachable -                                     rds:orders-db
newsletter  blocked   ROUTING_LOOP                          internet s3 dynamodb
newsletter  reachable -                                     rds:orders-db
thumbnails  blocked   NO_ROUTE_TO_DESTINATION               internet s3 dynamodb
thumbnails  reachable -                                     rds:orders-db
payments    partial   NACL_EPHEMERAL_PARTIAL                internet s3 dynamodb
payments    reachable -                                     rds:orders-db
invoices    blocked   SG_HAS_NO_RULES                       internet s3 dynamodb rds:orders-db
search      partial   NO_ROUTE_TO_DESTINATION               internet s3 dynamodb
search      reachable -                                     rds:orders-db
reports     reachable -                                     internet s3 dynamodb
reports     blocked   ENI_SG_RULES_MISMATCH                 rds:orders-db
exports     blocked   BAD_STATE_ROUTE                       internet s3 dynamodb
exports     reachable -                                     rds:orders-db
backups     reachable -                                     internet dynamodb rds:orders-db
backups     blocked   ENDPOINT_POLICY_DENY                  s3
signup      blocked   NO_ROUTE_TO_DESTINATION               internet s3 dynamodb
signup      reachable -                                     rds:orders-db
archive     reachable -                                     s3
archive     blocked   ENI_SG_RULES_MISMATCH                 internet dynamodb rds:orders-db
orders      reachable -                                     internet s3 dynamodb rds:orders-db
"""
ROWS = [
    (function, destination, verdict, code)
    for function, verdict, code, *destinations in map(str.split, EXPECTED.strip().splitlines())
    for destination in destinations
]


class Run(NamedTuple):
    snapshot: Snapshot
    report: Report
    hosts: set[str | None]
    environment_is_kept: bool


@pytest.fixture(scope="module")
def run() -> Run:
    hosts = set()
    send = URLLib3Session.send

    def watched(session: URLLib3Session, request: AWSPreparedRequest) -> object:
        hosts.add(urlsplit(request.url).hostname)
        return send(session, request)

    with patch.dict(os.environ, HOSTILE), patch.object(URLLib3Session, "send", watched):
        before = dict(os.environ)
        snapshot, report = demo.run()
        is_kept = dict(os.environ) == before
    return Run(snapshot, report, hosts, is_kept)


def answers(report: Report) -> dict[tuple[str, str], Answer]:
    return {(each.name, answer.destination): answer for each in report.functions for answer in each.answers}


@pytest.mark.parametrize(("function", "destination", "verdict", "code"), ROWS)
def test_the_answer_for(function: str, destination: str, verdict: str, code: str, run: Run) -> None:
    answer = answers(run.report)[function, destination]
    first = answer.blockers[0].code if answer.blockers else "-"
    assert (answer.verdict.value, first) == (verdict, code)


def test_every_function_and_destination_is_in_the_table(run: Run) -> None:
    assert {(function, destination) for function, destination, *_ in ROWS} == set(answers(run.report))
    assert {each.name for each in run.report.functions} == {case.name for case in demo.CASES}


def test_every_answer_is_decided_without_an_assumption(run: Run) -> None:
    assert run.report.gaps == ()
    assert run.snapshot.manifest.failed == ()
    assert {key: a.assumptions for key, a in answers(run.report).items() if a.assumptions} == {}
    assert {key: a.unknowns for key, a in answers(run.report).items() if a.unknowns} == {}


def test_semantics_f8_the_closed_endpoint_is_said_to_shadow_the_nat_gateway(run: Run) -> None:
    [backups] = [each for each in run.report.functions if each.name == "backups"]
    told = [(finding.code, finding.destination) for finding in backups.findings]
    assert told == [("ENDPOINT_SHADOWS_NAT", "s3"), ("ENDPOINT_WITHOUT_ROUTE", "dynamodb")]


def test_no_request_leaves_this_machine_whatever_its_settings_say(run: Run) -> None:
    assert run.hosts == {"127.0.0.1"}
    assert {place.account for place in run.snapshot.places()} == {ACCOUNT}


def test_the_settings_of_the_machine_are_as_before(run: Run) -> None:
    assert run.environment_is_kept


@pytest.mark.usefixtures("run")
def test_the_emulator_has_forgotten_its_lessons() -> None:
    assert [lesson.name for lesson in LESSONS if getattr(lesson.pupil, lesson.name, None) is lesson.member] == []


def test_a_function_says_in_aws_what_is_the_matter_with_it(run: Run) -> None:
    [path] = [path for path in run.snapshot.files if path.endswith("list-functions.json")]
    listed = json.loads(run.snapshot.files[path])["Functions"]
    assert {each["FunctionName"]: each["Description"] for each in listed} == {
        case.name: case.story for case in demo.CASES
    }


def test_the_verb_tells_the_report_on_stdout_and_keeps_the_snapshot(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from vpcreach.cli.demo import run as verb

    with patch.object(demo, "run", lambda: (run.snapshot, run.report)):
        verb(tmp_path / "estate")
    told = capsys.readouterr()
    assert told.out.startswith("12 functions, 48 answers: 18 reachable, 6 partial, 24 blocked")
    assert all(case.story in told.err for case in demo.CASES)
    assert load(tmp_path / "estate").files == run.snapshot.files


def test_without_the_emulator_the_verb_says_what_to_install() -> None:
    script = "import sys; sys.modules['moto'] = None; sys.argv = ['vpcreach', 'demo']\n"
    script += "from vpcreach.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stdout == ""
    [sentence] = ended.stderr.splitlines()
    assert sentence.endswith("pip install 'vpcreach[demo]'")
