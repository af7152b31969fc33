"""Execution roles: whether Lambda may make and delete interfaces in a function's name.

Modelled: the role's inline and attached policies and its permissions boundary, Action and NotAction with * and ?. An
action counts as missing only where nothing could allow it, or a statement without condition denies it everywhere.
Not modelled: organisation policies; conditions and resources, which leave open whether an action is allowed.
Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC" (semantics A8).
Checked: tests/unit/components/test_execution_role.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec

from vpcreach.forwarding import Reason
from vpcreach.snapshot.call import GLOBAL, Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Reading

EXECUTION_ROLE_MISSING_ENI_PERMISSIONS = Reason(
    "EXECUTION_ROLE_MISSING_ENI_PERMISSIONS",
    "attach AWSLambdaVPCAccessExecutionRole to the function's role, or allow these actions on all resources",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions",
)
ENI_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
# What AWS's own policy of this name has allowed since January 2024, for snapshots without its document.
KNOWN_POLICY = ":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
EVERYWHERE = "*"


class InlinePolicy(Record, frozen=True):
    policy_name: str = ""
    policy_document: msgspec.Raw = msgspec.Raw()


class AttachedPolicy(Record, frozen=True):
    policy_arn: str


class Boundary(Record, frozen=True):
    permissions_boundary_arn: str | None = None


class RoleDetail(Record, frozen=True):
    arn: str
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None


class PolicyVersion(Record, frozen=True):
    version_id: str = ""
    is_default_version: bool = False
    document: msgspec.Raw = msgspec.Raw()


class ManagedPolicy(Record, frozen=True):
    arn: str
    default_version_id: str = ""
    policy_version_list: tuple[PolicyVersion, ...] = ()


class GetAccountAuthorizationDetails(Reply, frozen=True):
    role_detail_list: tuple[RoleDetail, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()


class Role(Record, frozen=True):
    permissions_boundary: Boundary | None = None


class GetRole(Record, frozen=True):
    role: Role | None = None


class ListAttachedRolePolicies(Reply, frozen=True):
    attached_policies: tuple[AttachedPolicy, ...] = ()


class ListRolePolicies(Reply, frozen=True):
    policy_names: tuple[str, ...] = ()


class GetPolicy(Record, frozen=True):
    policy: ManagedPolicy | None = None


class GetPolicyVersion(Record, frozen=True):
    policy_version: PolicyVersion | None = None


GET_ACCOUNT_AUTHORIZATION_DETAILS = Call(
    "iam",
    "GetAccountAuthorizationDetails",
    GetAccountAuthorizationDetails,
    holds="RoleDetailList",
    parameters={"Filter": ["Role", "LocalManagedPolicy", "AWSManagedPolicy"]},
)
# Read where a snapshot made by hand has them in place of the account's details.
GET_ROLE = Call("iam", "GetRole", GetRole, holds="Role", arguments=("RoleName",))
LIST_ATTACHED_ROLE_POLICIES = Call(
    "iam", "ListAttachedRolePolicies", ListAttachedRolePolicies, holds="AttachedPolicies", arguments=("RoleName",)
)
LIST_ROLE_POLICIES = Call("iam", "ListRolePolicies", ListRolePolicies, holds="PolicyNames", arguments=("RoleName",))
GET_ROLE_POLICY = Call("iam", "GetRolePolicy", InlinePolicy, arguments=("RoleName", "PolicyName"))
GET_POLICY = Call("iam", "GetPolicy", GetPolicy, holds="Policy", arguments=("PolicyArn",))
GET_POLICY_VERSION = Call(
    "iam", "GetPolicyVersion", GetPolicyVersion, holds="PolicyVersion", arguments=("PolicyArn", "VersionId")
)
CALLS = (GET_ACCOUNT_AUTHORIZATION_DETAILS,)
BY_HAND = (
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_ROLE_POLICIES,
    GET_ROLE_POLICY,
    GET_POLICY,
    GET_POLICY_VERSION,
)
REASONS = (EXECUTION_ROLE_MISSING_ENI_PERMISSIONS,)


class Replies(Protocol):
    """What is asked of a snapshot."""

    def read(self, call: Call[Any], at: Place, arguments: tuple[str, ...] = ()) -> Reading[Any]: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, as far as it bears on actions: `is_sure` is False where it may hold for some requests only."""

    is_allow: bool
    patterns: tuple[str, ...]
    is_negated: bool
    is_sure: bool

    def means(self, action: str) -> bool:
        return any(_matches(pattern, action) for pattern in self.patterns) is not self.is_negated


@dataclass(frozen=True, slots=True)
class Policies:
    """Statements that are known, and whether there may be more (`is_whole` False)."""

    statements: tuple[Statement, ...] = ()
    is_whole: bool = True

    def __add__(self, other: "Policies") -> "Policies":
        return Policies(self.statements + other.statements, self.is_whole and other.is_whole)

    def surely_refuse(self, action: str) -> bool:
        """True where a statement denies the action everywhere, or nothing there is could allow it."""
        meant = [statement for statement in self.statements if statement.means(action)]
        if any(statement.is_sure and not statement.is_allow for statement in meant):
            return True
        return self.is_whole and not any(statement.is_allow for statement in meant)


