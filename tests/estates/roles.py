"""Execution roles and their policies, as the account's authorization details or single IAM calls tell them."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate

DETAILS = "iam/get-account-authorization-details"


def statement(*actions: str, effect: str = "Allow", **more: object) -> Json:
    """One statement about these actions on every resource."""
    return {"Effect": effect, "Action": list(actions), "Resource": "*", **more}


def document(*statements: Json, encoded: bool = False) -> Json | str:
    """A policy document as the AWS CLI prints it, or URL-encoded as the API sends it."""
    body: Json = {"Version": "2012-10-17", "Statement": list(statements)}
    return quote(json.dumps(body)) if encoded else body


def role(
    estate: "Estate",
    name: str,
    *,
    inline: Mapping[str, Json | str] | None = None,
    attached: Sequence[str] = (),
    boundary: str | None = None,
) -> str:
    """A role of the account's authorization details, with inline policies and the ARNs of attached ones."""
    details = _details(estate)
    arn = f"arn:aws:iam::{estate.account}:role/{name}"
    record: Json = {
        "Path": "/",
        "RoleName": name.rpartition("/")[2],
        "Arn": arn,
        "RolePolicyList": [{"PolicyName": key, "PolicyDocument": body} for key, body in (inline or {}).items()],
        "AttachedManagedPolicies": [{"PolicyName": each.rpartition("/")[2], "PolicyArn": each} for each in attached],
    }
    if boundary is not None:
        record["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": boundary,
        }
    details["RoleDetailList"].append(record)
    return arn


def managed_policy(estate: "Estate", arn: str, body: Json | str, *, former: Json | str | None = None) -> str:
    """A managed policy of the account's authorization details; `former` is a version that is not in force."""
    versions = [{"Document": body, "VersionId": "v2", "IsDefaultVersion": True}]
    versions += [{"Document": former, "VersionId": "v1", "IsDefaultVersion": False}] if former is not None else []
    _details(estate)["Policies"].append(
        {
            "Arn": arn,
            "PolicyName": arn.rpartition("/")[2],
            "DefaultVersionId": "v2",
            "PolicyVersionList": versions[::-1],
        }
    )
    return arn


def _details(estate: "Estate") -> Json:
    if DETAILS not in estate.replies:
        estate.put(DETAILS, {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []})
    return estate.reply(DETAILS)
