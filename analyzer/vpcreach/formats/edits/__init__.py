"""Edits told in the languages that people change AWS with, one file each.

    written(fix.edits, "terraform", network)

Edits come in the order in which they are to be made. The network tells where a thing is, and of a few existing things
what is to be kept of them (an endpoint's policy, a function's IPv6 setting).
Not modelled: how somebody's own templates call the things that exist; they are named by their ids.
"""

from collections.abc import Sequence

from vpcreach.explain.edits import Edit
from vpcreach.formats.edits import aws_cli, cloudformation, terraform
from vpcreach.formats.edits.steps import steps
from vpcreach.network.network import Network

RENDERERS = {"aws-cli": aws_cli.render, "terraform": terraform.render, "cloudformation": cloudformation.render}


def written(edits: Sequence[Edit], language: str, network: Network) -> str:
    """The edits in one of `names.LANGUAGES`, ending with a line break; an empty text where there are no edits."""
    if language not in RENDERERS:
        raise ValueError(f"{language} is not a language of edits")
    return RENDERERS[language](steps(edits, network), network)
