"""The IAM policy that a collection needs: read-only, derived from the calls themselves."""

from collections.abc import Iterable, Sequence
from typing import Any

from vpcreach.snapshot.call import Call

# What the collector asks for itself: the account's number, and its regions for `--region all`.
OF_THE_COLLECTOR = ("sts:GetCallerIdentity", "ec2:DescribeRegions")
# Every reading request to API Gateway is this one action: on all resources it would tell the keys of the APIs too.
APIS = {
    "Sid": "VpcreachReadsApis",
    "Effect": "Allow",
    "Action": "apigateway:GET",
    "Resource": "arn:*:apigateway:*::/restapis",
}


def policy(calls: Iterable[Call[Any]], *, role_arns: Sequence[str] = ()) -> dict[str, Any]:
    """The policy document that lets an identity make these calls, and take on `role_arns` if any."""
    actions = {call.action for call in calls} | set(OF_THE_COLLECTOR)
    everywhere = sorted(actions - {APIS["Action"]})
    statements: list[dict[str, Any]] = [
        {"Sid": "VpcreachReads", "Effect": "Allow", "Action": everywhere, "Resource": "*"}
    ]
    if APIS["Action"] in actions:
        statements.append(APIS)
    if role_arns:
        statements.append(
            {
                "Sid": "VpcreachReadsOtherAccounts",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": sorted(set(role_arns)),
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
