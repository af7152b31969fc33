"""The words for destinations: `internet:53/udp`, `rds:orders-db`, `10.2.0.0/16:443`, `eni-…`, `arn:…`, a DNS name.

Pure text: what is meant by a name is looked up elsewhere. `parse` raises UsageError with one sentence and a suggestion.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address, ip_network

from vpcreach.errors import UsageError, refuse_broken_text
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import ICMP, TCP, UDP, port_number

WORDS = ("internet", "s3", "dynamodb")
SERVICES = ("s3", "dynamodb")
KINDS = (
    "rds",
    "docdb",
    "neptune",
    "elasticache",
    "memorydb",
    "dax",
    "redshift",
    "redshift-serverless",
    "alb",
    "nlb",
    "elb",
    "ecs",
    "apigateway",
    "msk",
    "opensearch",
    "opensearch-serverless",
    "efs",
    "s3files",
    "mq",
    "fsx",
    "timestream-influxdb",
)
ID_PREFIXES = ("eni-", "i-", "sg-")
PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}
DEFAULT_PORT = 443
_PORT = re.compile(r":(?P<port>[^:/\]]+)(/(?P<protocol>[^:/\]]*))?$")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?")
_ID = re.compile(r"(eni|i|sg)-[A-Za-z0-9_-]+")
_REGION = r"(?P<region>[a-z]{2,4}(-[a-z]+)+-\d)"
_AWS = re.compile(r"(?P<front>.+)\.(amazonaws\.com(\.cn)?|(?P<other>api|on)\.aws)")
_REGIONAL = re.compile(rf"(?P<label>.+)\.{_REGION}")
# `s3.eu-west-1`, `bucket.s3.dualstack.eu-west-1`, `bucket.s3-eu-west-1`, and S3's first names, which tell no region.
_S3 = re.compile(
    rf"((?P<bucket>.+)\.)?s3((-fips)?(\.dualstack)?\.{_REGION}|-{_REGION.replace('region', 'old')}|(?P<first>))"
)
# Other names of S3: access points, whose addresses are those of S3, and the zones and control of S3 Express.
_S3_OTHERS = (
    (re.compile(r".+\.s3-accesspoint(-fips)?(\.dualstack)?"), "s3"),
    (re.compile(r"(.+\.)?s3express-(control|[a-z0-9]+-az\d+)(-fips)?(\.dualstack)?|s3express"), "s3express"),
)
# Endpoints with several labels before the region, by the pattern of what one may put before the service's own labels.
_SERVICE_HOSTS = {
    r"": (
        "api.detective", "api.ecr", "api.ecr-public", "api.iotdeviceadvisor", "api.iotsitewise", "api.iotwireless",
        "api.pricing", "api.sagemaker", "api.tunneling.iot", "data-ats.iot", "data.iot", "data.iotevents",
        "data.iotsitewise", "data.jobs.iot", "data.mediastore", "dkr.ecr", "entitlement.marketplace",
        "featurestore-runtime.sagemaker", "metering.marketplace", "metrics.sagemaker", "models.lex",
        "participant.connect", "portal.sso", "runtime.lex", "runtime.sagemaker", "session.qldb", "streams.dynamodb",
    ),
    r"\d{12}\.": ("control-kinesis", "data-kinesis", "dkr.ecr", "dkr.ecr-fips"),
    r"[a-z0-9]+\.": ("appsync-api", "appsync-realtime-api", "credentials.iot", "execute-api"),
    r"[a-z0-9]+(-ats)?\.": ("iot",),
    r"[a-z]-[a-z0-9]+\.": ("kinesisvideo",),
    r"[a-z0-9-]+-\d{12}\.": ("d.codeartifact",),
}  # fmt: skip
# What stands behind the host names of resources, by the label that gives them away.
_RESOURCE_HOSTS = {
    "aoss": "OpenSearch Serverless collection", "cache": "ElastiCache cluster", "compute": "EC2 instance",
    "dax-clusters": "DAX cluster", "docdb": "DocumentDB cluster", "efs": "EFS file system", "elb": "load balancer",
    "es": "OpenSearch domain", "fsx": "FSx file system", "kafka": "MSK broker", "memorydb": "MemoryDB cluster",
    "mq": "Amazon MQ broker", "neptune": "Neptune cluster", "rds": "RDS database, cluster or proxy",
    "redshift": "Redshift cluster", "redshift-serverless": "Redshift Serverless workgroup",
    "transfer": "Transfer Family server", "vpce": "VPC endpoint",
}  # fmt: skip


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
    service: Service = Service(DEFAULT_PORT)


@dataclass(frozen=True, slots=True)
class AwsHost:
    """A host name of AWS: the service's label and its bucket, or (`resource_kind`) what else it may stand for."""

    label: str
    region: str | None
    bucket: str | None = None
    resource_kind: str | None = None


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
    refuse_broken_text(word)
    if not word:
        raise UsageError("an empty text is not a destination; say internet, s3, dynamodb, rds:NAME or ADDRESS:PORT")
    if word.startswith("arn:"):
        return Named(text, "arn", word, Service(None))
    head, _, rest = word.partition(":")
    if head in SERVICES and rest and not re.fullmatch(r"[A-Za-z0-9._-]{3,255}", rest):
        raise UsageError(f'"{text}": "{rest}" is not the name of a {"bucket" if head == "s3" else "table"}')
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
    if head in KINDS and ":" in word:
        if not rest:
            raise UsageError(f'"{text}" names nothing after the colon; say {head}:NAME')
        name, service = _split_port(rest, text)
        return Named(text, head, name, service)
    return _address(word, text) or _named(word, text)


