"""What no change of an estate may do to a verdict (semantics K9 a, b, e, f), over small networks drawn at random.

Adding a permission or taking a denial away never stops anything; another subnet never mends anything; hiding a reply
may make an answer unknown, or name what it assumes, but never turns it round.
"""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.estates.asking import ask, files_read
from tests.estates.builder import Allow, Estate, allow
from tests.estates.rules import AclRule
from tests.unit.reach.worlds import behind_nat, main
from vpcreach.reach.answer import Answer, Verdict

law = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
DESTINATIONS = (
    "internet",
    "s3",
    "service:sts",
    "rds:orders-db",
    "10.0.2.0/24:5432",
    "10.0.0.0/16:443",
    "eni-peer:5432",
    "10.0.2.50:5432",
    "sg-data:5432",
    "54.1.1.1:443",
    "8.8.8.8:53/udp",
    "sqs.us-east-1.amazonaws.com",
)
SUBNETS = ("app-a", "data-a", "data-b", "public-a")
Change = Callable[[Estate], object]

PEERS = ["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.0.2.0/24", "128.0.0.0/1", "52.0.0.1/32", "::/0"]
PEERS += ["sg-app", "sg-data", "sg-main-default", "pl-s3", "pl-mine", "999900001111/sg-far"]
peers = st.sampled_from(PEERS)
rules = st.builds(
    lambda protocol, ports, peer: allow(protocol, None if protocol == "-1" else ports, peer),
    st.sampled_from(["tcp", "udp", "-1", "tcp", "icmp"]),
    st.sampled_from([443, 5432, 53, (0, 65535), (1024, 65535)]),
    peers,
)
acl_ports = st.sampled_from([(443, 443), (5432, 5432), (1024, 65535), (32768, 60999), (0, 65535)])
entries = st.builds(
    lambda number, action, protocol, ports, cidr: (number, action, protocol, *ports, cidr),
    st.integers(1, 300),
    st.sampled_from(["allow", "allow", "allow", "deny"]),
    st.sampled_from(["tcp", "tcp", "udp"]),
    acl_ports,
    st.sampled_from(["0.0.0.0/0", "10.0.1.0/24", "10.0.2.0/24", "10.0.1.0/25", "10.0.0.0/16", "128.0.0.0/1"]),
)
every_packet: AclRule = (1000, "allow", "-1", None, None, "0.0.0.0/0")
acls = st.lists(entries, max_size=4, unique_by=lambda entry: entry[0]).flatmap(
    lambda drawn: st.sampled_from([(*drawn, every_packet), (*drawn, every_packet), tuple(drawn)])
)


def _acl(subnet: str, inbound: tuple[AclRule, ...], outbound: tuple[AclRule, ...]) -> Change:
    return lambda e: main(e).network_acl(f"of-{subnet}", subnets=[subnet], inbound=inbound, outbound=outbound)


def _route(destination: str, target: str, state: str) -> Change:
    def change(estate: Estate) -> None:
        table = estate.route_table("private")
        if all(held.get("DestinationCidrBlock") != destination for held in table.routes):
            table.add_route(destination, (target, state))

    return change


def _endpoint(admits: str, private_dns: bool) -> Change:
    def change(estate: Estate) -> None:
        if "vpce-sts" not in estate:
            main(estate).security_group("endpoint", ingress=[allow("tcp", 443, admits)])
            main(estate).interface_endpoint(
                "sts", service="sts", subnets=["data-a", "data-b"], groups=["endpoint"], private_dns=private_dns
            )

    return change


def _gateway_endpoint(estate: Estate) -> None:
    if "vpce-s3" not in estate:
        main(estate).gateway_endpoint("s3", service="s3", tables=["private"])


