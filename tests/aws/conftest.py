"""AWS as the tests see it: made-up credentials, no configuration of the machine, no network but loopback."""

import importlib
import os
import pkgutil
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from vpcreach import components, destinations
from vpcreach.destinations.kind import Kind
from vpcreach.snapshot.call import Call, Place
from vpcreach.sources.live_account import Account, aws_session
from vpcreach.sources.settings import Settings

ACCOUNT = "111122223333"
REGION = "eu-west-1"


def declared_calls() -> list[Call[Any]]:
    """The CALLS of every file of components and destinations, registered or not yet, each call once."""
    found = [*components.ALL_CALLS, *destinations.ALL_CALLS]
    for room in (components, destinations):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            found += getattr(importlib.import_module(module.name), "CALLS", ())
    return list(dict.fromkeys(found))


def read_calls() -> list[Call[Any]]:
    """The declared calls, and those that nobody makes but whose files are read where somebody has saved them."""
    modules = [
        importlib.import_module(module.name)
        for room in (components, destinations)
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    ]
    named = [value for module in modules for value in vars(module).values()]
    kinds = [kind for module in modules for kind in getattr(module, "KINDS", ()) if isinstance(kind, Kind)]
    beside = [call for kind in kinds for call in kind.calls]
    return list(dict.fromkeys([*declared_calls(), *(each for each in named if isinstance(each, Call)), *beside]))


@pytest.fixture
def calls() -> list[Call[Any]]:
    return declared_calls()


def isolate(patched: pytest.MonkeyPatch) -> None:
    """Credentials that are made up, and nothing of this machine's own AWS settings."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            patched.delenv(name)
    patched.setenv("AWS_CONFIG_FILE", os.devnull)
    patched.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    patched.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patched.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    patched.setenv("AWS_ACCESS_KEY_ID", "testing")
    patched.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def place() -> Place:
    return Place(ACCOUNT, REGION)


@pytest.fixture
def account() -> Account:
    """An account whose clients are there to be stubbed."""
    return Account(ACCOUNT, aws_session(Settings()))


def denying(*denied: str) -> Any:
    """boto3, except that the operations of these names, and AssumeRole of these roles, are denied."""

    def answer(operation: str, parameters: dict[str, Any]) -> Any:
        if operation in denied or parameters.get("RoleArn") in denied:
            details = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
            raise ClientError(details, operation)

    return _overriding(answer)


def answering(operation: str, reply: dict[str, Any]) -> Any:
    """boto3, except that this operation is answered with this reply."""
    return _overriding(lambda asked, _: reply if asked == operation else None)


def _overriding(answer: Callable[[str, dict[str, Any]], Any]) -> Any:
    ask = BaseClient._make_api_call

    def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        return answer(operation, parameters) or ask(client, operation, parameters)

    return patch.object(BaseClient, "_make_api_call", call)
