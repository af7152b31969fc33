"""Endpoint policies of the plainest kind: who may do what to everything, and no conditions (F12).

policy_reader.py is the second opinion on all others.
"""

import json

from tests.oracle.walker.records import Json


def policy_allows(endpoint: Json) -> bool:
    """Whether a policy leaves anything at all that may be asked of the endpoint's service."""
    text = endpoint.get("PolicyDocument")
    if not text:
        return True
    service = endpoint["ServiceName"].rpartition(".")[2]
    statements = json.loads(text)["Statement"]
    denied = [action for each in statements if each["Effect"] == "Deny" for action in actions_of(each)]
    allowed = [action for each in statements if each["Effect"] == "Allow" for action in actions_of(each)]
    if "*" in denied or f"{service}:*" in denied:
        return False
    return any(action == "*" or action.startswith(f"{service}:") for action in allowed)


def actions_of(statement: Json) -> list[str]:
    told = statement["Action"]
    return [told] if isinstance(told, str) else list(told)
