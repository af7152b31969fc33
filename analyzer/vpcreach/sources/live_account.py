"""A live AWS account, or several, read through boto3 with read-only calls.

A call that is denied or fails is recorded in the snapshot with its IAM action and error code; it never
becomes an empty list. Only when nothing at all answers is there no snapshot (AwsUnreadableError).
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from threading import Lock
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.loaders import Loader, create_loader
from botocore.parsers import ResponseParserError

from vpcreach.components.lambda_function import (
    GET_FUNCTION_CONFIGURATION,
    LIST_FUNCTIONS,
    OF_EACH_FUNCTION,
    split_qualifier,
)
from vpcreach.errors import AwsUnreadableError, UsageError
from vpcreach.snapshot.call import GLOBAL, Call, Place
from vpcreach.snapshot.snapshot import Failure, Snapshot
from vpcreach.sources import one_function
from vpcreach.sources.collection import THREADS, Answer, Arguments, Asker, Collection, Progress, failed
from vpcreach.sources.pacing import Pace
from vpcreach.sources.pages import Page, merged, next_page, printed, says_more
from vpcreach.sources.settings import ALL_REGIONS, Settings, account_of, did_you_mean, is_loopback

MANAGED = "IncludeManagedResources"
# Lambda's control plane answers about 15 requests a second, to everybody in the account together.
FUNCTIONS_PER_SECOND = 12.0
_ATTEMPTS = 8
_IMPATIENT = Config(retries={"total_max_attempts": 2}, connect_timeout=5)
_PAGE_SIZE = 1000
_LONGEST_MESSAGE = 300
_UNREADABLE = re.compile(r"Encoded authorization failure message:|b'<|<!doctype|<html", re.IGNORECASE)
_NO_SUCH_FUNCTION = ("ResourceNotFoundException", "ValidationException", "InvalidParameterValueException")
AwsError = (ClientError, BotoCoreError, ResponseParserError)


def collect(
    calls: Sequence[Call[Any]],
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    endpoint_url: str | None = None,
    function_state: bool = True,
    progress: Progress | None = None,
) -> Snapshot:
    """Everything that the calls tell, in each account and region.

    The accounts are those of the roles, or the caller's own; `regions` may hold `all`, and is by default the
    one that is configured. Raises UsageError for settings that mean nothing, AwsUnreadableError when no call
    answers.
    """
    places, unopened = _open(Settings(profile, tuple(regions), tuple(role_arns), endpoint_url))
    asked = [call for call in calls if function_state or call not in OF_EACH_FUNCTION]
    paces = None if _is_emulator(endpoint_url) else lambda: Pace(FUNCTIONS_PER_SECOND)
    collection = Collection(asked, progress=progress, paces=paces)
    collection.failed += unopened
    collection.run(places)
    return collection.snapshot()


def on_demand(
    calls: Sequence[Call[Any]],
    function: str,
    *,
    if_mounted: Sequence[Call[Any]] = (),
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    endpoint_url: str | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """What decides about one function (name or ARN, `:` and alias or version), and the regions that may hold it.

    Every network of these regions is read: peering and transit gateways lead from one VPC into another, and a name may
    mean a thing in any of them. Of other VPCs only what is asked for one by one is left out, as are prefix lists that
    nothing names. `calls` are those of the components and of the destinations asked about; `if_mounted` are made too
    where the function mounts a file system. Raises what `collect` raises, and UsageError when no account and region
    has the function.
    """
    home = one_function.region_of(function)
    places, unopened = _open(Settings(profile, (home,) if home else tuple(regions), tuple(role_arns), endpoint_url))
    asked = [call for call in calls if call not in (LIST_FUNCTIONS, *OF_EACH_FUNCTION)]
    subnet_ids: set[str] = set()
    collection = Collection(asked, progress=progress, is_wanted=one_function.wanted_by(subnet_ids))
    collection.failed += unopened
    name, qualifier = split_qualifier(function)
    homes: dict[Place, Asker] = {}
    for place, account in places.items():
        configuration = _configuration(account, place, name, collection)
        found = one_function.subnets(account, place, configuration, qualifier, collection) if configuration else set()
        if found:
            homes[place] = account
            subnet_ids |= found
    if not collection.files and not collection.failed:
        raise UsageError(_no_such_function(name, places))
    if one_function.mounts(collection.files.values()):
        collection.add(if_mounted)
    collection.run(homes)
    return collection.snapshot()


class Account:
    """One account, asked through one session; may be used from any number of threads."""

    def __init__(self, account_id: str, session: boto3.Session, *, endpoint_url: str | None = None) -> None:
        self.id = account_id
        self._session = session
        self._endpoint_url = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        # Clients may be shared between threads; a session may not, and it is the session that makes clients.
        self._creating = Lock()

    def client(self, service: str, region: str) -> Any:
        """The account's one client of a service in a region."""
        key = (service, region)
        if key not in self._clients:
            with self._creating:
                if key not in self._clients:
                    self._clients[key] = self._session.client(
                        service, region_name=region, endpoint_url=self._endpoint_url
                    )
        return self._clients[key]

    def ask(self, call: Call[Any], place: Place, arguments: Arguments = ()) -> Answer:
        """Every page of a call, or what came before it failed together with the failure."""
        path = call.path(place, arguments)
        pages: list[Page] = []
        lists: list[str] | None = None
        failure: Failure | None = None
        try:
            client = self.client(call.service, place.region)
            method = xform_name(call.operation)
            if method not in client.meta.method_to_api_mapping:
                words = f"boto3 {boto3.__version__} has no {call.service} {call.command}; a newer one may"
                return Answer(path, failure=failed(call, place, arguments, "NotInBoto3", words))
            if client.can_paginate(method):
                lists = [key.expression for key in client.get_paginator(method).result_keys]
            _read(client, method, parameters(_inputs(client, method), call, arguments), pages)
        except AwsError as error:
            failure = failed(call, place, arguments, *_words(error))
        if not pages:
            return Answer(path, failure=failure)
        if failure is None and lists is None and says_more(pages[-1]):
            words = "AWS says that there is more, and not how to ask for it"
            failure = failed(call, place, arguments, "PagesMissing", words)
        is_complete = failure is None
        return Answer(path, printed(call.service, merged(pages, lists, is_complete=is_complete)), failure)


