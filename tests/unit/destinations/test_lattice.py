"""Services of VPC Lattice by a VPC's association with a service network: every condition that must hold, one by one."""

from typing import Any

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, changed, denied, dual_stack, egress, main, record, without

pytestmark = pytest.mark.item("F10")

START = "arn:aws:vpc-lattice:eu-west-1:111122223333"
NETWORK = f"{START}:servicenetwork/sn-shop"
ELSEWHERE = f"{START}:servicenetwork/sn-far"
SERVICE = f"{START}:service/svc-orders"
NAME = "orders-0123.7d67968.vpc-lattice-svcs.eu-west-1.on.aws"
CUSTOM = "orders.shop.example"
NETWORKS = "vpc-lattice/list-service-networks"
OF_VPC = "vpc-lattice/list-service-network-vpc-associations"
ASSOCIATION = "vpc-lattice/get-service-network-vpc-association"
OF_NETWORK = "vpc-lattice/list-service-network-service-associations"
NETWORK_ITSELF = "vpc-lattice/get-service-network"
SERVICE_ITSELF = "vpc-lattice/get-service"
LISTENERS = "vpc-lattice/list-listeners"
LIST = "pl-lattice"
ENTRIES = "ec2/get-managed-prefix-list-entries"


def associated(estate: Estate) -> None:
    """vpc-main in the service network `sn-shop`, behind a group that admits tcp/443 from the function's group."""
    vpc = main(estate)
    vpc.security_group("lattice", ingress=[allow("tcp", 443, "sg-app")])
    estate.route_table("private").add_route("169.254.171.0/24", "VpcLattice")
    estate.put(NETWORKS, {"items": [{"arn": NETWORK, "name": "shop"}, {"arn": ELSEWHERE, "name": "far"}]})
    estate.put(OF_VPC, {"items": [{"id": "snva-1", "status": "ACTIVE", "vpcId": "vpc-main"}]}, "vpc-main")
    held = {"id": "snva-1", "status": "ACTIVE", "serviceNetworkArn": NETWORK, "securityGroupIds": ["sg-lattice"]}
    estate.put(ASSOCIATION, held, "snva-1")
    service = {
        "id": "snsa-1",
        "status": "ACTIVE",
        "serviceArn": SERVICE,
        "dnsEntry": {"domainName": NAME},
        "customDomainName": CUSTOM,
    }
    estate.put(OF_NETWORK, {"items": [service]}, NETWORK)
    estate.put(OF_NETWORK, {"items": [dict(service, id="snsa-2")]}, ELSEWHERE)
    for arn in (NETWORK, ELSEWHERE):
        estate.put(NETWORK_ITSELF, {"arn": arn, "authType": "NONE"}, arn)
    estate.put(SERVICE_ITSELF, {"arn": SERVICE, "status": "ACTIVE", "authType": "NONE"}, SERVICE)
    estate.put(LISTENERS, {"items": [{"port": 443, "protocol": "HTTPS"}]}, SERVICE)


def writing(call: str, **values: Any) -> Change:
    """Writes keys of the first reply of a call."""
    return lambda estate: next(r for p, r in estate.replies.items() if p.startswith(f"{call}/")).update(values)


def first_of(call: str, **values: Any) -> Change:
    """Writes keys of the first item in the first reply of a call."""
    return lambda estate: next(r for p, r in estate.replies.items() if p.startswith(f"{call}/"))["items"][0].update(
        values
    )


def admitting(*peers: str) -> Change:
    return lambda estate: main(estate).set_rules("lattice", ingress=[allow("tcp", 443, *peers)])


def listed_by_aws(*blocks: str) -> Change:
    """The prefix list of Lattice, whose entries may be in no file."""

    def change(estate: Estate) -> None:
        estate.prefix_list("lattice", cidrs=list(blocks))
        estate[LIST]["PrefixListName"] = "com.amazonaws.eu-west-1.vpc-lattice"

    return change


def of_service_network(estate: Estate) -> None:
    endpoint = {"VpcEndpointId": "vpce-sn", "VpcEndpointType": "ServiceNetwork", "VpcId": "vpc-main"}
    estate.add("ec2/describe-vpc-endpoints", "vpce-sn", endpoint | {"State": "available"})


@pytest.mark.parametrize("name", [NAME, f"{NAME}:443", SERVICE, f"{SERVICE}:443"])
def test_a_service_is_reached_by_its_host_name_or_its_arn(name: str) -> None:
    assert told(changed(associated), name) == "reachable"


