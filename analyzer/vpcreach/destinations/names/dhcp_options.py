"""DHCP options: the DNS servers that a VPC hands out.

Modelled: the Amazon resolver or custom servers.
Not modelled: what custom servers answer, and whether they are reached on port 53: names are undecided with them.
Source: VPC User Guide, "DHCP option set concepts" (semantics I6).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import COLLECTION_FAILED, Judgement, Reason, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import State

CUSTOM_DNS_SERVERS = Reason(
    "CUSTOM_DNS_SERVERS",
    "resolve the name on those servers, and ask for the address",
    "https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html",
)
AMAZON_DNS = "AmazonProvidedDNS"


class DhcpValue(Record, frozen=True):
    value: str = ""


class DhcpConfiguration(Record, frozen=True):
    key: str
    values: tuple[DhcpValue, ...] = ()


class DhcpOptions(Record, frozen=True):
    dhcp_options_id: str
    dhcp_configurations: tuple[DhcpConfiguration, ...] = ()

    @property
    def name_servers(self) -> tuple[str, ...]:
        return tuple(v.value for c in self.dhcp_configurations if c.key == "domain-name-servers" for v in c.values)


class DescribeDhcpOptions(Reply, frozen=True):
    dhcp_options: tuple[DhcpOptions, ...] = ()


DESCRIBE_DHCP_OPTIONS = Call(
    "ec2",
    "DescribeDhcpOptions",
    DescribeDhcpOptions,
    holds="DhcpOptions",
    assumes="no custom DNS servers (DHCP options not collected)",
)
CALLS = (DESCRIBE_DHCP_OPTIONS,)
REASONS = (CUSTOM_DNS_SERVERS,)


def servers(vpc_id: str, around: Surroundings) -> Judgement:
    """Custom DNS servers of the VPC: what they answer is in no file."""
    vpc = around.component(vpc_id)
    options_id = vpc.dhcp_options_id if isinstance(vpc, Vpc) else None
    if options_id in (None, "default"):
        return Judgement()
    reading = around.read(DESCRIBE_DHCP_OPTIONS, vpc_id)
    options = [o for o in (reading.value.dhcp_options if reading.value else ()) if o.dhcp_options_id == options_id]
    if not options and reading.state is State.ABSENT:
        return Judgement((), (DESCRIBE_DHCP_OPTIONS.assumes or "",))
    if not options:
        message = f"the DNS servers of {vpc_id} are not known: {reading.gap or f'{options_id} is not listed'}"
        return Judgement((COLLECTION_FAILED.unknown(options_id or vpc_id, "", message),))
    custom = [server for server in options[0].name_servers if server != AMAZON_DNS]
    if not custom:
        return Judgement()
    message = f"{vpc_id} hands out its own DNS servers ({', '.join(custom)}), so the name's address is not known"
    return Judgement((CUSTOM_DNS_SERVERS.unknown(options[0].dhcp_options_id, "domain-name-servers", message),))
