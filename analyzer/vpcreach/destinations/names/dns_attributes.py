"""The two DNS attributes of a VPC: enableDnsSupport and enableDnsHostnames.

Modelled: the Amazon resolver answers only with enableDnsSupport; private zones need both.
Not modelled: nothing.
Source: VPC User Guide, "DNS attributes for your VPC" (semantics A22, F4).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE
from vpcreach.forwarding import COLLECTION_FAILED, Judgement, Note, Reason, Surroundings

VPC_DNS_SUPPORT_DISABLED = Reason(
    "VPC_DNS_SUPPORT_DISABLED",
    "switch enableDnsSupport on for the VPC",
    "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
)
DNS_HOSTNAMES_OFF = Reason(
    "DNS_HOSTNAMES_OFF", "switch enableDnsHostnames on: AWS asks for it beside gateway endpoints"
)


def attribute(vpc_id: str, name: str, around: Surroundings) -> bool | Note:
    """One of the VPC's two DNS attributes, or the note that says why it is not known."""
    reading = around.read(DESCRIBE_VPC_ATTRIBUTE, vpc_id, (vpc_id, name))
    if reading.value is not None:
        return bool(reading.value.is_on)
    message = f"whether {name} is on for {vpc_id} is not known: {reading.gap}"
    return COLLECTION_FAILED.unknown(vpc_id, name, message)


def both(vpc_id: str, around: Surroundings) -> bool | Note:
    """True with both attributes on: only then private zones and private DNS count."""
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        is_on = attribute(vpc_id, name, around)
        if isinstance(is_on, Note) or not is_on:
            return is_on
    return True


def support(vpc_id: str, assumption: str | None, around: Surroundings) -> Judgement:
    """The blocker for every name where the Amazon resolver does not answer; it may rest on an assumption (A22)."""
    is_on = attribute(vpc_id, "enableDnsSupport", around)
    if isinstance(is_on, Note):
        return Judgement((is_on,))
    if is_on:
        return Judgement()
    message = f"{vpc_id} has enableDnsSupport off, so no name resolves in it"
    return Judgement((VPC_DNS_SUPPORT_DISABLED.fail(vpc_id, "enableDnsSupport", message, assumption=assumption),))
