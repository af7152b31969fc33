"""Replies as a snapshot keeps them: pages merged, and printed as the AWS CLI prints them.

Knows the shape of AWS's replies, but no client: what asks for the pages is live_account.py.
"""

from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from vpcreach.sources.secrets import without_secrets

Page = Mapping[str, Any]

# What a reply asks with for its next page, and the parameter that takes it. The order matters: a reply with
# NextMarker may also repeat the Marker that it was asked with.
_TOKENS = {"NextToken": "NextToken", "nextToken": "nextToken", "NextMarker": "Marker", "Marker": "Marker"}
_MORE = (
    "IsTruncated",
    "AdditionalDataPending",
    "NextRecordName",
    "NextRecordType",
    "NextRecordIdentifier",
    "position",
)
# Says that routes exist which no page tells, so it counts even where there is no next page.
_UNTOLD = "AdditionalRoutesAvailable"
_INDENT = 4


def merged(pages: Sequence[Page], lists: Collection[str] | None = None, *, is_complete: bool = True) -> dict[str, Any]:
    """One reply for all pages: the first with its `lists` (by default every list) continued by the others.

    The continuation marks are dropped when the pages are complete, and are otherwise those of the last page,
    so that a reader sees that something is missing.
    """
    whole: dict[str, Any] = {}
    for page in pages:
        for key, value in page.items():
            if isinstance(value, list) and (lists is None or key in lists):
                whole.setdefault(key, []).extend(value)
            else:
                whole.setdefault(key, value)
    last = pages[-1] if pages else {}
    for mark in (*_TOKENS, *_MORE, _UNTOLD):
        whole.pop(mark, None)
        if last.get(mark) and (not is_complete or mark == _UNTOLD):
            whole[mark] = last[mark]
    whole.pop("ResponseMetadata", None)
    return whole


def next_page(page: Page, inputs: Collection[str]) -> dict[str, str] | None:
    """The parameter that asks for the page after this one; None when there is none, or no way to ask."""
    for mark, parameter in _TOKENS.items():
        if page.get(mark):
            return {parameter: page[mark]} if parameter in inputs else None
    return None


def says_more(page: Page) -> bool:
    """True when the page itself says that it is not the last one."""
    return any(page.get(mark) for mark in ("NextToken", "nextToken", "NextMarker", "IsTruncated"))


def printed(service: str, reply: Page) -> bytes:
    """The reply as the AWS CLI prints it, without what is secret."""
    kept = as_json(without_secrets(service, reply))
    return msgspec.json.format(msgspec.json.encode(kept), indent=_INDENT) + b"\n"


def as_json(value: Any) -> Any:
    """A value of a reply in JSON's own types: times in ISO 8601 and UTC, bytes in base64."""
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode("ascii")
    return value
