"""Where AWS is read from, and with whose rights; checked before anything is asked."""

import difflib
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from vpcreach.errors import UsageError

ALL_REGIONS = "all"
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/.+")
_ENDPOINT = re.compile(r"https?://[^/\s]+(/\S*)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says of the account to read; what it leaves open is as the AWS CLI has it."""

    profile: str | None = None
    regions: tuple[str, ...] = ()
    role_arns: tuple[str, ...] = ()
    endpoint_url: str | None = None

    def check(self, known_regions: Sequence[str]) -> None:
        """Raises UsageError for anything that is malformed; `known_regions` only serve the suggestion."""
        for region in self.regions:
            if region != ALL_REGIONS and not _REGION.fullmatch(region):
                hint = did_you_mean(region, known_regions) or "; one looks like eu-west-1"
                raise UsageError(f"{region!r} is not the name of a region{hint}")
        for arn in self.role_arns:
            if not _ROLE.fullmatch(arn):
                example = "arn:aws:iam::111122223333:role/reader"
                raise UsageError(f"{arn!r} is not the ARN of a role; one looks like {example}")
        if self.endpoint_url is not None and not _ENDPOINT.fullmatch(self.endpoint_url):
            raise UsageError(f"{self.endpoint_url!r} is not an endpoint; one looks like http://127.0.0.1:5000")


def account_of(arn: str) -> str:
    return arn.split(":")[4]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def is_loopback(endpoint_url: str | None) -> bool:
    """True for an endpoint on this machine: an emulator."""
    host = urlsplit(endpoint_url or "").hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