NETWORK_OF_THE_VPC = [
    pytest.param((writing(OF_VPC, items=[]),), "blocked UNASSOCIATED_COMPONENT", id="no-association"),
    pytest.param(
        (writing(OF_VPC, items=[]), writing(ASSOCIATION, status="ACTIVE")), "blocked UNASSOCIATED_COMPONENT", id="left"
    ),
    pytest.param((denied(OF_VPC),), "unknown COLLECTION_FAILED", id="associations-denied"),
    pytest.param((without(OF_VPC),), "unknown COLLECTION_FAILED", id="associations-absent"),
    pytest.param((denied(ASSOCIATION),), "unknown COLLECTION_FAILED", id="association-denied"),
    pytest.param((writing(ASSOCIATION, status="CREATE_FAILED"),), "blocked BAD_STATE", id="association-failed"),
    pytest.param((writing(ASSOCIATION, status="CREATE_IN_PROGRESS"),), "unknown BAD_STATE", id="association-in-making"),
    pytest.param((writing(ASSOCIATION, status="DELETE_FAILED"),), "unknown BAD_STATE", id="association-half-gone"),
    pytest.param((writing(ASSOCIATION, status="TOMORROW"),), "unknown BAD_STATE", id="association-of-tomorrow"),
    pytest.param((of_service_network,), "unknown UNSUPPORTED_COMPONENT", id="an-endpoint-of-a-service-network-beside"),
    pytest.param(
        (of_service_network, writing(OF_VPC, items=[])), "unknown UNSUPPORTED_COMPONENT", id="such-an-endpoint-alone"
    ),
    pytest.param((without("ec2/describe-vpc-endpoints"),), "unknown COLLECTION_FAILED", id="endpoints-absent"),
    pytest.param(
        (writing(OF_VPC, items=[{"id": "snva-1"}, {"id": "snva-2"}]),), "unknown UNSUPPORTED_COMPONENT", id="two"
    ),
    pytest.param((record("vpc-main", OwnerId="222233334444"), writing(OF_VPC, items=[])), "unknown COLLECTION_FAILED",
                 id="of-a-shared-vpc-only-the-owner-knows"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), NETWORK_OF_THE_VPC)
def test_the_vpc_needs_an_association_with_a_service_network(changes: tuple[Change, ...], expected: str) -> None:
    assert told(changed(associated, *changes), NAME) == expected


SERVICES = [
    pytest.param((writing(ASSOCIATION, serviceNetworkArn=ELSEWHERE),), "reachable", id="in-another-network"),
    pytest.param((writing(OF_NETWORK, items=[]),), "blocked UNASSOCIATED_COMPONENT", id="not-in-this-network"),
    pytest.param((first_of(OF_NETWORK, status="CREATE_FAILED"),), "blocked BAD_STATE", id="association-failed"),
    pytest.param((first_of(OF_NETWORK, status="DELETE_IN_PROGRESS"),), "unknown BAD_STATE", id="association-going"),
    pytest.param((lambda e: e.denied(OF_NETWORK, NETWORK),), "unknown COLLECTION_FAILED", id="services-denied"),
    pytest.param((writing(SERVICE_ITSELF, status="CREATE_FAILED"),), "blocked BAD_STATE", id="failed"),
    pytest.param((writing(SERVICE_ITSELF, status="DELETE_IN_PROGRESS"),), "unknown BAD_STATE", id="going"),
    pytest.param((denied(SERVICE_ITSELF),), "unknown UNKNOWN_RESOURCE", id="service-denied"),
    pytest.param((writing(SERVICE_ITSELF, authType="AWS_IAM"),), "unknown AUTH_POLICY_NOT_EVALUATED", id="its-policy"),
    pytest.param((writing(SERVICE_ITSELF, authType=None),), "unknown AUTH_POLICY_NOT_EVALUATED", id="policy-untold"),
    pytest.param(
        (writing(NETWORK_ITSELF, authType="AWS_IAM"),), "unknown AUTH_POLICY_NOT_EVALUATED", id="the-networks"
    ),
    pytest.param((denied(NETWORK_ITSELF),), "unknown UNKNOWN_RESOURCE", id="network-denied"),
    pytest.param((writing(LISTENERS, items=[{"port": 80}]),), "blocked NO_POSSIBLE_DESTINATION", id="no-listener"),
    pytest.param((denied(LISTENERS),), "unknown UNKNOWN_RESOURCE", id="listeners-denied"),
    pytest.param((writing(LISTENERS, items=[{"port": 80}], nextToken="x"),), "unknown UNKNOWN_RESOURCE", id="one-page"),
]


@pytest.mark.parametrize(("changes", "expected"), SERVICES)
def test_the_network_needs_the_service_and_the_service_a_listener(changes: tuple[Change, ...], expected: str) -> None:
    assert told(changed(associated, *changes), NAME) == expected


