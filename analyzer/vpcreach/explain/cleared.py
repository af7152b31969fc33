"""What was not the matter: the kinds of things that let the packets pass on a way which something else stops."""

from vpcreach.destinations import name_resolution
from vpcreach.destinations.grammar import AwsService, Named, parse
from vpcreach.reach.answer import STOPPED, Trace

# What a reader would look at next, in the order in which most do.
KINDS = {
    "security_group": "security groups",
    "network_acl": "network ACLs",
    "route_table": "routes",
    "nat_gateway": "the NAT gateway",
    "internet_gateway": "the internet gateway",
    "vpc_endpoint": "the VPC endpoint",
    "vpc_peering_connection": "the peering connection",
    "transit_gateway": "the transit gateway",
}
DNS_CODES = frozenset(reason.code for reason in name_resolution.REASONS)
NAMELESS = frozenset({"eni", "i", "sg", "name"})


def cleared(trace: Trace, destination: str) -> tuple[str, ...]:
    """The kinds of things that every packet of a failing trace passed, and DNS where a name was looked up."""
    steps = (*trace.path, *trace.return_path)
    told = " ".join(f"{note.component} {note.message}" for note in (*trace.blockers, *trace.unknowns))
    stopping = {step.kind for step in steps if step.detail.endswith(STOPPED) or step.component in told}
    passed = {step.kind for step in steps} - stopping
    if any(note.spot is not None and not note.spot.gates for note in trace.blockers):
        # It was a route that led the packets to what stops them, so routes may well be the matter.
        passed.discard("route_table")
    found = [words for kind, words in KINDS.items() if kind in passed]
    parsed = parse(destination)
    has_name = isinstance(parsed, AwsService) or (isinstance(parsed, Named) and parsed.kind not in NAMELESS)
    if has_name and not any(note.code in DNS_CODES for note in (*trace.blockers, *trace.unknowns)):
        found.append("DNS")
    return tuple(found)