def aws_host(name: str) -> AwsHost | None:
    """What a host name of AWS stands for, as far as its text tells; None for names of others."""
    match = _AWS.fullmatch(name)
    if match is None:
        return None
    front, regional = match["front"], _REGIONAL.fullmatch(match["front"])
    label, region = (regional["label"], regional["region"]) if regional else (front, None)
    if match["other"]:
        return AwsHost(label, region, resource_kind=f"host of {match['other']}.aws")
    if s3 := _S3.fullmatch(front):
        return AwsHost("s3", s3["region"] or s3["old"] or "us-east-1", s3["bucket"])
    if region:
        for pattern, service in _S3_OTHERS:
            if pattern.fullmatch(label):
                return AwsHost(service, region)
        for before, services in _SERVICE_HOSTS.items():
            for service in services:
                if re.fullmatch(f"{before}{re.escape(service)}", label):
                    return AwsHost(service, region)
    if "." not in label or label.endswith(".s3-accelerate"):
        return AwsHost(label, region)
    kinds = [kind for part in reversed(front.split(".")) if (kind := _RESOURCE_HOSTS.get(part))]
    return AwsHost(label, region, resource_kind=kinds[0] if kinds else "host of AWS")


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
        # What stands behind an address can only be a port; behind a name it may be part of something else.
        body, service = _split_port(word, text, strict=_is_network(word.rpartition(":")[0]))
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
    if word.endswith((":", "/")) or ":/" in word or word.count(":") > 1:
        raise UsageError(f'"{text}" is not a destination; after a name comes at most :PORT or :PORT/PROTOCOL')
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
    close = get_close_matches(head.lower(), [*WORDS, *KINDS, "service"], n=1, cutoff=0.7)
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
    number = port_number(port)
    if not number:
        raise UsageError(f'"{text}": "{port}" is not a port; a port is a number from 1 to 65535')
    if protocol not in PROTOCOLS:
        close = get_close_matches(protocol, PROTOCOLS, n=1, cutoff=0.5)
        hint = f'; did you mean "{close[0]}"?' if close else "; say tcp or udp"
        raise UsageError(f'"{text}": "{protocol}" is not a protocol{hint}')
    return word[: match.start()], Service(number, PROTOCOLS[protocol])


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