# A document that nobody can read may hold anything.
UNREAD = Policies(is_whole=False)


def missing_actions(role_arn: str, replies: Replies) -> tuple[str, ...]:
    """The actions that Lambda needs for its interfaces and the role surely lacks; none where nothing tells."""
    granted, boundary = _policies_of(role_arn, replies)
    limits = [granted] if boundary is None else [granted, boundary]
    return tuple(action for action in ENI_ACTIONS if any(each.surely_refuse(action) for each in limits))


def _policies_of(role_arn: str, replies: Replies) -> tuple[Policies, Policies | None]:
    """What the role is granted, and its permissions boundary where it has one."""
    fields = role_arn.split(":")
    if len(fields) < 6:
        return UNREAD, None
    place, name = Place(fields[4], GLOBAL), role_arn.rpartition("/")[2]
    account = replies.read(GET_ACCOUNT_AUTHORIZATION_DETAILS, place).value
    mine = [role for role in (account.role_detail_list if account is not None else ()) if role.arn == role_arn]
    if mine:
        role: RoleDetail = mine[0]
        inline = [_policies(each.policy_document) for each in role.role_policy_list]
        attached = [_managed(each.policy_arn, place, replies) for each in role.attached_managed_policies]
        return _sum([*inline, *attached]), _boundary(role.permissions_boundary, place, replies)
    told = replies.read(GET_ROLE, place, (name,)).value
    boundary = told.role.permissions_boundary if told is not None and told.role is not None else None
    return _sum(_listed(name, place, replies)), _boundary(boundary, place, replies)


def _listed(name: str, place: Place, replies: Replies) -> Iterator[Policies]:
    """A role's policies from the calls about this role alone."""
    attached = replies.read(LIST_ATTACHED_ROLE_POLICIES, place, (name,))
    yield Policies() if attached.is_complete else UNREAD
    for policy in attached.value.attached_policies if attached.value is not None else ():
        yield _managed(policy.policy_arn, place, replies)
    inline = replies.read(LIST_ROLE_POLICIES, place, (name,))
    yield Policies() if inline.is_complete else UNREAD
    for policy_name in inline.value.policy_names if inline.value is not None else ():
        read = replies.read(GET_ROLE_POLICY, place, (name, policy_name)).value
        yield _policies(read.policy_document) if read is not None else UNREAD


def _boundary(boundary: Boundary | None, place: Place, replies: Replies) -> Policies | None:
    arn = boundary.permissions_boundary_arn if boundary is not None else None
    return _managed(arn, place, replies) if arn else None


def _managed(arn: str, place: Place, replies: Replies) -> Policies:
    """A managed policy's version in force, from the account's details or from the calls about this policy alone."""
    account = replies.read(GET_ACCOUNT_AUTHORIZATION_DETAILS, place).value
    for policy in account.policies if account is not None else ():
        if policy.arn == arn:
            in_force = [each for each in policy.policy_version_list if each.version_id == policy.default_version_id]
            return _policies(in_force[0].document) if in_force else UNREAD
    told = replies.read(GET_POLICY, place, (arn,)).value
    if told is not None and told.policy is not None:
        version = replies.read(GET_POLICY_VERSION, place, (arn, told.policy.default_version_id)).value
        if version is not None and version.policy_version is not None:
            return _policies(version.policy_version.document)
    if arn.endswith(KNOWN_POLICY):
        return Policies((Statement(True, ENI_ACTIONS, False, True),))
    return UNREAD


def _sum(policies: Iterable[Policies]) -> Policies:
    return sum(policies, Policies())


def _policies(document: msgspec.Raw) -> Policies:
    """The statements of a document, which AWS sends as URL-encoded text and its tools print as an object."""
    try:
        body = msgspec.json.decode(document)
        if isinstance(body, str):
            body = msgspec.json.decode(unquote(body).encode())
        bodies = body["Statement"] if isinstance(body["Statement"], list) else [body["Statement"]]
        return Policies(tuple(_statement(each) for each in bodies))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        return UNREAD


def _statement(body: dict[str, Any]) -> Statement:
    """Raises KeyError, TypeError or ValueError for what is no statement."""
    if body["Effect"] not in ("Allow", "Deny"):
        raise ValueError(body["Effect"])
    element = "NotAction" if "NotAction" in body else "Action"
    patterns = _texts(body[element])
    is_everywhere = EVERYWHERE in _texts(body.get("Resource", ()))
    return Statement(
        is_allow=body["Effect"] == "Allow",
        patterns=patterns,
        is_negated=element == "NotAction",
        is_sure=is_everywhere and not body.get("Condition"),
    )


def _texts(value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(value)
    return texts


def _matches(pattern: str, action: str) -> bool:
    """Whether an action's name matches; * is any text, ? any sign, and case does not count."""
    # A plain regular expression would take for ever over many stars; to fnmatch alone [ is a sign of its own.
    return fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))
