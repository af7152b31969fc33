"""What the emulator does not know by itself, and is taught as long as the demo runs.

Calls that the emulator has no answer for list nothing: an account that is new has none of these things.
Block Public Access, which is off in a new account: without an answer every verdict would rest on an assumption.
What NAT gateways do: they take an address of their own subnet, and one that is deleted leaves blackholes behind.
Source: the EC2, Route 53 Resolver and Route 53 Profiles API References; VPC User Guide, "Delete a NAT gateway".
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.models import nat_gateways
from moto.ec2.models.route_tables import Route
from moto.ec2.responses import EC2Response

from vpcreach import components, destinations

BLOCK_PUBLIC_ACCESS_OFF = {"InternetGatewayBlockMode": "off", "State": "default-state"}


class Lesson(NamedTuple):
    """A member that a class or module of the emulator gets, or that takes the place of its own."""

    pupil: object
    name: str
    member: Any


def _block_public_access_off(_: EC2Response) -> ActionResult:
    return ActionResult({"VpcBlockPublicAccessOptions": BLOCK_PUBLIC_ACCESS_OFF})


LISTS = {
    (call.service, call.operation): call.holds
    for call in (*components.ALL_CALLS, *destinations.ALL_CALLS)
    if call.holds is not None and not call.arguments
}
_answer = BaseResponse.call_action


def _answer_or_list_nothing(self: BaseResponse) -> TYPE_RESPONSE:
    try:
        return _answer(self)
    except NotImplementedError:
        holds = LISTS.get((self.boto3_service_name, self._get_action()))
        if holds is None:
            raise
        return self.serialized(ActionResult({holds: []}))


def _state(route: Route) -> str:
    return "blackhole" if route.nat_gateway is not None and route.nat_gateway.state == "deleted" else "active"


def _none_in_particular() -> str:
    """In place of a random address; the emulator then takes one of the subnet."""
    return ""


LESSONS = (
    Lesson(BaseResponse, "call_action", _answer_or_list_nothing),
    Lesson(EC2Response, "describe_vpc_block_public_access_options", _block_public_access_off),
    Lesson(Route, "state", property(_state)),
    Lesson(nat_gateways, "random_private_ip", _none_in_particular),
)

# By path: requests that no class of the emulator ever gets to see (Route 53 Profiles, Cloud WAN).
ANSWERS_WITHOUT_BACKEND = {
    f"/{key.lower()}": json.dumps({key: []}).encode() for key in ("ProfileAssociations", "Attachments")
}


@contextmanager
def taught() -> Iterator[None]:
    """The emulator knows the lessons; afterwards it has forgotten them."""
    with ExitStack() as stack:
        for lesson in LESSONS:
            stack.enter_context(patch.object(lesson.pupil, lesson.name, lesson.member, create=True))
        yield
