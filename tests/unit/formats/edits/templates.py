"""Readers of what fixes are told in: Terraform by python-hcl2, CloudFormation by cfn-lint."""

import hashlib
import re

import hcl2
import yaml

# The longest first: a transit gateway's route table is no transit gateway.
_KINDS = (
    *("tgw-rtb", "tgw-attach", "vpcec", "subnet", "eigw", "vpce", "vpc", "rtb", "acl", "nat"),
    *("igw", "eni", "tgw", "pcx", "vgw", "sg", "pl"),
)
_WORD_IDS = re.compile(rf"(?<![\w-])({'|'.join(_KINDS)})-[a-z0-9-]+")
_REFERENCES = re.compile(r"\b(aws_\w+\.\w+)\b(?=\.|\]|,|$)", re.MULTILINE)


def parses_as_terraform(text: str) -> None:
    """Raises where the text is no HCL, or refers to a resource that it does not hold."""
    read = hcl2.loads(text)
    kinds = [(kind.strip('"'), inner) for block in read.get("resource", []) for kind, inner in block.items()]
    held = {f"{kind}.{name.strip(chr(34))}" for kind, inner in kinds for name in inner}
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    named = set(_REFERENCES.findall(code))
    assert named <= held, f"{named - held} is not in the text"


def parses_as_cloudformation(text: str) -> None:
    """Raises AssertionError for what cfn-lint calls an error; a document may be all comment."""
    for document in text.split("---\n"):
        if "\nResources:" not in f"\n{document}":
            assert yaml.safe_load(document) is None, document
            continue
        # A linter takes seconds to load, and the reader of Terraform does not need it.
        from cfnlint.api import lint
        from cfnlint.config import ManualArgs

        # Ids of tests are words; AWS's are hexadecimal, and the linter knows that.
        found = lint(_WORD_IDS.sub(_as_aws, document), config=ManualArgs(regions=["eu-west-1"]))
        assert [str(each) for each in found] == [], document


def _as_aws(found: re.Match[str]) -> str:
    return f"{found[1]}-{hashlib.sha256(found[0].encode()).hexdigest()[:17]}"
