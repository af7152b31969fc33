"""Which codes are AWS's own."""

from pathlib import Path

from vpcreach.explain.aws_codes import AWS_CODES

CODES = Path(__file__).parents[3] / "docs" / "codes.md"
# Codes that AWS's analyzer does not have: it models no function, no partial answer, no loop and no DNS.
OWN = """
FUNCTION_NOT_IN_VPC FUNCTION_BAD_STATE FUNCTION_IDLE VPC_DEDICATED_TENANCY LAMBDA_IN_PUBLIC_SUBNET
LAMBDA_IPV6_NOT_ENABLED SUBNET_OUT_OF_IP_ADDRESSES SOURCE_CIDR_PARTIALLY_ALLOWED ROUTING_LOOP NAT_NO_PUBLIC_ADDRESS
PRIVATE_NAT_TO_IGW NACL_EPHEMERAL_PARTIAL ENDPOINT_SHADOWS_NAT ENDPOINT_POLICY_DENY ENCRYPTION_CONTROL_ENFORCED
VPC_DNS_SUPPORT_DISABLED DNS_FIREWALL_BLOCK DNS_NAME_NOT_FOUND DYNAMIC_ROUTE ASYMMETRIC_MIDDLEBOX_ROUTE
TARGET_UNHEALTHY ON_PREM_BEYOND_MODEL COLLECTION_FAILED
""".split()  # noqa: SIM905


def test_codes_of_our_own_are_not_said_to_be_awss() -> None:
    assert AWS_CODES.isdisjoint(OWN)


def test_the_program_has_own_codes_and_codes_of_aws() -> None:
    page = CODES.read_text()
    assert all(f"`{code}`" in page for code in OWN)
    assert sum(f"`{code}`" in page for code in AWS_CODES) > 40
