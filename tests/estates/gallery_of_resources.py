"""More of the gallery: every kind of private resource, guards that are on, functions in special places."""

from tests.estates.builder import Estate, combined
from tests.estates.drawing import Drawing
from tests.estates.names import alias_to, blocks
from tests.unit.components import test_capacity_provider as capacity_provider
from tests.unit.components import test_odb_network as odb_network
from tests.unit.components.test_cloud_wan import DATABASE as ACROSS_THE_CORE
from tests.unit.components.test_cloud_wan import joined
from tests.unit.destinations import test_api_gateway as api_gateway
from tests.unit.destinations import test_classic_load_balancer as classic
from tests.unit.destinations import test_dax as dax
from tests.unit.destinations import test_ec2_host_names as ec2_host_names
from tests.unit.destinations import test_ecs as ecs
from tests.unit.destinations import test_elasticache as elasticache
from tests.unit.destinations import test_fsx as fsx
from tests.unit.destinations import test_lattice as lattice
from tests.unit.destinations import test_memorydb as memorydb
from tests.unit.destinations import test_mq as mq
from tests.unit.destinations import test_opensearch as opensearch
from tests.unit.destinations import test_opensearch_serverless as opensearch_serverless
from tests.unit.destinations import test_rds as rds
from tests.unit.destinations import test_rds_proxy as rds_proxy
from tests.unit.destinations import test_redshift as redshift
from tests.unit.destinations import test_redshift_serverless as redshift_serverless
from tests.unit.destinations import test_resource_endpoint as resource_endpoint
from tests.unit.destinations import test_s3files as s3files
from tests.unit.destinations import test_timestream_influxdb as influxdb
from tests.unit.destinations.names import test_private_dns as private_dns
from tests.unit.reach.test_shared_vpc import shared
from tests.unit.reach.test_versions import published
from tests.unit.reach.worlds import (
    Change,
    database,
    gateway_endpoint,
    interface,
    interface_endpoint,
    no_route,
    prefix_list,
    route,
)

VPC = ("vpc-main", "allow-egress")
ENCRYPTED = ("lambda", "nat_gateway", "internet_gateway")
SQS = "sqs.eu-west-1.amazonaws.com"
TO_INTERNET_GATEWAY = route("0.0.0.0/0", "igw-main")


def _detached(estate: Estate) -> None:
    estate.detach_function("app")


def _of_a_participant() -> dict[str, bytes]:
    owner, participant = shared(database(), gateway_endpoint("s3"))
    return combined(owner, participant)


def _oracle_network() -> Estate:
    return odb_network.peered({"odbPeeringConnectionStatus": "AVAILABLE", "peerNetworkCidrs": ["10.0.0.0/16"]})


def _zone_of_an_endpoint(estate: Estate) -> None:
    own_name = estate["vpce-sqs"]["DnsEntries"][0]["DnsName"]
    estate.private_zone(SQS, {"": alias_to(own_name)})


def _closed_policy(estate: Estate) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::orders*"}
    estate.set_policy("s3", statement)


def _spared(mode: str, *exclusions: tuple[str, str]) -> Change:
    return lambda estate: estate.block_public_access(mode, exclusions)


def _silent(estate: Estate) -> None:
    """Records of VPCs and subnets as older replies have them: the guards are told by their own calls alone."""
    for record in (*estate.reply("ec2/describe-vpcs")["Vpcs"], *estate.reply("ec2/describe-subnets")["Subnets"]):
        for key in ("BlockPublicAccessStates", "EncryptionControl"):
            record.pop(key, None)


def _firewall(*rules: str) -> Change:
    return lambda estate: estate.dns_firewall("a", blocks(*rules))


