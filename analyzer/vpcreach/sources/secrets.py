"""What a collection does not keep: the secrets that AWS prints in its replies.

A test compares this table with AWS's own description of every reply that is read (members that are marked as sensitive,
or are called like a secret), so that a new call brings none unnoticed.
"""

from collections.abc import Collection, Mapping
from typing import Any

NOT_KEPT = "(not kept)"

# By service: the keys under which secrets stand, in whatever object of a reply. RDS, Redshift and FSx print passwords
# as asterisks, and Elastic Load Balancing prints no client secret; nobody promises that it stays so.
SECRETS: Mapping[str, frozenset[str]] = {
    "directconnect": frozenset({"authKey", "customerRouterConfig"}),
    "ec2": frozenset({"CustomerGatewayConfiguration", "PreSharedKey"}),
    "ecs": frozenset({"environment"}),
    "elbv2": frozenset({"ClientSecret"}),
    "fsx": frozenset({"FsxAdminPassword"}),
    "lambda": frozenset({"Variables"}),
    "rds": frozenset({"MasterUserPassword"}),
    "redshift": frozenset({"MasterUserPassword"}),
}
# By service: keys that are dropped altogether. The address of a function's code is one that lets anybody read it.
DROPPED: Mapping[str, frozenset[str]] = {"lambda": frozenset({"Location"})}


def without_secrets(service: str, reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reply with "(not kept)" in the place of every secret value, and all else unchanged."""
    secret, dropped = SECRETS.get(service, frozenset()), DROPPED.get(service, frozenset())
    return _kept(reply, secret, dropped) if secret or dropped else reply


def _kept(value: Any, secret: Collection[str], dropped: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _hidden(item) if key in secret else _kept(item, secret, dropped)
            for key, item in value.items()
            if key not in dropped
        }
    return [_kept(item, secret, dropped) for item in value] if isinstance(value, list) else value


def _hidden(value: Any) -> Any:
    """The same shape without its values: the names of environment variables are no secret."""
    if isinstance(value, Mapping):
        return {key: item if key == "name" else _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else NOT_KEPT
