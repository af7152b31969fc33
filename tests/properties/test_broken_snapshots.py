"""Overlapping, circular and dangling configuration ends with an answer: nothing raises, hangs or walks on for ever.

Estates of the gallery are broken at random: ids that name nothing or something else, tables that point at each other,
groups that name each other, address blocks of another VPC, keys that are gone, states of tomorrow; every route led
elsewhere at once, records told twice and differently, files that are gone, values of another kind.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.estates.asking import ask
from tests.estates.gallery import GALLERY
from vpcreach.errors import ContradictionError, VpcreachError
from vpcreach.reach.walk import MAX_HOPS

IDS = (
    "vpc-",
    "subnet-",
    "rtb-",
    "igw-",
    "nat-",
    "eni-",
    "sg-",
    "acl-",
    "pcx-",
    "vpce-",
    "tgw-",
    "vgw-",
    "eigw-",
    "i-",
    "pl-",
)
BLOCKS = ("0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.1.128/25", "10.1.0.0/16", "93.184.216.34/32", "::/0")
WORDS = ("available", "deleted", "pending", "blackhole", "tomorrow", "", "enforce", "tcp", "-1")
# What stands nowhere in a reply of AWS's, and in files that people edit.
JUNK: tuple[Any, ...] = (None, "", [], {}, 0, -1, True, 1e9, [None], [{}], "*", "0.0.0.0/0", "\u2603")
TARGETS = {
    "nat-": "NatGatewayId",
    "tgw-": "TransitGatewayId",
    "pcx-": "VpcPeeringConnectionId",
    "eni-": "NetworkInterfaceId",
    "eigw-": "EgressOnlyInternetGatewayId",
    "i-": "InstanceId",
}
DESTINATIONS = {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}
QUESTIONS = ("internet", "10.0.0.0/8:443", "s3", "service:sqs", "[2000::/3]:443")
Place = tuple[Any, Any]
# Every step of a way is a hop, a table or a gate: three gates and two lookups to a hop are more than any way has.
LONGEST = 8 * MAX_HOPS


def leaves(value: object, holder: Any = None, key: Any = "") -> Iterator[Place]:
    """Every place of a reply that holds a text, a number, a flag or nothing."""
    if isinstance(value, dict):
        for name in list(value):
            yield from leaves(value[name], value, name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, value, index)
    elif holder is not None:
        yield holder, key


def broken(value: object, ids: list[str], draw: Callable[[Any], Any]) -> object:
    """Something of the same kind that may make no sense in this place."""
    if isinstance(value, str) and value.startswith(IDS):
        return draw(st.sampled_from([*ids, f"{value}-gone"]))
    if isinstance(value, str) and "/" in value and value[:1].isdigit():
        return draw(st.sampled_from(BLOCKS))
    if isinstance(value, str):
        return draw(st.sampled_from(WORDS))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw(st.sampled_from([0, 1, 443, 1024, 65535, -1, 32767]))
    return value


@st.composite
def broken_files(draw: st.DrawFn) -> tuple[dict[str, bytes], str, str]:
    drawing = draw(st.sampled_from(GALLERY))
    replies = {path: json.loads(data) for path, data in drawing.files.items()}
    texts = (holder[key] for reply in replies.values() for holder, key in leaves(reply))
    ids = sorted({text for text in texts if isinstance(text, str) and text.startswith(IDS)})
    interesting = [path for path in replies if "/ec2/" in path and any(True for _ in leaves(replies[path]))]
    for _ in range(draw(st.integers(1, 6))):
        path = draw(st.sampled_from(interesting))
        places = list(leaves(replies[path]))
        if not places:
            continue
        holder, key = draw(st.sampled_from(places))
        if draw(st.integers(0, 9)) == 0 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = broken(holder[key], ids, draw)
    files = {path: json.dumps(reply).encode() for path, reply in replies.items()}
    return files, draw(st.sampled_from([*drawing.questions, "internet", "10.0.0.0/8:443"])), drawing.function


def containers(value: object) -> Iterator[Any]:
    """Every object and list of a reply."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