RESOURCES = (
    Drawing.of("cache", (elasticache.group(),), "elasticache:shop"),
    Drawing.of("sharded cache", (elasticache.sharded(),), "elasticache:shop"),
    Drawing.of("serverless cache", (elasticache.serverless(),), "elasticache:shop"),
    Drawing.of("memory database", (memorydb.cluster(),), memorydb.CLUSTER),
    Drawing.of("accelerator", (dax.cluster(),), dax.CLUSTER),
    Drawing.of("warehouse", (redshift.cluster(),), redshift.CLUSTER, redshift.HOST),
    Drawing.of("warehouse elsewhere", (redshift.far,), redshift.CLUSTER),
    Drawing.of("serverless warehouse", (redshift_serverless.workgroup(),), redshift_serverless.WORKGROUP),
    Drawing.of("search", (opensearch.domain(),), opensearch.DOMAIN),
    Drawing.of(
        "serverless search", (opensearch_serverless.collection(), opensearch_serverless.endpoint()),
        opensearch_serverless.COLLECTION,
    ),
    Drawing.of("queue", (mq.broker(),), "mq:queue"),
    Drawing.of("share", (fsx.share(),), fsx.SHARE),
    Drawing.of("lake", (s3files.files(),), s3files.FILES),
    Drawing.of("metrics", (influxdb.instance(),), influxdb.METRICS),
    Drawing.of("proxy", (rds_proxy.proxy(),), rds_proxy.HOST),
    Drawing.of("public database elsewhere", (rds.public_elsewhere, rds.on_the_internet), rds.DATABASE),
    Drawing.of("public database in a peer", (rds.public_elsewhere, rds.on_the_internet, rds.joined()), rds.DATABASE),
    Drawing.of("old load balancer", (classic.classic(),), classic.HOST),
    Drawing.of("tasks", (ecs.service("data-a", "data-b"),), "ecs:web"),
    Drawing.of("tasks on a host", (ecs.on_instance((80, 32768, "tcp")),), "ecs:t1"),
    Drawing.of("private API", (api_gateway.ENDPOINT, api_gateway.api()), "apigateway:orders"),
    Drawing.of("VPC Lattice", (lattice.associated,), lattice.NAME),
    Drawing.of("resource endpoint", (resource_endpoint.endpoint(),), f"{resource_endpoint.NAME}:5432"),
    Drawing.of("host name", (ec2_host_names.web(),), ec2_host_names.NAME),
)  # fmt: skip
GUARDED = (
    Drawing.of("enforced encryption", (lambda e: e.encryption_control("main"),), "internet"),
    Drawing.of("spared encryption", (lambda e: e.encryption_control("main", excluded=ENCRYPTED),), "internet"),
    Drawing.of("blocked public access", (_spared("block-bidirectional"),), "internet", "s3"),
    Drawing.of("blocked by its own file", (_spared("block-bidirectional"), _silent), "internet"),
    Drawing.of("excluded by its own file", (_spared("block-bidirectional", VPC), _silent), "internet"),
    Drawing.of("encrypted by its own file", (lambda e: e.encryption_control("main"), _silent), "internet"),
    Drawing.of("excluded VPC", (_spared("block-bidirectional", VPC),), "internet"),
    Drawing.of("blocked name", (_firewall("*.amazonaws.com"),), "service:sqs", "s3"),
    Drawing.of("forwarded name", (lambda e: e.resolver_rule("all", "amazonaws.com"),), "service:sqs"),
    Drawing.of("zone of an endpoint", (interface_endpoint("sqs", private_dns=False), _zone_of_an_endpoint), SQS),
    Drawing.of("profile", (private_dns.hub_endpoint, no_route()), "service:sqs"),
    Drawing.of("endpoint policy", (gateway_endpoint("s3"), _closed_policy), "s3", "s3:orders", "s3:invoices"),
    Drawing.of("list of addresses", (prefix_list("mine", "8.8.8.0/24"), route("pl-mine", "igw-main")), "8.8.8.8:443"),
    Drawing.of("no VPC", (_detached, database(public=True)), "internet", "s3", "rds:orders-db", "10.0.2.0/24:443"),
    Drawing.of("managed instances", (capacity_provider.provider(), capacity_provider.instance()), "internet"),
    Drawing.of(
        "public managed instances",
        (capacity_provider.provider(), capacity_provider.instance(public_ip="54.3.3.3"), TO_INTERNET_GATEWAY),
        "internet",
    ),
    Drawing("versions", published, ("internet", "rds:orders-db"), "app:live"),
    Drawing("shifted alias", published, ("internet",), "app:canary"),
    Drawing("Cloud WAN", joined, (ACROSS_THE_CORE,)),
    Drawing("shared VPC", _of_a_participant, ("internet", "s3", "rds:orders-db")),
    Drawing("Oracle network", _oracle_network, (odb_network.FAR,)),
    Drawing.of("stranger", (interface(public_ip="52.10.0.1"),), "52.10.0.1:5432", "8.8.8.8:443"),
)  # fmt: skip