# One call


def _read(client: Any, method: str, parameters: Mapping[str, Any], pages: list[Page]) -> None:
    """Adds the pages as they come, so that those before a failure are kept."""
    try:
        for page in _pages(client, method, parameters):
            pages.append(page)  # noqa: PERF402 - extend would say nothing of what came before a failure
    except (ClientError, ParamValidationError) as error:
        if pages or MANAGED not in parameters or not _is_about_parameters(error):
            raise
        _read(client, method, {name: value for name, value in parameters.items() if name != MANAGED}, pages)


def _pages(client: Any, method: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
    inputs = _inputs(client, method)
    if client.can_paginate(method):
        limit = inputs["MaxResults"].metadata.get("max", 0) if "MaxResults" in inputs else 0
        # Asked without a size, EC2 answers with everything at once, or fails where that is too much.
        sized = client.meta.service_model.service_name == "ec2" and limit >= _PAGE_SIZE
        config = {"PageSize": _PAGE_SIZE} if sized else {}
        yield from client.get_paginator(method).paginate(**parameters, PaginationConfig=config)
        return
    page = getattr(client, method)(**parameters)
    yield page
    asked: dict[str, str] | None = None
    while (more := next_page(page, inputs)) and more != asked:
        asked = more
        page = getattr(client, method)(**{**parameters, **more})
        yield page


def _inputs(client: Any, method: str) -> Mapping[str, Any]:
    operation = client.meta.method_to_api_mapping[method]
    shape = client.meta.service_model.operation_model(operation).input_shape
    return dict(shape.members) if shape is not None else {}


def parameters(inputs: Mapping[str, Any], call: Call[Any], arguments: Arguments) -> dict[str, Any]:
    """What is sent, for an operation that takes `inputs`; an argument becomes a list where the operation wants one."""
    sent: dict[str, Any] = dict(call.parameters)
    for name, value in zip(call.arguments, arguments, strict=True):
        *outer, last = name.split(".")
        within = sent
        for each in outer:
            within = within.setdefault(each, {})
        within[last] = value
    lists = {name for name, shape in inputs.items() if shape.type_name == "list"}
    return {name: [value] if name in lists and isinstance(value, str) else value for name, value in sent.items()}


def _is_about_parameters(error: Exception) -> bool:
    code = _words(error)[0]
    return isinstance(error, ParamValidationError) or code.startswith(("InvalidParameter", "UnknownParameter"))


def _words(error: Exception) -> tuple[str, str]:
    """The error code and the message, on one line and without what no person reads."""
    code, message = type(error).__name__, str(error)
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, message = str(details.get("Code") or code), str(details.get("Message") or "")
    message = " ".join(_UNREADABLE.split(message, maxsplit=1)[0].split())
    return code, message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"


# Accounts and regions


def _open(settings: Settings) -> tuple[dict[Place, Account], list[Failure]]:
    """The places to ask in, each with its account, and what failed on the way there."""
    session = aws_session(settings)
    settings.check(session.get_available_regions("lambda"))
    # As the AWS CLI has it; boto3 alone does not know AWS_REGION.
    default = os.environ.get("AWS_REGION") or session.region_name
    wanted = list(dict.fromkeys(settings.regions)) or [default]
    home = next((region for region in wanted if region != ALL_REGIONS), default or "us-east-1")
    if home is None:
        raise UsageError("no region is set: name one with --region, as in --region eu-west-1 or --region all")
    if settings.role_arns:
        with ThreadPoolExecutor(THREADS, "vpcreach-assume") as pool:
            opened = list(pool.map(lambda arn: _assumed(settings, session, arn, home), settings.role_arns))
    else:
        account_id = _own_id(session, home, settings.endpoint_url)
        opened = [Account(account_id, session, endpoint_url=settings.endpoint_url)]
    failures = [item for item in opened if isinstance(item, Failure)]
    accounts = {item.id: item for item in reversed(opened) if isinstance(item, Account)}
    if not accounts:
        facts = [f"{f.call} of {f.arguments[0]}: {f.error}: {f.message}" for f in failures]
        raise AwsUnreadableError(f"AWS could not be read: {'; '.join(facts)}")
    places: dict[Place, Account] = {}
    for account_id, account in sorted(accounts.items()):
        for region in wanted:
            names, failure = _enabled(account, home) if region == ALL_REGIONS else ([region], None)
            failures += [failure] if failure else []
            places |= {Place(account_id, name): account for name in names}
    return places, failures


def aws_session(settings: Settings, **credentials: str) -> boto3.Session:
    """A session that retries, with the caller's credentials or these."""
    try:
        base = botocore.session.Session(profile=settings.profile)
        base.register_component("data_loader", _loader(base.get_config_variable("data_path")))
        retries: dict[str, Any] = {"mode": "adaptive"}
        if base.get_config_variable("max_attempts") is None:
            # An emulator does not throttle, and what it cannot answer it never will.
            retries["total_max_attempts"] = 1 if _is_emulator(settings.endpoint_url) else _ATTEMPTS
        agent = f"vpcreach/{version('vpcreach')}"
        base.set_default_client_config(
            Config(retries=retries, max_pool_connections=2 * THREADS, connect_timeout=10, user_agent_extra=agent)
        )
        return boto3.Session(botocore_session=base, **credentials)
    except BotoCoreError as error:
        known = botocore.session.Session().available_profiles if settings.profile else ()
        raise UsageError(f"{_words(error)[1]}{did_you_mean(settings.profile or '', known)}") from error


@cache
def _loader(data_path: str | None) -> Loader:
    # Descriptions of AWS's services take a tenth of a second each to read, so all sessions share them.
    return create_loader(data_path)


def _is_emulator(endpoint_url: str | None) -> bool:
    return is_loopback(endpoint_url or os.environ.get("AWS_ENDPOINT_URL"))


def _own_id(session: boto3.Session, region: str, endpoint_url: str | None) -> str:
    """The caller's account; where STS alone does not answer, from the ARN of a function."""
    try:
        sts = session.client("sts", region_name=region, endpoint_url=endpoint_url, config=_IMPATIENT)
        return str(sts.get_caller_identity()["Account"])
    except AwsError as error:
        account_id = _id_in_arn(session, region, endpoint_url)
        if account_id is not None:
            return account_id
        code, message = _words(error)
        known = session.get_available_regions("lambda")
        hint = "" if region in known else did_you_mean(region, known)
        raise AwsUnreadableError(
            f"AWS could not be read: sts:GetCallerIdentity in {region}: {code}: {message}{hint}"
        ) from error


def _id_in_arn(session: boto3.Session, region: str, endpoint_url: str | None) -> str | None:
    try:
        client = session.client("lambda", region_name=region, endpoint_url=endpoint_url, config=_IMPATIENT)
        functions = client.list_functions(MaxItems=1).get("Functions", ())
    except AwsError:
        # The caller then says why STS did not answer, which is what came first.
        return None
    return next((account_of(function["FunctionArn"]) for function in functions), None)


def _assumed(settings: Settings, session: boto3.Session, arn: str, region: str) -> Account | Failure:
    try:
        sts = session.client("sts", region_name=region, endpoint_url=settings.endpoint_url)
        given = sts.assume_role(RoleArn=arn, RoleSessionName="vpcreach")["Credentials"]
    except AwsError as error:
        code, message = _words(error)
        call, account_id = "sts:AssumeRole", account_of(arn)
        return Failure(call=call, account=account_id, region=GLOBAL, arguments=(arn,), error=code, message=message)
    assumed = aws_session(
        settings,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    return Account(account_of(arn), assumed, endpoint_url=settings.endpoint_url)


def _enabled(account: Account, home: str) -> tuple[list[str], Failure | None]:
    """The regions that the account has enabled; where they cannot be listed, `home` and the failure."""
    try:
        regions = account.client("ec2", home).describe_regions()["Regions"]
    except AwsError as error:
        code, message = _words(error)
        call = "ec2:DescribeRegions"
        return [home], Failure(call=call, account=account.id, region=home, error=code, message=message)
    return sorted(region["RegionName"] for region in regions), None


# One function


def _configuration(account: Account, place: Place, function: str, collection: Collection) -> Mapping[str, Any] | None:
    """The function's configuration, which goes into the collection; None where there is no such function."""
    try:
        reply = account.client("lambda", place.region).get_function_configuration(FunctionName=function)
    except AwsError as error:
        code, message = _words(error)
        if code in _NO_SUCH_FUNCTION or isinstance(error, ParamValidationError):
            return None
        collection.failed.append(failed(GET_FUNCTION_CONFIGURATION, place, (), code, message))
        answer = account.ask(LIST_FUNCTIONS, place)
        collection.keep(answer)
        return one_function.listed(answer.data, function)
    configuration = merged([reply])
    for answer in one_function.as_files(place, configuration):
        collection.keep(answer)
    collection.narrowed.append(one_function.alone(place))
    return configuration


def _no_such_function(function: str, places: Mapping[Place, Account]) -> str:
    answers = [account.ask(LIST_FUNCTIONS, place) for place, account in places.items()]
    known = [name for answer in answers for name in one_function.names(answer.data)]
    return f"no function {function!r} in {', '.join(map(str, places))}{did_you_mean(function, known)}"
