"""Inputs that are one document: rule files, policies, the manifest of a snapshot, archives."""

import io
import json
import stat
import warnings
import zipfile
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.fuzz.mutations import bytes_mutated, mutated, odd_value, printed, text_mutated
from tests.fuzz.odd import ARCHIVE_BYTES, PATTERNS, YAML

RULES = (
    """\
version: 1
rules:
  - name: orders must reach its dependencies
    functions: ["billing", orders-*]
    must_reach: [s3, dynamodb, "rds:orders-db", "93.184.216.34:443"]
    must_not_reach: [internet]
""",
    """\
version: 1
rules:
- &a {name: a, functions: {tags: {team: shop}}, must_reach: [internet]}
- {<<: *a, name: b, must_reach: ["internet:80"]}
- name: "c"
  functions: [{tags: {team: shop}}, '*']
  must_not_reach:
  - 10.0.0.0/8:22
""",
)
ROLE = "arn:aws:iam::111122223333:role/app"
POLICY: Any = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": ["s3:Get*", "s3:ListBucket"], "Resource": "*"},
        {
            "Effect": "Deny",
            "Principal": {"AWS": ["111122223333", ROLE]},
            "NotAction": "s3:*",
            "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::a/${aws:PrincipalAccount}/*"],
            "Condition": {
                "StringLike": {"aws:PrincipalArn": "arn:*:role/?pp"},
                "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
            },
        },
        {
            "Effect": "Deny",
            "NotPrincipal": {"Service": "x"},
            "Action": "*",
            "Resource": "arn:aws:s3:::b*",
            "Condition": {
                "Bool": {"aws:SecureTransport": False},
                "ForAnyValue:StringEqualsIfExists": {"aws:SourceVpc": ["vpc-main"]},
                "NumericLessThan": {"s3:max-keys": 9},
                "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
            },
        },
    ],
}
_PLACE = {"account": "111122223333", "region": "eu-west-1"}
_REFUSAL = {**_PLACE, "call": "ec2:DescribeVpcs", "error": "UnauthorizedOperation", "arguments": ["a"]}
MANIFEST: Any = {
    "schema": "vpcreach.snapshot/1",
    "failed": [_REFUSAL, {**_REFUSAL, "call": "ec2:DescribeSubnets", "arguments": []}],
    "narrowed": [{**_PLACE, "call": "ec2:DescribeSubnets", "vpcs": ["vpc-main"]}],
}


def rule_file(random: Random) -> bytes:
    text = random.choice(RULES)
    kind = random.randrange(12)
    if kind < 2:
        return bytes_mutated(text.encode(), random, tuple(piece.encode() for piece in YAML))
    if kind == 2:
        return _laughing(random).encode()
    return text_mutated(text, random, YAML).encode("utf-8", "surrogatepass")


def _laughing(random: Random) -> str:
    """Aliases of aliases of aliases: a few lines that mean very much."""
    before, after = random.choice((("[", "]"), ("{a: ", ", b: c}"), ("{<<: [", "]}")))
    lines = ["a0: &a0 " + random.choice(("[lol, lol]", "{tags: {a: b}}", "s3"))]
    for n in range(1, random.choice((5, 9, 30))):
        inside = ", ".join([f"*a{n - 1}"] * random.choice((1, 2, 9)))
        lines.append(f"a{n}: &a{n} {before}{inside}{after}")
    last = f"*a{len(lines) - 1}"
    rule = f"rules: [{{name: a, functions: {last}, must_reach: {last}}}]"
    where = random.choice((f"rules: {last}", rule, f"<<: {last}", f"? {last}\n: b"))
    return "\n".join(["version: 1", *lines, where])


def policy(random: Random) -> bytes:
    told = json.loads(json.dumps(POLICY))
    kind = random.randrange(20)
    if kind < 3:
        return bytes_mutated(json.dumps(told).encode(), random)
    if kind == 3:
        names = [text_mutated(random.choice(PATTERNS), random, PATTERNS) for _ in range(random.choice((1, 5, 20)))]
        element = random.choice(("Action", "Resource", "NotAction", "NotResource"))
        random.choice(told["Statement"])[element] = names
    return printed(mutated(told, random, PATTERNS), random)


def manifest(random: Random) -> bytes:
    if random.randrange(5) == 0:
        return bytes_mutated(json.dumps(MANIFEST).encode(), random)
    words = (str(odd_value(random)), "vpcreach.snapshot/2", "ec2:", "global")
    return printed(mutated(json.loads(json.dumps(MANIFEST)), random, words), random)


def archive(random: Random, files: Mapping[str, bytes]) -> bytes:
    """A part of a snapshot as a .zip whose entries or bytes are not as they should be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names that are there twice
        for name, data in random.sample(sorted(files.items()), 5):
            held.writestr(_entry(name, random), data if random.randrange(16) else b" " * 1_000_000)
    packed = out.getvalue()
    return packed if random.randrange(3) else bytes_mutated(packed, random, ARCHIVE_BYTES)


def _entry(name: str, random: Random) -> zipfile.ZipInfo:
    outside = (f"../{name}", f"/{name}", f"C:\\{name}", name.replace("/", "\\"), f"a/../{name}", f"./{name}", "//")
    inside = (name.upper(), f"top/{name}", f"{name}/", "x.json", name.replace("ec2", ".."))
    strange = (name.replace("1111", "\u202e"), name.replace("json", "json\x00.txt"), f"__MACOSX/{name}")
    entry = zipfile.ZipInfo(random.choice((name,) * 20 + outside + inside + strange))
    entry.compress_type = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    if random.randrange(30) == 0:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    if random.randrange(30) == 0:
        entry.flag_bits |= random.choice((0x1, 0x8, 0x20, 0x40, 0x800))
    return entry
