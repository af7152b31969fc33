"""What the emulator does not know by itself, and is taught as long as the demo runs.

Guards that are off in a new account: without an answer about them every verdict would rest on assumptions.
What NAT gateways do: they take an address of their own subnet, and one that is deleted leaves blackholes behind.
Source: the EC2, Route 53 Resolver and Route 53 Profiles API References; VPC User Guide, "Delete a NAT gateway".
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from moto.core.responses import ActionResult
from moto.ec2.models import nat_gateways
from moto.ec2.models.route_tables import Route
from moto.ec2.responses import EC2Response
from moto.route53resolver.responses import Route53ResolverResponse

BLOCK_PUBLIC_ACCESS_OFF = {"InternetGatewayBlockMode": "off", "State": "default-state"}


class Lesson(NamedTuple):
    """A member that a class or module of the emulator gets, or that takes the place of its own."""

    pupil: object
    name: str
    member: Any


def _ec2(reply: dict[str, Any]) -> Callable[[EC2Response], ActionResult]:
    def answer(_: EC2Response) -> ActionResult:
        return ActionResult(reply)

    return answer


def _no_firewall(_: Route53ResolverResponse) -> str:
    return json.dumps({"FirewallRuleGroupAssociations": []})


def _state(route: Route) -> str:
    return "blackhole" if route.nat_gateway is not None and route.nat_gateway.state == "deleted" else "active"


def _none_in_particular() -> str:
    """In place of a random address; the emulator then takes one of the subnet."""
    return ""


LESSONS = (
    Lesson(
        EC2Response,
        "describe_vpc_block_public_access_options",
        _ec2({"VpcBlockPublicAccessOptions": BLOCK_PUBLIC_ACCESS_OFF}),
    ),
    Lesson(
        EC2Response,
        "describe_vpc_block_public_access_exclusions",
        _ec2({"VpcBlockPublicAccessExclusions": []}),
    ),
    Lesson(EC2Response, "describe_vpc_encryption_controls", _ec2({"VpcEncryptionControls": []})),
    Lesson(Route53ResolverResponse, "list_firewall_rule_group_associations", _no_firewall),
    Lesson(Route, "state", property(_state)),
    Lesson(nat_gateways, "random_private_ip", _none_in_particular),
)

# By path: no class of the emulator stands for Route 53 Profiles.
ANSWERS_WITHOUT_BACKEND = {"/profileassociations": json.dumps({"ProfileAssociations": []}).encode()}


@contextmanager
def taught() -> Iterator[None]:
    """The emulator knows the lessons; afterwards it has forgotten them."""
    with ExitStack() as stack:
        for lesson in LESSONS:
            stack.enter_context(patch.object(lesson.pupil, lesson.name, lesson.member, create=True))
        yield
