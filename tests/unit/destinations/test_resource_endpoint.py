"""Resources behind resource endpoints: what the consumer's side and the provider's side each say."""

from typing import Any

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, changed, main
from vpcreach.destinations.resource_endpoint import GetResourceConfiguration

pytestmark = pytest.mark.item("F10")

ARN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-db"
NAME = "vpce-res-snra-1.rcfg-db.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws"
ASSOCIATIONS = "ec2/describe-vpc-endpoint-associations"
CONFIGURATION = "vpc-lattice/get-resource-configuration"
GATEWAY = "vpc-lattice/get-resource-gateway"


def endpoint(admits: str = "10.0.0.0/16", **association: Any) -> Change:
    """`vpce-res` of type Resource in data-a, which leads to tcp/5432 of 10.0.3.9 through the gateway `rgw-db`."""

    def change(estate: Estate) -> None:
        vpc = main(estate)
        vpc.security_group("res", ingress=[allow("tcp", 5432, admits)])
        vpc.security_group("rgw", egress=[allow("tcp", 5432, "10.0.3.0/24")])
        vpc.network_interface("res", subnet="data-a", groups=["res"], type="vpc_endpoint")
        record = {
            "VpcEndpointId": "vpce-res",
            "VpcEndpointType": "Resource",
            "VpcId": "vpc-main",
            "State": "available",
            "SubnetIds": ["subnet-data-a"],
            "NetworkInterfaceIds": ["eni-res"],
            "Groups": [{"GroupId": "sg-res"}],
        }
        estate.add("ec2/describe-vpc-endpoints", "vpce-res", record)
        held = {
            "Id": "vpce-rsc-asc-1",
            "VpcEndpointId": "vpce-res",
            "AssociatedResourceAccessibility": "Accessible",
            "AssociatedResourceArn": ARN,
            "DnsEntry": {"DnsName": NAME},
        }
        estate.put(ASSOCIATIONS, {"VpcEndpointAssociations": [held | association]})
        configuration = {
            "arn": ARN,
            "status": "ACTIVE",
            "protocol": "TCP",
            "portRanges": ["5432", "6000-6010"],
            "resourceGatewayId": "rgw-db",
            "resourceConfigurationDefinition": {"ipResource": {"ipAddress": "10.0.3.9"}},
        }
        estate.put(CONFIGURATION, configuration, "rcfg-db")
        gateway = {"status": "ACTIVE", "subnetIds": ["subnet-data-a"], "securityGroupIds": ["sg-rgw"]}
        estate.put(GATEWAY, gateway, "rgw-db")

    return change


def writing(call: str, argument: str, **values: Any) -> Change:
    return lambda estate: next(r for p, r in estate.replies.items() if p.startswith(f"{call}/")).update(values)


@pytest.mark.parametrize("name", [f"{NAME}:5432", f"{ARN}:5432"])
def test_a_resource_is_reached_by_its_endpoints_name_or_its_arn(name: str) -> None:
    assert told(changed(endpoint()), name) == "reachable"


CASES = [
    pytest.param((endpoint("10.9.0.0/16"),), "blocked ENI_SG_RULES_MISMATCH", id="endpoints-group"),
    pytest.param((endpoint(), acl("data-a", inbound=[])), "blocked SUBNET_ACL_RESTRICTION", id="acl"),
    pytest.param((endpoint(AssociatedResourceAccessibility="Inaccessible"),), "blocked BAD_STATE", id="not-accessible"),
    pytest.param((endpoint(FailureCode="quota-exceeded"),), "blocked BAD_STATE", id="failed"),
    pytest.param((endpoint(AssociatedResourceAccessibility="Tomorrow"),), "unknown BAD_STATE", id="of-tomorrow"),
    pytest.param(
        (endpoint(), writing(CONFIGURATION, ARN, status="CREATE_FAILED")), "blocked BAD_STATE", id="no-configuration"
    ),
    pytest.param(
        (endpoint(), writing(CONFIGURATION, ARN, status="UPDATE_IN_PROGRESS")), "unknown BAD_STATE", id="in-transition"
    ),
    pytest.param(
        (endpoint(), writing(CONFIGURATION, ARN, portRanges=["443"])), "blocked NO_POSSIBLE_DESTINATION", id="port"
    ),
    pytest.param((endpoint(), writing(GATEWAY, "rgw-db", status="CREATE_FAILED")), "blocked BAD_STATE", id="gateway"),
    pytest.param(
        (endpoint(), writing(GATEWAY, "rgw-db", status="UPDATE_FAILED")), "unknown BAD_STATE", id="gateway-half-changed"
    ),
    pytest.param(
        (endpoint(), writing(GATEWAY, "rgw-db", subnetIds=["subnet-data-b"])),
        "blocked VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
        id="no-zone-in-common",
    ),
    pytest.param(
        (endpoint(), writing(GATEWAY, "rgw-db", subnetIds=["subnet-far"])),
        "unknown VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
        id="zones-of-the-gateway-not-known",
    ),
    pytest.param(
        (endpoint(), lambda estate: estate["sg-rgw"].update(IpPermissionsEgress=[])),
        "blocked ENI_SG_RULES_MISMATCH",
        id="gateways-group",
    ),
    pytest.param(
        (endpoint(), writing(GATEWAY, "rgw-db", securityGroupIds=["sg-far"])),
        "unknown ENI_SG_RULES_MISMATCH",
        id="gateways-group-not-known",
    ),
    pytest.param((endpoint(), lambda e: e.denied(CONFIGURATION)), "unknown UNKNOWN_RESOURCE", id="not-collected"),
    pytest.param((endpoint(), lambda e: e.denied(GATEWAY)), "unknown UNKNOWN_RESOURCE", id="gateway-not-collected"),
    pytest.param((endpoint(), lambda e: e.denied(ASSOCIATIONS)), "unknown COLLECTION_FAILED", id="no-associations"),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_either_side_may_stop_it(changes: tuple[Change, ...], expected: str) -> None:
    assert told(changed(*changes), f"{NAME}:5432") == expected


def test_a_provider_in_another_account_is_named() -> None:
    far = endpoint(AssociatedResourceArn=ARN.replace("111122223333", "222233334444"))
    assert told(changed(far), f"{NAME}:5432") == "unknown UNKNOWN_RESOURCE"


def test_resource_endpoints_carry_tcp_alone() -> None:
    assert "PROTOCOL_RESTRICTION" in told(changed(endpoint()), f"{NAME}:5432/udp")


@pytest.mark.parametrize("text", ["9" * 5000, "5000-x", "5000-" + "9" * 5000, "x-6000", "-", "5000-5000-"])
def test_a_range_of_ports_that_is_none_holds_no_port(text: str) -> None:
    assert not GetResourceConfiguration(port_ranges=(text,)).shares(5432)
