"""Which calls are made where, in what order, and how fast; AWS is a dictionary."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

import pytest

from vpcreach.components.lambda_function import (
    GET_CAPACITY_PROVIDER,
    GET_FUNCTION_CONFIGURATION,
    GET_VERSION_CONFIGURATION,
    LIST_ALIASES,
    LIST_FUNCTIONS,
    OF_EACH_FUNCTION,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Failure, Snapshot
from vpcreach.sources import one_function
from vpcreach.sources.collection import Answer, Arguments, Asker, Collection
from vpcreach.sources.pacing import Pace

HERE = Place("111122223333", "eu-west-1")
THERE = Place("111122223333", "us-east-1")


class Named(Record, frozen=True):
    name: str


class Names(Reply, frozen=True):
    items: tuple[Named, ...] = ()


class Dictionary:
    """Answers by path; any other call is denied. Remembers what it was asked."""

    def __init__(self, replies: Mapping[str, object]) -> None:
        self.replies = replies
        self.asked: list[str] = []

    def ask(self, call: Call[Record], place: Place, arguments: Arguments = ()) -> Answer:
        path = call.path(place, arguments)
        self.asked.append(path)
        if path in self.replies:
            return Answer(path, json.dumps(self.replies[path]).encode())
        account, region = call.place(place)
        return Answer(
            path,
            failure=Failure(
                call=call.action, account=account, region=region, arguments=arguments, error="AccessDenied"
            ),
        )


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def firewalls(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST, place).value
    return [(item.name,) for item in (reply.items if reply else ())]


def policies(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    for arguments in firewalls(snapshot, place):
        reply = snapshot.read(FIREWALL, place, arguments).value
        yield from ((item.name,) for item in (reply.items if reply else ()))


def roles(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(ROLES, place).value
    return [(item.name,) for item in (reply.items if reply else ())]


LIST = Call("network-firewall", "ListFirewalls", Names)
FIREWALL = Call("network-firewall", "DescribeFirewall", Names, arguments=("FirewallName",), each=firewalls)
POLICY = Call("network-firewall", "DescribeFirewallPolicy", Names, arguments=("PolicyName",), each=policies)
ROLES = Call("iam", "ListRoles", Names)
ROLE = Call("iam", "GetRole", Names, arguments=("RoleName",), each=roles)

AT_HOME = "111122223333/eu-west-1/network-firewall"
FIREWALLS = {
    f"{AT_HOME}/list-firewalls.json": {"Items": [{"Name": "a"}, {"Name": "b"}]},
    f"{AT_HOME}/describe-firewall/a.json": {"Items": [{"Name": "strict"}]},
    f"{AT_HOME}/describe-firewall/b.json": {"Items": [{"Name": "strict"}]},
    f"{AT_HOME}/describe-firewall-policy/strict.json": {"Items": []},
}


def collected(collection: Collection, *places: Place, asker: Asker) -> Collection:
    collection.run(dict.fromkeys(places, asker))
    return collection


def test_what_an_answer_names_is_asked_for_and_what_that_names_in_its_turn() -> None:
    aws = Dictionary(FIREWALLS)
    collection = collected(Collection([POLICY, FIREWALL, LIST]), HERE, asker=aws)
    assert sorted(collection.files) == sorted(FIREWALLS)
    assert sorted(aws.asked) == sorted(FIREWALLS)
    assert collection.failed == []


def test_one_denied_call_does_not_keep_the_others_from_being_made() -> None:
    replies = {path: reply for path, reply in FIREWALLS.items() if not path.endswith("/a.json")}
    collection = collected(Collection([LIST, FIREWALL, POLICY, ROLES]), HERE, asker=Dictionary(replies))
    assert sorted(collection.files) == sorted(replies)
    assert [(f.call, f.region, f.arguments) for f in collection.failed] == [
        ("network-firewall:DescribeFirewall", "eu-west-1", ("a",)),
        ("iam:ListRoles", "global", ()),
    ]


def test_a_global_service_is_asked_once_and_what_it_names_is_asked_for_too() -> None:
    listing = "111122223333/global/iam/list-roles.json"
    role = "111122223333/global/iam/get-role/reader.json"
    aws = Dictionary({listing: {"Items": [{"Name": "reader"}]}, role: {}})
    collected(Collection([ROLE, ROLES]), HERE, THERE, asker=aws)
    assert sorted(aws.asked) == sorted([listing, role])


def test_argument_lists_that_nobody_wants_are_left_out() -> None:
    aws = Dictionary(FIREWALLS)
    collection = Collection([LIST, FIREWALL], is_wanted=lambda call, arguments, place, snapshot: arguments == ("b",))
    collected(collection, HERE, asker=aws)
    assert aws.asked == [f"{AT_HOME}/list-firewalls.json", f"{AT_HOME}/describe-firewall/b.json"]


def test_names_that_differ_only_in_case_never_make_two_files() -> None:
    replies = {
        f"{AT_HOME}/list-firewalls.json": {"Items": [{"Name": "Edge"}, {"Name": "edge"}]},
        f"{AT_HOME}/describe-firewall/Edge.json": {},
        f"{AT_HOME}/describe-firewall/edge.json": {},
    }
    collection = collected(Collection([LIST, FIREWALL]), HERE, asker=Dictionary(replies))
    assert f"{AT_HOME}/describe-firewall/edge.json" not in collection.files
    assert [(f.arguments, f.error) for f in collection.failed] == [(("edge",), "NotCollected")]


def test_a_reply_that_the_records_refuse_is_kept_and_what_hangs_on_it_is_a_failure() -> None:
    path = f"{AT_HOME}/list-firewalls.json"
    collection = collected(Collection([LIST, FIREWALL]), HERE, asker=Dictionary({path: {"Items": "many"}}))
    assert path in collection.files
    assert [(f.call, f.error) for f in collection.failed] == [("network-firewall:DescribeFirewall", "UnreadableReply")]


def test_progress_is_told_after_every_answer_and_ends_with_all_of_them() -> None:
    told: list[tuple[int, int, str]] = []
    collection = Collection([LIST, FIREWALL, POLICY], progress=lambda *news: told.append(news))
    collected(collection, HERE, asker=Dictionary(FIREWALLS))
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert told[0] == (1, 1, "network-firewall list-firewalls in 111122223333/eu-west-1")
    assert told[-1][1] == 4


def test_an_exception_that_is_no_answer_ends_the_collection() -> None:
    class Broken:
        def ask(self, call: Call[Record], place: Place, arguments: Arguments = ()) -> Answer:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Collection([LIST]).run({HERE: Broken()})


VERSIONED = {"FunctionName": "a", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:a"}
ALIASES = {
    "Aliases": [{"Name": "live", "FunctionVersion": "7", "RoutingConfig": {"AdditionalVersionWeights": {"8": 1}}}]
}


def versioned(**configuration: object) -> dict[str, object]:
    """A function `a` with an alias to versions 7 and 8, of which 8 gets everything."""
    function = {**VERSIONED, **configuration}
    return {
        LIST_FUNCTIONS.path(HERE): {"Functions": [function]},
        GET_FUNCTION_CONFIGURATION.path(HERE, ("a",)): {**function, "State": "Active"},
        LIST_ALIASES.path(HERE, ("a",)): ALIASES,
        GET_VERSION_CONFIGURATION.path(HERE, ("a", "8")): {**function, "Version": "8"},
    }


@pytest.mark.parametrize("paces", [None, lambda: Pace(12, clock=Clock(), sleep=lambda seconds: None)])
@pytest.mark.item("A17")
def test_the_versions_that_aliases_point_to_are_asked_for_and_no_others(paces: Callable[[], Pace] | None) -> None:
    aws = Dictionary(versioned(VpcConfig={"SubnetIds": ["subnet-1"]}))
    collection = collected(Collection([LIST_FUNCTIONS, *OF_EACH_FUNCTION], paces=paces), HERE, asker=aws)
    assert sorted(collection.files) == sorted(aws.replies)
    assert sorted(aws.asked) == sorted(aws.replies)


@pytest.mark.item("A17", "A20")
def test_of_functions_without_vpc_neither_state_nor_aliases_are_asked_for_and_of_managed_ones_they_are() -> None:
    plain = Dictionary(versioned())
    collected(Collection([LIST_FUNCTIONS, *OF_EACH_FUNCTION]), HERE, asker=plain)
    assert plain.asked == [LIST_FUNCTIONS.path(HERE)]
    arn = "arn:aws:lambda:eu-west-1:111122223333:capacity-provider:fleet"
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    managed = Dictionary(versioned(CapacityProviderConfig=config))
    collected(Collection([LIST_FUNCTIONS, GET_CAPACITY_PROVIDER, *OF_EACH_FUNCTION]), HERE, asker=managed)
    assert GET_CAPACITY_PROVIDER.path(HERE, ("fleet",)) in managed.asked
    assert GET_VERSION_CONFIGURATION.path(HERE, ("a", "8")) in managed.asked


@pytest.mark.item("A17")
def test_of_one_alias_the_subnets_of_its_own_versions_are_found() -> None:
    aws = Dictionary(versioned(VpcConfig={"SubnetIds": ["subnet-8"]}))
    collection = Collection([])
    latest: dict[str, object] = {"FunctionName": "a", "VpcConfig": {"SubnetIds": ["subnet-1"]}}
    assert one_function.subnets(aws, HERE, latest, "", collection) == {"subnet-1"}
    assert one_function.subnets(aws, HERE, latest, "$LATEST", collection) == {"subnet-1"}
    assert aws.asked == []
    assert one_function.subnets(aws, HERE, latest, "live", collection) == {"subnet-8"}
    assert sorted(collection.files) == sorted(aws.asked)


@pytest.mark.item("A23")
def test_file_systems_are_asked_for_where_a_configuration_names_one() -> None:
    assert one_function.mounts([b'{"FunctionName": "a"}', b'{"FileSystemConfigs": [{"Arn": "arn:\xe2\x80\xa6"}]}'])
    assert not one_function.mounts([b'{"FunctionName": "a"}'])
    aws = Dictionary(FIREWALLS)
    collection = Collection([LIST])
    collection.add([FIREWALL, POLICY])
    assert sorted(collected(collection, HERE, asker=aws).files) == sorted(FIREWALLS)


@pytest.mark.item("A20")
def test_of_a_function_on_managed_instances_the_network_is_its_capacity_providers() -> None:
    path = GET_CAPACITY_PROVIDER.path(HERE, ("fleet",))
    aws = Dictionary({path: {"CapacityProvider": {"VpcConfig": {"SubnetIds": ["subnet-9"]}}}})
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:…:fleet"}}
    latest = {"FunctionName": "a", "CapacityProviderConfig": config}
    collection = Collection([])
    assert one_function.subnets(aws, HERE, latest, "", collection) == {"subnet-9"}
    assert one_function.subnets(Dictionary({}), HERE, latest, "", collection) == set()
    assert [failure.call for failure in collection.failed] == ["lambda:GetCapacityProvider"]


def test_a_pace_hands_out_evenly_spread_turns() -> None:
    clock = Clock()
    pace = Pace(4, clock=clock, sleep=clock.sleep)
    turns = []
    for _ in range(4):
        pace.wait()
        turns.append(clock.now)
    assert [later - earlier for earlier, later in pairwise(turns)] == [0.25, 0.25, 0.25]
    assert turns[0] == 100.0


def test_a_pace_does_not_save_up_turns_that_nobody_took() -> None:
    clock = Clock()
    pace = Pace(4, clock=clock, sleep=clock.sleep)
    pace.wait()
    clock.now += 60
    pace.wait()
    pace.wait()
    assert clock.slept == [0.25]


def test_semantics_a13_only_the_state_of_functions_is_asked_for_at_a_pace_and_each_place_has_its_own() -> None:
    def function(name: str, region: str) -> dict[str, object]:
        arn = f"arn:aws:lambda:{region}:111122223333:function:{name}"
        return {"FunctionName": name, "FunctionArn": arn, "VpcConfig": {"SubnetIds": ["subnet-1"]}}

    replies: dict[str, object] = {}
    for place in (HERE, THERE):
        functions = [function(name, place.region) for name in ("a", "b", "c")]
        replies[LIST_FUNCTIONS.path(place)] = {"Functions": functions}
        replies |= {GET_FUNCTION_CONFIGURATION.path(place, (name,)): {} for name in ("a", "b", "c")}
    clocks: list[Clock] = []

    def pace() -> Pace:
        clocks.append(Clock())
        return Pace(12, clock=clocks[-1], sleep=clocks[-1].sleep)

    collection = Collection([LIST_FUNCTIONS, GET_FUNCTION_CONFIGURATION], paces=pace)
    collected(collection, HERE, THERE, asker=Dictionary(replies))
    assert sorted(collection.files) == sorted(replies)
    assert len(clocks) == 2
    assert all(clock.slept for clock in clocks)
