"""The report in words."""

from tests.estates.asking import snapshot_of
from tests.unit.formats.sample import AUDIT, BILLING, EMPTY, HELLO, ORDERS, REPORT, arn
from tests.unit.reach.worlds import changed, record
from vpcreach.formats import text, wording
from vpcreach.reach.answer import Report
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.snapshot import Gap


def told(*functions: object) -> list[str]:
    return text.render(Report(tuple(f for f in REPORT.functions if f in functions), ())).splitlines()


def test_the_table_of_verdicts_comes_first() -> None:
    lines = text.render(REPORT).splitlines()
    assert lines[0] == "4 functions, 8 answers: 3 reachable, 2 partial, 1 unknown, 2 blocked"
    assert lines[2].split() == ["FUNCTION", "internet", "s3"]
    assert [line.split() for line in lines[3:7]] == [
        ["audit", "UNKNOWN", "PARTIAL*"],
        ["billing", "BLOCKED", "REACHABLE*"],
        ["hello", "REACHABLE", "BLOCKED"],
        ["orders", "PARTIAL*", "REACHABLE*"],
    ]


def test_a_blocker_is_told_with_packets_code_and_remedy() -> None:
    lines = told(BILLING)
    start = lines.index("BLOCKED  billing (subnet-a, subnet-b) → internet tcp/443")
    assert lines[start + 1].startswith("  rtb-a private-a sends 0.0.0.0/0 to nat-1, and nat-1 sits in subnet-b")
    assert lines[start + 2].endswith("[ROUTING_LOOP]")
    assert len(lines[start + 2]) == wording.WIDTH
    assert lines[start + 3] == "  remedy: move the gateway to a subnet whose table has 0.0.0.0/0 → igw-1"


def test_subnets_of_one_story_are_told_once() -> None:
    assert sum("[ROUTING_LOOP]" in line for line in told(BILLING)) == 1


def test_partial_says_which_subnets() -> None:
    lines = told(ORDERS)
    assert "PARTIAL  orders (subnet-a, subnet-b) → internet tcp/443" in lines
    assert lines.index("  blocked from subnet-a:") < lines.index("  reachable from subnet-b:")


def test_partial_inside_a_subnet_says_which_packets_fail() -> None:
    assert "  fails: tcp/443 to 128.0.0.0/1, client ports 1024-65535, from 10.0.1.0/24" in told(AUDIT)


def test_a_blocker_on_the_way_back_says_so_and_shows_that_way() -> None:
    lines = told(AUDIT)
    assert any(line.startswith("  on the way back: acl-1: answers to ports") for line in lines)
    assert "  way back: igw-1 (answers from the internet) → nat-1" in lines


def test_an_unknown_says_what_would_settle_it() -> None:
    assert "  resolve: grant the permission and collect again" in told(AUDIT)


def test_an_answer_names_what_it_assumes() -> None:
    assert "  assumes: no VPC Block Public Access (not collected)" in told(ORDERS)


def test_every_verdict_has_a_packet() -> None:
    assert sum(line.strip() == "packet: tcp 10.0.1.0:1024 → 1.0.0.0:443" for line in told(BILLING)) == 2


def test_findings_stand_with_what_they_are_about() -> None:
    lines = told(ORDERS)
    zone = next(i for i, line in enumerate(lines) if "[AVAILABILITY_ZONE_CROSSED]" in line)
    assert zone < lines.index("Worth knowing about orders:") < len(lines) - 1


def test_a_function_without_vpc_is_answered_without_subnets() -> None:
    assert "BLOCKED  hello → s3 tcp/443" in told(HELLO)


def test_gaps_are_grouped_by_reason_at_the_end() -> None:
    assert text.render(REPORT).splitlines()[-3:] == [
        "Not in the snapshot:",
        "  UnauthorizedOperation in 111122223333/eu-west-1: ec2:DescribeNetworkAcls",
        "  not collected in 111122223333/eu-west-1: ec2:DescribeDhcpOptions, ec2:DescribeVpcAttribute",
    ]


def test_no_attached_function_is_one_clear_sentence() -> None:
    assert text.render(EMPTY) == f"{text.NO_FUNCTIONS}\n"


def test_a_missing_list_of_functions_is_not_called_none() -> None:
    gap = Gap("lambda:ListFunctions", "111122223333", "eu-west-1", "AccessDeniedException")
    assert text.render(Report((), (gap,))).startswith(text.NO_LIST)


def test_colours_are_only_there_when_wanted() -> None:
    assert "\033[" not in text.render(REPORT)
    assert "\033[31mBLOCKED\033[0m" in text.render(REPORT, colour=True)


def test_colours_do_not_move_the_columns() -> None:
    def plain(painted: str) -> str:
        for number in (31, 32, 33, 35, 0):
            painted = painted.replace(f"\033[{number}m", "")
        return painted

    assert plain(text.render(REPORT, colour=True)) == text.render(REPORT)


def test_functions_of_one_name_are_told_apart() -> None:
    twin = ORDERS.__class__("orders", arn("orders", "us-east-1"), "111122223333", "us-east-1", None, (), ())
    labels = wording.labels(Report((ORDERS, twin), ()))
    assert set(labels.values()) == {"orders in 111122223333/eu-west-1", "orders in 111122223333/us-east-1"}


def test_a_code_that_does_not_fit_goes_to_a_line_of_its_own() -> None:
    lines = wording.paragraph("x" * 100, 2, "SOME_LONG_CODE")
    assert lines == ["  " + "x" * 100, "[SOME_LONG_CODE]".rjust(wording.WIDTH)]


def test_what_holds_for_a_function_whatever_it_calls_is_told_once() -> None:
    estate = changed(record("function:app", State="Inactive", StateReasonCode="Idle"))
    report = Analysis(snapshot_of(estate)).report(["internet", "s3", "dynamodb"])
    words = text.render(report)
    assert words.count("FUNCTION_IDLE") == 1
    assert "Worth knowing about app:" in words
