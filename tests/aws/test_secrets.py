"""What is secret in AWS's replies is not kept, whichever call prints it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import Shape
from botocore.stub import Stubber

from tests.aws.conftest import REGION
from tests.aws.test_calls import each_made, operation_of
from vpcreach.components.virtual_private_gateway import DESCRIBE_VIRTUAL_INTERFACES, DESCRIBE_VPN_CONNECTIONS
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Reply
from vpcreach.sources.live_account import Account
from vpcreach.sources.secrets import DROPPED, NOT_KEPT, SECRETS, without_secrets

TASKS = Call("ecs", "DescribeTasks", Reply, arguments=("cluster", "tasks"))

LIKE_A_SECRET = re.compile(
    r"password|secret|presharedkey|privatekey|authkey|authtoken|credential|userdata|routerconfig|"
    r"customergatewayconfiguration|^environment$",
    re.IGNORECASE,
)
# Called like a secret, or marked as one, and none: where a secret is kept, whether there is one, and messages.
HARMLESS = re.compile(r"Arn$|KeyId$|SecretStatus$|Type$|AuthToken(Status|LastModifiedDate)$")
MESSAGES = {"Environment.Error.Message", "ImageConfigResponse.Error.Message", "RuntimeVersionConfig.Error.Message"}
# An ARN, whatever its name says.
ARNS = {"CustomerSecretsManagerARN"}


def secrets(shape: Shape, path: tuple[str, ...] = (), above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths in a reply at which AWS's model marks or names a secret; nothing is said of what is inside of one."""
    if shape.type_name == "list":
        yield from secrets(shape.member, path, above)
    elif shape.type_name == "map":
        yield from secrets(shape.value, path, above)
    elif shape.type_name == "structure" and shape.name not in above:
        for name, member in shape.members.items():
            here = (*path, name)
            if _is_secret(name, member, here):
                yield here
            else:
                yield from secrets(member, here, (*above, shape.name))


def _is_secret(name: str, shape: Shape, path: tuple[str, ...]) -> bool:
    if ".".join(path[-3:]) in MESSAGES or shape.name in ARNS:
        return False
    if shape.metadata.get("sensitive"):
        return True
    is_value = shape.type_name not in ("structure", "boolean") and not HARMLESS.search(name)
    return is_value and bool(LIKE_A_SECRET.search(name))


@each_made
def test_no_reply_has_a_secret_that_the_table_does_not_name(call: Call[Any]) -> None:
    shape = operation_of(call).output_shape
    assert shape is not None
    named = SECRETS.get(call.service, frozenset()) | DROPPED.get(call.service, frozenset())
    assert [path for path in secrets(shape) if not named & set(path)] == []


def printed(account: Account, place: Place, call: Call[Any], reply: dict[str, Any], *arguments: str) -> Any:
    """The reply as it goes into the snapshot."""
    with Stubber(account.client(call.service, REGION)) as aws:
        aws.add_response(call.command.replace("-", "_"), reply)
        answer = account.ask(call, place, arguments)
    assert answer.data is not None, answer.failure
    return json.loads(answer.data)


def test_the_keys_of_vpn_tunnels_are_not_kept(account: Account, place: Place) -> None:
    vpn = {"VpnConnectionId": "vpn-1", "State": "available"}
    secret = {"CustomerGatewayConfiguration": "<xml/>"}
    options = {"Options": {"TunnelOptions": [{"OutsideIpAddress": "203.0.113.1", "PreSharedKey": "hunter2"}]}}
    kept = printed(account, place, DESCRIBE_VPN_CONNECTIONS, {"VpnConnections": [{**vpn, **secret, **options}]})
    tunnel = {"OutsideIpAddress": "203.0.113.1", "PreSharedKey": NOT_KEPT}
    hidden = {"CustomerGatewayConfiguration": NOT_KEPT, "Options": {"TunnelOptions": [tunnel]}}
    assert kept == {"VpnConnections": [{**vpn, **hidden}]}


def test_the_keys_of_virtual_interfaces_are_not_kept(account: Account, place: Place) -> None:
    interface = {
        "virtualInterfaceId": "dxvif-1",
        "authKey": "hunter2",
        "customerRouterConfig": "<xml>hunter2</xml>",
        "bgpPeers": [{"asn": 65000, "authKey": "hunter2"}],
    }
    kept = printed(account, place, DESCRIBE_VIRTUAL_INTERFACES, {"virtualInterfaces": [interface]})
    hidden = {"authKey": NOT_KEPT, "customerRouterConfig": NOT_KEPT, "bgpPeers": [{"asn": 65000, "authKey": NOT_KEPT}]}
    assert kept == {"virtualInterfaces": [{"virtualInterfaceId": "dxvif-1", **hidden}]}


def test_of_what_a_task_overrides_the_values_are_not_kept(account: Account, place: Place) -> None:
    override = {"name": "app", "environment": [{"name": "PASSWORD", "value": "hunter2"}]}
    reply = {"tasks": [{"overrides": {"containerOverrides": [override]}}]}
    kept = printed(account, place, TASKS, reply, "main", "1")
    hidden = {"name": "app", "environment": [{"name": "PASSWORD", "value": NOT_KEPT}]}
    assert kept == {"tasks": [{"overrides": {"containerOverrides": [hidden]}}]}


@pytest.mark.parametrize("key", ["Functions", "Versions"])
def test_of_functions_the_environment_and_the_address_of_the_code_are_not_kept_and_all_else_is(key: str) -> None:
    bare = {"FunctionName": "bare", "Environment": {}}
    environment = {"Variables": {"PASSWORD": "x"}}
    function = {"FunctionName": "app", "Environment": environment, "Code": {"Location": "u", "S": 1}}
    kept = without_secrets("lambda", {key: [function, bare], "NextMarker": "more"})
    hidden = {"FunctionName": "app", "Environment": {"Variables": {"PASSWORD": NOT_KEPT}}, "Code": {"S": 1}}
    assert kept == {key: [hidden, bare], "NextMarker": "more"}
    assert environment == {"Variables": {"PASSWORD": "x"}}


def test_a_key_that_is_secret_in_one_service_is_none_in_another() -> None:
    reply = {"environment": [{"name": "a", "value": "b"}], "Variables": "x", "Location": "here"}
    assert without_secrets("rds", reply) == reply
    assert without_secrets("s3", reply) is reply