def _elastic_ip(estate: Estate) -> None:
    for held in estate.reply("ec2/describe-network-interfaces")["NetworkInterfaces"]:
        if held["InterfaceType"] == "lambda" and held["SubnetId"] == "subnet-public-a":
            held["Association"] = {"PublicIp": "52.9.9.9"}
            held["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "52.9.9.9"}


def _without_private_interface(estate: Estate) -> None:
    estate["eni-peer"]["Status"] = "available"


def _no_default_route(estate: Estate) -> None:
    table = estate.route_table("private")
    if any(held.get("DestinationCidrBlock") == "0.0.0.0/0" for held in table.routes):
        table.remove_route("0.0.0.0/0")


def _full(estate: Estate) -> None:
    estate["subnet-app-a"]["AvailableIpAddressCount"] = 0


def _firewall(estate: Estate) -> None:
    held = {"VpcId": "vpc-main", "FirewallRuleGroupId": "rslvr-frg-1"}
    estate.reply("route53resolver/list-firewall-rule-group-associations")["FirewallRuleGroupAssociations"].append(held)


def _custom_dns(estate: Estate) -> None:
    if "dopt-own" not in estate:
        estate["vpc-main"]["DhcpOptionsId"] = estate.dhcp_options("own", ["10.0.0.9"])


def _key(record_id: str, key: str, value: object) -> Change:
    return lambda estate: estate[record_id].update({key: value})


plain_changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(_acl, st.sampled_from(SUBNETS), acls, acls),
    st.builds(
        _route,
        st.sampled_from(["8.8.8.0/24", "54.0.0.0/8", "10.0.2.0/24", "128.0.0.0/1"]),
        st.sampled_from(["nat-main", "tgw-hub", "igw-main"]),
        st.sampled_from(["active", "blackhole", "filtered"]),
    ),
    st.builds(_endpoint, st.sampled_from(["10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.9.0.0/16"]), st.booleans()),
    st.sampled_from(
        [
            _gateway_endpoint,
            _elastic_ip,
            _no_default_route,
            _full,
            _firewall,
            _custom_dns,
            _without_private_interface,
            _key("nat-main", "State", "deleting"),
            _key("nat-main", "State", "failed"),
            _key("igw-main", "Attachments", []),
            _key("function:app", "State", "Failed"),
            _key("rds:orders-db", "DBInstanceStatus", "stopped"),
            lambda estate: main(estate).set_dns(support=False),
            lambda estate: main(estate).set_dns(hostnames=False),
            lambda estate: estate.block_public_access("block-bidirectional"),
        ]
    ),
)
groups = st.one_of(st.just([allow("-1")]), st.lists(rules, max_size=3))
function_subnets = st.lists(st.sampled_from(SUBNETS), min_size=1, max_size=2, unique=True)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """A small network: the function in one or two subnets, a database, an instance, an interface, and some trouble."""
    estate = behind_nat()
    vpc = main(estate)
    estate.prefix_list("mine", cidrs=["8.8.8.0/24", "10.0.1.0/24"])
    vpc.network_interface("peer", subnet="data-a", groups=["data"], address="10.0.2.50")
    estate.rds_instance("orders-db", subnets=["data-a", "data-b"], groups=["data"], multi_az=draw(st.booleans()))
    vpc.security_group("web", ingress=[allow("tcp", 443)])
    estate.instance("web", subnet="public-a", groups=["web"], public_ip="54.1.1.1")
    vpc.set_rules("app", egress=draw(groups))
    vpc.set_rules("data", ingress=draw(st.one_of(st.just([allow("tcp", 5432, "sg-app")]), groups)))
    estate.move_function("app", subnets=draw(function_subnets), groups=["app"])
    for change in draw(st.lists(plain_changes, max_size=3)):
        change(estate)
    return estate


destinations = st.sampled_from(DESTINATIONS)


def told(answer: Answer) -> str:
    return f"{answer.verdict.value}: {'; '.join(str(note) for note in (*answer.blockers, *answer.unknowns))}"


def check_is_no_worse(before: Answer, after: Answer) -> None:
    """What passed still passes, and what is blocked now was blocked then."""
    words = f"{told(before)}\n  became {told(after)}"
    if before.verdict is Verdict.REACHABLE:
        assert after.verdict is Verdict.REACHABLE, words
    if after.verdict is Verdict.BLOCKED:
        assert before.verdict is Verdict.BLOCKED, words


@law
@given(estates(), destinations, st.sampled_from(["app", "data"]), rules)
def test_k9a_another_allow_rule_never_stops_anything(estate: Estate, destination: str, group: str, rule: Allow) -> None:
    before = ask(estate, destination)
    key = "IpPermissionsEgress" if group == "app" else "IpPermissions"
    fresh = Estate()
    drawn = fresh.vpc("main", "10.0.0.0/16").security_group("x", egress=[rule])
    estate[f"sg-{group}"][key].extend(fresh[drawn]["IpPermissionsEgress"])
    check_is_no_worse(before, ask(estate, destination))


@law
@given(estates(), destinations, st.sampled_from(SUBNETS), acls, acls, st.data())
def test_k9b_taking_a_denial_out_of_an_acl_never_stops_anything(
    estate: Estate,
    destination: str,
    subnet: str,
    inbound: tuple[AclRule, ...],
    outbound: tuple[AclRule, ...],
    data: st.DataObject,
) -> None:
    main(estate).network_acl(f"of-{subnet}", subnets=[subnet], inbound=inbound, outbound=outbound)
    held = estate[f"acl-of-{subnet}"]["Entries"]
    denials = [entry for entry in held if entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767]
    assume(denials)
    before = ask(estate, destination)
    held.remove(data.draw(st.sampled_from(denials)))
    check_is_no_worse(before, ask(estate, destination))


@law
@given(estates(), destinations, st.sampled_from(SUBNETS))
def test_k9e_another_subnet_never_mends_anything(estate: Estate, destination: str, added: str) -> None:
    before = ask(estate, destination)
    subnets = [held.removeprefix("subnet-") for held in estate["function:app"]["VpcConfig"]["SubnetIds"]]
    assume(added not in subnets)
    estate.move_function("app", subnets=[*subnets, added], groups=["app"])
    after = ask(estate, destination)
    if after.verdict is Verdict.REACHABLE:
        assert before.verdict is Verdict.REACHABLE, f"{told(before)}\n  became {told(after)}"
    if before.verdict is Verdict.PARTIAL:
        assert after.verdict is Verdict.PARTIAL, f"{told(before)}\n  became {told(after)}"


