"""Names inside a VPC: whether the Amazon resolver answers, and what answers in place of AWS and public DNS.

Modelled: what the files of `names/` tell, in the order of `names/order.py`.
Not modelled: what public DNS, custom servers and servers behind resolver rules answer.
Source: VPC User Guide, "DNS attributes for your VPC"; Route 53 Developer Guide (semantics A22, F16, I3-I6).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from dataclasses import dataclass

from vpcreach.destinations.names import dhcp_options, dns_firewall, hosted_zones, profiles, resolver_rules
from vpcreach.destinations.names.dns_attributes import DNS_HOSTNAMES_OFF, VPC_DNS_SUPPORT_DISABLED, attribute, both
from vpcreach.destinations.names.domain import normal
from vpcreach.destinations.names.hosted_zones import LIST_HOSTED_ZONES_BY_VPC
from vpcreach.destinations.names.order import Lookup, lookup
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Surroundings

CALLS = (
    *dhcp_options.CALLS,
    *profiles.CALLS,
    *dns_firewall.CALLS,
    *resolver_rules.CALLS,
    *hosted_zones.CALLS,
)
REASONS = (
    VPC_DNS_SUPPORT_DISABLED,
    DNS_HOSTNAMES_OFF,
    *dhcp_options.REASONS,
    *dns_firewall.REASONS,
    *resolver_rules.REASONS,
    *hosted_zones.REASONS,
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a lookup. `may_divert`: something unread may answer with another address than AWS would.

    `diverting_assumptions` are those of the assumptions without which another address might be answered.
    """

    notes: tuple[Note, ...]
    assumptions: tuple[str, ...]
    may_divert: bool
    diverting_assumptions: tuple[str, ...]


def resolution(vpc_id: str, names: tuple[str, ...], around: Surroundings, *, taken: str | None = None) -> Resolution:
    """What stands between clients of a VPC and the ordinary answer to these host names; nothing where there are none.

    A private zone that answers instead leaves it undecided, as what is asked about may be something else then: host
    names that one may ask about go through `host_names.py`, which follows such answers. `taken` is the domain that AWS
    itself answers for privately.
    """
    found = {name: lookup(vpc_id, normal(name), around, taken=taken) for name in names}
    instead = tuple(_instead(name, each) for name, each in found.items() if each.answer)
    told = found.values()
    return Resolution(
        notes=tuple(dict.fromkeys((*(note for each in told for note in each.notes), *instead))),
        assumptions=tuple(dict.fromkeys(text for each in told for text in each.assumptions)),
        may_divert=bool(instead) or any(each.may_divert for each in told),
        diverting_assumptions=tuple(dict.fromkeys(text for each in told for text in each.diverting_assumptions)),
    )


def _instead(name: str, found: Lookup) -> Note:
    answer = found.answer or hosted_zones.Answer()
    words = ", ".join((*answer.addresses, *answer.redirections, *answer.aliases))
    message = f"{found.zone} answers for {name} in place of AWS, with {words}"
    zone = found.zone.id if found.zone else name
    return UNSUPPORTED_COMPONENT.unknown(zone, name, message, resolve=f"ask for {name} itself")


__all__ = [
    "CALLS",
    "DNS_HOSTNAMES_OFF",
    "LIST_HOSTED_ZONES_BY_VPC",
    "REASONS",
    "VPC_DNS_SUPPORT_DISABLED",
    "Lookup",
    "Resolution",
    "attribute",
    "both",
    "lookup",
    "resolution",
]