def rewire(replies: dict[str, Any], ids: list[str], chance: random.Random) -> None:
    """Leads most routes of every table, of VPCs and hubs alike, to anything at all."""
    for holder in (each for reply in replies.values() for each in containers(reply) if isinstance(each, dict)):
        if holder.keys() & DESTINATIONS and chance.random() < 0.6:
            for key in [k for k, v in holder.items() if isinstance(v, str) and v.startswith(IDS)]:
                if key not in DESTINATIONS:
                    del holder[key]
                    target = chance.choice(ids)
                    prefix = next((each for each in TARGETS if target.startswith(each)), "")
                    holder[TARGETS.get(prefix, "GatewayId")] = target
        if "DestinationCidrBlock" in holder and chance.random() < 0.2:
            holder["DestinationCidrBlock"] = chance.choice(BLOCKS)
        if "TransitGatewayAttachmentId" in holder and chance.random() < 0.15:
            holder["TransitGatewayAttachmentId"] = chance.choice(ids)


def tell_twice(replies: dict[str, Any], ids: list[str], chance: random.Random) -> None:
    """Puts records into lists a second time, with another value somewhere."""
    lists = [each for reply in replies.values() for each in containers(reply) if isinstance(each, list) and each]
    for _ in range(chance.randint(1, 8)):
        held = chance.choice(lists)
        twin = copy.deepcopy(chance.choice(held))
        if isinstance(twin, dict) and (texts := [key for key, value in twin.items() if isinstance(value, str)]):
            twin[chance.choice(texts)] = chance.choice([*ids, *WORDS])
        held.insert(chance.randint(0, len(held)), twin)


def leave_out(replies: dict[str, Any], ids: list[str], chance: random.Random) -> None:
    """Takes records out of lists, and whole files away."""
    lists = [each for reply in replies.values() for each in containers(reply) if isinstance(each, list) and each]
    for held in chance.sample(lists, min(5, len(lists))):
        if held:
            held.pop(chance.randrange(len(held)))
    for path in list(replies):
        if chance.random() < 0.05:
            del replies[path]


def scramble(replies: dict[str, Any], ids: list[str], chance: random.Random) -> None:
    """Puts values of another kind into replies of any service."""
    for _ in range(chance.randint(1, 3)):
        holders = [
            each for each in containers(replies[chance.choice(list(replies))]) if isinstance(each, dict) and each
        ]
        if holders:
            holder = chance.choice(holders)
            holder[chance.choice(list(holder))] = chance.choice(JUNK)


Breaking = Callable[[dict[str, Any], list[str], random.Random], None]
BREAKINGS: tuple[tuple[Breaking, ...], ...] = ((rewire,), (tell_twice,), (scramble,), (rewire, tell_twice, leave_out))


@st.composite
def wrecked_files(draw: st.DrawFn) -> tuple[dict[str, bytes], str, str, bool]:
    drawing, breakings = draw(st.sampled_from(GALLERY)), draw(st.sampled_from(BREAKINGS))
    chance = draw(st.randoms(use_true_random=False))
    replies = {path: json.loads(data) for path, data in drawing.files.items()}
    texts = (holder[key] for reply in replies.values() for holder, key in leaves(reply))
    ids = sorted({text for text in texts if isinstance(text, str) and text.startswith(IDS)})
    for breaking in breakings:
        breaking(replies, ids, chance)
    files = {path: json.dumps(reply).encode() for path, reply in replies.items()}
    return files, draw(st.sampled_from([*drawing.questions, *QUESTIONS])), drawing.function, draw(st.booleans())


def ends_with_an_answer_or_with_a_sentence(
    files: dict[str, bytes], question: str, function: str, trust: bool = False
) -> None:
    try:
        answer = ask(files, question, function=function, trust=trust)
    except ContradictionError:
        raise
    except VpcreachError:
        return
    for trace in answer.all_traces:
        assert len(trace.path) < LONGEST
        assert len(trace.return_path) < LONGEST


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(broken_files())
@pytest.mark.item("B13")
def test_a_broken_snapshot_ends_with_an_answer_or_with_a_sentence(drawn: tuple[dict[str, bytes], str, str]) -> None:
    ends_with_an_answer_or_with_a_sentence(*drawn)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(wrecked_files())
@pytest.mark.item("B13")
def test_a_wrecked_snapshot_ends_with_an_answer_or_with_a_sentence(
    drawn: tuple[dict[str, bytes], str, str, bool],
) -> None:
    ends_with_an_answer_or_with_a_sentence(*drawn)