PAGED = (
    "ec2/describe-vpcs",
    "ec2/describe-subnets",
    "ec2/describe-route-tables",
    "ec2/describe-security-groups",
    "ec2/describe-network-acls",
    "ec2/describe-internet-gateways",
    "ec2/describe-nat-gateways",
    "ec2/describe-vpc-endpoints",
    "ec2/describe-network-interfaces",
    "ec2/describe-instances",
    "ec2/describe-managed-prefix-lists",
    "ec2/describe-prefix-lists",
    "ec2/describe-dhcp-options",
    "ec2/describe-vpc-block-public-access-options",
    "ec2/describe-vpc-block-public-access-exclusions",
    "ec2/describe-vpc-encryption-controls",
)


def check_is_hidden(before: Answer, after: Answer, hidden: str) -> None:
    """The same answer, or an unknown one."""
    words = f"without {hidden}: {told(before)}\n  became {told(after)}"
    assert after.verdict in (before.verdict, Verdict.UNKNOWN), words


@law
@given(estate=estates(), destination=destinations, data=st.data())
def test_k9f_a_denied_call_never_turns_an_answer_round(estate: Estate, destination: str, data: st.DataObject) -> None:
    before = ask(estate, destination)
    hidden = data.draw(st.sampled_from(sorted(files_read(estate, destination))))
    estate.denied(hidden)
    check_is_hidden(before, ask(estate, destination), hidden)


@law
@given(estate=estates(), destination=destinations, data=st.data())
def test_k9f_an_absent_file_turns_an_answer_round_only_where_the_answer_assumes_it(
    estate: Estate, destination: str, data: st.DataObject
) -> None:
    before = ask(estate, destination)
    hidden = data.draw(st.sampled_from(sorted(files_read(estate, destination))))
    estate.without(hidden)
    after = ask(estate, destination)
    if not after.assumptions:
        check_is_hidden(before, after, hidden)
    check_is_hidden(before, ask(estate, destination, strict=True), hidden)


@law
@given(hidden=st.sampled_from(PAGED), estate=estates(), destination=destinations, data=st.data())
def test_k9f_a_missing_page_never_turns_an_answer_round(
    hidden: str, estate: Estate, destination: str, data: st.DataObject
) -> None:
    before = ask(estate, destination)
    reply = estate.reply(hidden)
    lists = [key for key, value in reply.items() if isinstance(value, list) and value]
    if lists:
        held = reply[lists[0]]
        held.remove(data.draw(st.sampled_from(held)))
    reply["NextToken"] = "more"
    check_is_hidden(before, ask(estate, destination), hidden)


# What may turn an answer round: a route, and an endpoint that takes the traffic (K9 c, d)


@pytest.mark.item("K9")
def test_k9c_another_route_can_stop_what_passed() -> None:
    estate = behind_nat()
    assert ask(estate, "8.8.8.8:443").verdict is Verdict.REACHABLE
    estate.route_table("private").add_route("8.8.8.0/24", ("nat-main", "blackhole"))
    assert ask(estate, "8.8.8.8:443").verdict is Verdict.BLOCKED
    assert ask(estate, "internet").verdict is Verdict.PARTIAL


@pytest.mark.item("K9", "F8")
def test_k9d_a_gateway_endpoint_can_stop_what_passed() -> None:
    estate = behind_nat()
    assert ask(estate, "s3").verdict is Verdict.REACHABLE
    main(estate).gateway_endpoint("s3", service="s3", tables=["private"])
    assert ask(estate, "s3").verdict is Verdict.REACHABLE
    estate["vpce-s3"]["State"] = "failed"
    assert ask(estate, "s3").verdict is Verdict.BLOCKED
    assert ask(estate, "internet").verdict is Verdict.REACHABLE


@law
@given(estates(), destinations, st.sampled_from(["app", "data"]), st.lists(rules, max_size=3))
@pytest.mark.item("K9", "D1", "A15")
def test_k9g_the_rules_that_answers_would_meet_change_nothing(
    estate: Estate, destination: str, group: str, other: list[Allow]
) -> None:
    """Groups are stateful: the function's inbound rules and the destination's outbound rules are never asked."""
    before = ask(estate, destination)
    key = "IpPermissions" if group == "app" else "IpPermissionsEgress"
    drawn = Estate()
    vpc = drawn.vpc("drawn", "10.7.0.0/16")
    kept = [rule for rule in other if "sg-" not in str(rule)]
    vpc.security_group("drawn", ingress=kept, egress=kept)
    estate[f"sg-{group}"][key] = drawn["sg-drawn"][key]
    assert told(ask(estate, destination)) == told(before)
