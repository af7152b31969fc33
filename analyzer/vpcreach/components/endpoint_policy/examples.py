"""Requests that are worth trying against a policy that neither allows nor denies everything.

Modelled: what the policy itself names, often used actions of often used services, one more resource beside those named.
Not modelled: whether an action exists, which actions take which resources (but for S3's objects and buckets).
Source: Service Authorization Reference, "Actions, resources, and condition keys" for S3, DynamoDB and SQS (semantics
F12).
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

from collections.abc import Iterable, Sequence

from vpcreach.components.endpoint_policy.conditions import Facts
from vpcreach.components.endpoint_policy.document import Statement
from vpcreach.components.endpoint_policy.patterns import covers, matches
from vpcreach.forwarding import ServiceRequest

# A few actions of often used services, to try where a policy names its actions by pattern or by exception. All that
# these services are asked for are resources of their own (s3-object-lambda is of S3), or, the empty text, none at all.
KNOWN_ACTIONS = {
    "dynamodb": "GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem DescribeTable",
    "s3": "GetObject PutObject DeleteObject GetObjectTagging AbortMultipartUpload ListBucket GetBucketAcl",
    "sqs": "SendMessage ReceiveMessage DeleteMessage",
}
WITHOUT_RESOURCE = frozenset({"s3:listallmybuckets", "dynamodb:listtables", "sts:getcalleridentity"})
OTHER = "some-other"


def asked(request: ServiceRequest, facts: Facts) -> tuple[str, ...]:
    """Patterns that together hold every resource that the request may be about."""
    if request.resources or request.service not in KNOWN_ACTIONS:
        return request.resources or ("*",)
    return "", f"arn:{facts.place.partition}:{request.service}*"


def actions_to_try(service: str, statements: Iterable[Statement]) -> list[str]:
    """Actions and patterns of actions, the widest first."""
    written = [name for each in statements if each.is_allow for name in each.written]
    inside = [name for name in written if covers(f"{service}:*", name.lower())]
    known = [f"{service}:{name}" for name in KNOWN_ACTIONS.get(service, "").split()]
    return list(dict.fromkeys((f"{service}:*", *inside, *known)))


def resources_to_try(request: ServiceRequest, statements: Sequence[Statement], facts: Facts) -> list[str]:
    """What the policy or the request names, then resources beside it that neither names."""
    is_open = not request.resources
    named = [name for each in statements for name in each.resources.sure]
    if not is_open:
        named = [name for name in named if any(covers(each, name) for each in request.resources)]
    tried = ["*", *named] if is_open else [*named, *request.resources]
    beside = [other for name in tried for other in _beside(name)]
    if is_open:
        beside += _others(request.service, facts)
    if request.service == "s3":
        beside += [f"{name}/{OTHER}" for name in beside if "/" not in name]
    found = dict.fromkeys((*tried, *(name for name in beside if is_open or _is_asked(name, request))))
    return [name for name in found if _is_owned(name, facts.resource_account)]


def takes(service: str, action: str, resource: str) -> bool:
    """False when a resource is not of the kind that an action, or every known one of a pattern, asks for."""
    if resource == "*":
        return True
    arn_service = "iam" if service == "sts" else service
    if action in WITHOUT_RESOURCE or resource.split(":")[2:3] != [arn_service]:
        return False
    if "*" in action or "?" in action:
        known = [f"{service}:{name}".lower() for name in KNOWN_ACTIONS.get(service, "").split()]
        alike = [name for name in known if matches(action, name)]
        return not alike or any(takes(service, name, resource) for name in alike)
    if service == "s3" and "bucket" in action:
        return "/" not in resource
    is_of_objects = service == "s3" and ("object" in action or "multipart" in action)
    return not is_of_objects or "/" in resource or resource.endswith("*")


def _is_asked(name: str, request: ServiceRequest) -> bool:
    return any(matches(each, name) for each in request.resources)


def _is_owned(name: str, account: str | None) -> bool:
    """False for an ARN that says it belongs to another account than the one that is asked about."""
    return account is None or name.count(":") < 5 or name.split(":")[4] in ("", "*", account)


def _beside(name: str) -> Iterable[str]:
    """Resources like this one: with something in place of each *, and with another end."""
    # Only the end of an ARN is free: another region or account may not have the service.
    if name.count(":") < 5:
        return
    *head, end = name.split(":", 5)
    start = ":".join(head)
    yield f"{start}:{end.replace('*', OTHER).replace('?', 'o')}"
    cut = max(end.rfind("/"), end.rfind(":")) + 1
    yield f"{start}:{end[:cut].replace('*', OTHER).replace('?', 'o')}{OTHER}"


def _others(service: str, facts: Facts) -> list[str]:
    """Resources of which one may be sure that they could exist, and that a policy is not likely to name."""
    partition, (account, region) = facts.place.partition, facts.place
    return {
        "s3": [f"arn:{partition}:s3:::{OTHER}"],
        "dynamodb": [f"arn:{partition}:dynamodb:{region}:{account}:table/{OTHER}"],
        "sqs": [f"arn:{partition}:sqs:{region}:{account}:{OTHER}"],
    }.get(service, [])