WAY = [
    pytest.param((admitting("10.0.1.0/24"),), "reachable", id="admitted-by-address"),
    pytest.param((admitting("10.9.0.0/16"),), "blocked ENI_SG_RULES_MISMATCH", id="associations-group"),
    pytest.param((admitting("10.9.0.0/16"), writing(ASSOCIATION, securityGroupIds=[])), "reachable", id="no-group"),
    pytest.param((writing(ASSOCIATION, securityGroupIds=["sg-far"]),), "unknown UNKNOWN_RESOURCE", id="group-unread"),
    pytest.param((egress(),), "blocked SG_HAS_NO_RULES", id="no-rule-of-the-functions"),
    pytest.param((egress(allow("tcp", 443, "10.0.0.0/8")),), "blocked ENI_SG_RULES_MISMATCH", id="rule-for-others"),
    pytest.param((egress(allow("tcp", 443, "169.254.171.0/24")),), "reachable", id="rule-by-address"),
    pytest.param(
        (listed_by_aws("169.254.171.0/24"), egress(allow("tcp", 443, LIST))), "reachable", id="rule-by-prefix-list"
    ),
    pytest.param(
        (listed_by_aws("169.254.171.0/24"), without(ENTRIES), egress(allow("tcp", 443, LIST))),
        "reachable",
        id="rule-by-prefix-list-without-entries",
    ),
    pytest.param(
        (egress(allow("tcp", 443, "169.254.171.0/25")),), "unknown UNKNOWN_DESTINATION", id="a-rule-for-some"
    ),
    pytest.param((acl("app-a", inbound=[]),), "blocked SUBNET_ACL_RESTRICTION", id="acl-refuses-answers"),
    pytest.param(
        (acl("app-a", outbound=[(100, "allow", "tcp", 443, 443, "10.0.0.0/8")]),),
        "blocked SUBNET_ACL_RESTRICTION",
        id="acl-refuses-requests",
    ),
    pytest.param(
        (acl("app-a", inbound=[(100, "allow", "tcp", 1024, 65535, "169.254.171.0/24")]),), "reachable", id="acl-as-told"
    ),
    pytest.param(
        (lambda e: e.route_table("private").remove_route("169.254.171.0/24"),),
        "unknown UNSUPPORTED_COMPONENT",
        id="a-table-without-aws-own-route",
    ),
    pytest.param(
        (lambda e: e.route_table("private").remove_route("169.254.171.0/24"), egress()),
        "blocked SG_HAS_NO_RULES UNSUPPORTED_COMPONENT",
        id="which-the-functions-own-group-outweighs",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), WAY)
def test_rules_and_acls_must_let_packets_to_vpc_lattice(changes: tuple[Change, ...], expected: str) -> None:
    assert told(changed(associated, *changes), NAME) == expected


@pytest.mark.item("I2")
def test_an_enforced_encryption_control_refuses_vpc_lattice_unless_it_is_excluded() -> None:
    enforced, excluded = changed(associated), changed(associated)
    enforced.encryption_control("main", excluded=["lambda"])
    excluded.encryption_control("main", excluded=["lambda", "vpc_lattice"])
    assert told(enforced, NAME) == "blocked ENCRYPTION_CONTROL_ENFORCED"
    assert told(excluded, NAME) == "reachable"


def test_vpc_lattice_carries_tcp_alone() -> None:
    assert "blocked PROTOCOL_RESTRICTION" in told(changed(associated), f"{NAME}:443/udp")


def test_whether_a_custom_domain_name_leads_to_its_service_is_undecided() -> None:
    assert told(changed(associated), CUSTOM) == "unknown UNKNOWN_DESTINATION"


def test_a_service_of_another_account_is_undecided_and_the_account_is_named() -> None:
    far = SERVICE.replace("111122223333", "222233334444")
    answer = ask(changed(associated, first_of(OF_NETWORK, serviceArn=far)), far)
    assert answer.verdict.value == "unknown"
    assert {note.code for note in answer.unknowns} == {"UNKNOWN_RESOURCE"}
    assert "222233334444" in answer.unknowns[0].remedy


def test_a_name_that_no_network_has_is_undecided() -> None:
    other = "bills-0123.7d67968.vpc-lattice-svcs.eu-west-1.on.aws"
    assert told(changed(associated), other) == "unknown UNSUPPORTED_COMPONENT"
    assert told(changed(), other) == "unknown COLLECTION_FAILED"


def test_an_address_of_vpc_lattice_is_nobodys_without_an_association() -> None:
    assert told(changed(associated), "169.254.171.32:443") == "unknown UNSUPPORTED_COMPONENT"
    assert told(changed(), "169.254.171.32:443") == "unknown UNSUPPORTED_COMPONENT"
    alone = changed(associated, writing(OF_VPC, items=[]))
    assert told(alone, "169.254.171.32:443") == "blocked UNASSOCIATED_COMPONENT"
    shared = changed(associated, record("vpc-main", OwnerId="222233334444"), writing(OF_VPC, items=[]))
    assert told(shared, "169.254.171.32:443") == "unknown UNSUPPORTED_COMPONENT"


def test_nothing_else_that_is_routed_to_vpc_lattice_counts_as_reached() -> None:
    def resources(estate: Estate) -> None:
        estate.route_table("private").add_route("129.224.0.0/17", "VpcLattice")

    assert told(changed(associated, resources), "129.224.3.4:443") == "unknown UNSUPPORTED_COMPONENT"
    assert told(changed(associated), "169.254.171.0/25:443") == "unknown UNSUPPORTED_COMPONENT"


def test_a_dual_stack_function_asks_vpc_lattice_over_ipv4() -> None:
    assert told(changed(associated, start=dual_stack), NAME) == "reachable"
