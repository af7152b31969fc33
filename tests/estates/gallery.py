"""One estate for every kind of way, with questions that take it: what must hold of all estates is tried on these."""

from collections.abc import Callable

from tests.estates.builder import Estate
from tests.estates.drawing import Drawing
from tests.estates.gallery_of_resources import GUARDED, RESOURCES
from tests.estates.hub_and_spoke import DATABASE, hub_and_spoke
from tests.estates.seed import private_only, public_private
from tests.estates.shop import shop
from tests.unit.components.test_appliances import balanced, inspected, nat64, nat_instance
from tests.unit.components.test_egress_only_internet_gateway import egress_only
from tests.unit.components.test_network_firewall import firewalled, stateful
from tests.unit.components.test_virtual_private_gateway import on_premises
from tests.unit.components.test_vpc_peering import peered
from tests.unit.destinations import test_efs as efs
from tests.unit.destinations import test_host_names as host_names
from tests.unit.destinations import test_load_balancer as load_balancer
from tests.unit.destinations import test_msk as msk
from tests.unit.destinations import test_rds_cluster as rds_cluster
from tests.unit.reach.worlds import Change, changed, database, dual_stack, interface, interface_endpoint


def _with(*changes: Change) -> Callable[[], Estate]:
    return lambda: changed(*changes)


def _dropping_firewall() -> Estate:
    return firewalled(stateful(("DROP", "TCP", "ANY", "93.184.216.0/24", "443")))


GALLERY = (
    Drawing("private only", private_only, ("internet", "s3", "dynamodb", "service:sts")),
    Drawing("public and private", public_private, ("internet", "s3", "s3.us-west-2.amazonaws.com")),
    Drawing("shop", shop, ("internet", "s3", "rds:orders-db"), "billing"),
    Drawing("behind NAT", _with(interface()), ("internet", "10.0.0.0/16:5432", "eni-peer:5432")),
    Drawing("dual stack", dual_stack, ("internet", "[2606:4700::1111]:443", "eni-peer:443")),
    Drawing("egress only", egress_only, ("internet",)),
    Drawing("NAT64", nat64, ("[64:ff9b::5db8:d822]:443",)),
    Drawing("peered", peered, ("10.1.2.9:5432", "10.1.0.0/16:5432")),
    Drawing("NAT instance", nat_instance, ("internet",)),
    Drawing("inspected", inspected, ("10.0.2.9:5432",)),
    Drawing("load balanced", balanced, ("internet",)),
    Drawing("firewall", _dropping_firewall, ("internet", "8.8.8.8:443")),
    Drawing("on premises", on_premises, ("192.168.7.9:443",)),
    Drawing("hub and spoke", lambda: hub_and_spoke().files(), ("internet", DATABASE, "s3")),
    Drawing("interface endpoint", _with(interface_endpoint()), ("service:sts", "sts.eu-west-1.amazonaws.com")),
    Drawing("database", _with(database()), ("rds:orders-db",)),
    Drawing("cluster", _with(rds_cluster.cluster()), ("rds:shop",)),
    Drawing("load balancer", _with(load_balancer.alb()), ("alb:front", load_balancer.ALB_HOST)),
    Drawing("brokers", _with(msk.cluster()), ("msk:events",)),
    Drawing("file system", _with(efs.files()), ("efs:shared-files",)),
    Drawing("private zone", _with(host_names.zone({"app": "10.0.2.50"}), host_names.peer), ("app.corp.example",)),
    *RESOURCES,
    *GUARDED,
)
