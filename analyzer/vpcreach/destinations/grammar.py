"""The words for destinations: `internet:53/udp`, `rds:orders-db`, `10.2.0.0/16:443`, `eni-…`, `arn:…`, a DNS name.

Pure text: what is meant by a name is looked up elsewhere. `parse` raises UsageError with one sentence and a suggestion.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address, ip_network

from vpcreach.errors import UsageError
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import ICMP, TCP, UDP

WORDS = ("internet", "s3", "dynamodb")
SERVICES = ("s3", "dynamodb")
KINDS = ("rds",)
PLANNED_KINDS = (
    "elasticache", "memorydb", "dax", "redshift", "redshift-serverless", "msk", "opensearch", "opensearch-serverless",
    "efs", "alb", "nlb", "elb", "ecs", "apigateway", "mq", "fsx", "rds-cluster", "rds-proxy", "docdb", "neptune",
)  # fmt: skip
ID_PREFIXES = ("eni-", "i-", "sg-")
PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
DEFAULT_PORT = 443
_PORT = re.compile(r":(?P<port>[^:/\]]+)(/(?P<protocol>[^:/\]]*))?$")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?")
_ID = re.compile(r"(eni|i|sg)-[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Service:
    """Port and protocol that were asked for; port None leaves it to the resource."""

    port: int | None
    protocol: int = TCP


@dataclass(frozen=True, slots=True)
class Internet:
    text: str
    service: Service


@dataclass(frozen=True, slots=True)
class AwsService:
    """A service of the function's region by its endpoint's label, and the bucket or table where one is named.

    `host` is the service's name as it was asked for, None for its ordinary one.
    """

    text: str
    name: str
    resource: str | None = None
    host: str | None = None
    port: int = DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Addresses:
    """An address, or the addresses of a CIDR block."""

    text: str
    addresses: AddressSet
    is_single: bool
    service: Service


@dataclass(frozen=True, slots=True)
class Named:
    """A resource by kind and name (`rds`), id (`eni`, `i`, `sg`), `arn`, `host` name, or Name tag (`name`)."""

    text: str
    kind: str
    name: str
    service: Service


Parsed = Internet | AwsService | Addresses | Named


def problem_with(text: str) -> str | None:
    """What is wrong with a destination as text, as one clause with a suggestion; None when the grammar holds."""
    try:
        parse(text)
    except UsageError as error:
        return str(error)
    return None


def parse(text: str) -> Parsed:
    """What a destination says; raises UsageError where it says nothing."""
    word = text.strip()
    if not word:
        raise UsageError("an empty text is not a destination; say internet, s3, dynamodb, rds:NAME or ADDRESS:PORT")
    if word.startswith("arn:"):
        return Named(text, "arn", word, Service(None))
    head, _, rest = word.partition(":")
    if head in SERVICES and "/" not in head:
        if rest or ":" not in word:
            return AwsService(text, head, rest or None)
        raise UsageError(f'"{text}" names no {"bucket" if head == "s3" else "table"} after the colon')
    if head == "service":
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", rest):
            raise UsageError(
                f'"{text}": say service:NAME with the last label of the endpoint\'s name, like service:sqs'
            )
        return AwsService(text, rest)
    if head in (*KINDS, *PLANNED_KINDS) and ":" in word:
        if not rest:
            raise UsageError(f'"{text}" names nothing after the colon; say {head}:NAME')
        name, service = _split_port(rest, text)
        return Named(text, head, name, service)
    return _address(word, text) or _named(word, text)


def _address(word: str, text: str) -> Addresses | None:
    body, service = word, Service(DEFAULT_PORT)
    if word.startswith("["):
        inside, closed, after = word[1:].partition("]")
        if not closed:
            raise UsageError(f'"{text}" has no closing bracket; write [2606:4700::1111]:443')
        body = inside
        if after:
            rest, service = _split_port(f"x{after}", text)
            if rest != "x":
                raise UsageError(f'"{text}": after the bracket comes :PORT, like [2606:4700::1111]:443')
    elif not _is_network(word):
        body, service = _split_port(word, text, strict=False)
    if not _is_network(body):
        if re.fullmatch(r"[\d.]+(/\d+)?", body) or (word.startswith("[")):
            raise UsageError(f'"{body}" is not an IP address or CIDR block')
        return None
    port = Service(service.port or DEFAULT_PORT, service.protocol)
    return Addresses(text, AddressSet.parse(body), _is_address(body), port)


def _named(word: str, text: str) -> Internet | Named:
    body, service = _split_port(word, text, strict=word.startswith(("internet", *ID_PREFIXES)))
    if body == "internet":
        return Internet(text, Service(service.port or DEFAULT_PORT, service.protocol))
    if _ID.fullmatch(body):
        return Named(text, body.split("-", 1)[0], body, service)
    if _HOST.fullmatch(body.lower()):
        return Named(text, "host", body.lower().rstrip("."), service)
    if close := _close_word(word):
        raise UsageError(f'"{text}" is not a destination; did you mean "{close}"?')
    if re.fullmatch(r"[^:/\[\]]+", body):
        return Named(text, "name", body, service)
    raise UsageError(
        f'"{text}" is not a destination; say internet, s3, dynamodb, service:NAME, rds:NAME, ADDRESS:PORT, eni-…, '
        "arn:… or a host name"
    )


def _close_word(word: str) -> str | None:
    head, colon, rest = word.partition(":")
    close = get_close_matches(head.lower(), [*WORDS, *KINDS, *PLANNED_KINDS, "service"], n=1, cutoff=0.7)
    return f"{close[0]}{colon}{rest}" if close else None


def _split_port(word: str, text: str, *, strict: bool = True) -> tuple[str, Service]:
    match = _PORT.search(word)
    if match is None:
        return word, Service(None)
    port, protocol = match["port"], match["protocol"] or "tcp"
    if match["protocol"] == "":
        raise UsageError(f'"{text}" names no protocol after the slash; write tcp or udp')
    if not port.isdecimal() and not strict:
        return word, Service(None)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f'"{text}": "{port}" is not a port; a port is a number from 1 to 65535')
    if protocol not in PROTOCOLS:
        close = get_close_matches(protocol, PROTOCOLS, n=1, cutoff=0.5)
        hint = f'; did you mean "{close[0]}"?' if close else "; say tcp or udp"
        raise UsageError(f'"{text}": "{protocol}" is not a protocol{hint}')
    return word[: match.start()], Service(int(port), PROTOCOLS[protocol])


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
