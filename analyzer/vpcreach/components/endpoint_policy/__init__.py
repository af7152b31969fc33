"""Endpoint policies: which requests a VPC endpoint hands on to its AWS service.

Modelled: Effect, Principal, Action and NotAction, Resource and NotResource, with * and ?, for a request that
names a service and perhaps resources, but no action. Sure, impossible and undecided statements stay apart.
Not modelled: every Condition, NotPrincipal and policy variable (undecided), whether an action exists, which
actions take which resources (but for S3's objects and buckets).
Source: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies" (semantics F12).
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

from typing import Any, assert_never

from vpcreach.components.endpoint_policy.evaluation import ENTRY, Policy, Standing
from vpcreach.forwarding import FREE, Arrival, Component, Judgement, Leg, Reason, ServiceRequest, Surroundings
from vpcreach.snapshot.call import Call

PAGE = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
ENDPOINT_POLICY_DENY = Reason("ENDPOINT_POLICY_DENY", "allow the request in the endpoint's policy", PAGE)
ENDPOINT_POLICY_UNDECIDABLE = Reason(
    "ENDPOINT_POLICY_UNDECIDABLE", "read the endpoint's policy, or try the request", PAGE
)
ENDPOINT_POLICY_RESTRICTIVE = Reason(
    "ENDPOINT_POLICY_RESTRICTIVE", "see that the policy allows what the function asks of the service", PAGE
)
REASONS = (ENDPOINT_POLICY_DENY, ENDPOINT_POLICY_UNDECIDABLE, ENDPOINT_POLICY_RESTRICTIVE)
CALLS: tuple[Call[Any], ...] = ()  # DescribeVpcEndpoints brings the policy along


class EndpointPolicy:
    """Judges requests to an AWS service at the VPC endpoint that they pass."""

    def judge(self, component: Component, arrival: Arrival, around: Surroundings) -> Judgement:
        request = arrival.request
        if component.kind != "vpc_endpoint" or request is None or arrival.leg is not Leg.OUT:
            return FREE
        key = ("endpoint policy", component.id, request)
        return around.remember(key, lambda: _judgement(component, request))


def _judgement(component: Component, request: ServiceRequest) -> Judgement:
    document = getattr(component, "policy_document", None) or ""
    if not document.strip():
        return FREE
    whose = f"the policy of {component.id}"
    try:
        policy = Policy.parse(document, request.principal, is_gateway=getattr(component, "is_gateway", False))
    except ValueError as error:
        message = f"{whose} cannot be read: {error}"
        return Judgement((ENDPOINT_POLICY_UNDECIDABLE.unknown(component.id, ENTRY, message),))
    finding = policy.evaluate(request)
    asked = f"{request.service} requests{f' for {request.resources[0]}' if request.resources else ''}"
    place, fact = (component.id, finding.entry), finding.fact
    match finding.standing:
        case Standing.ALLOWED:
            return FREE
        case Standing.DENIED:
            note = ENDPOINT_POLICY_DENY.fail(*place, f"{whose} refuses all {asked}: {fact}")
        case Standing.RESTRICTED:
            message = f"{whose} allows some {asked}, for example {fact}; it may refuse others"
            note = ENDPOINT_POLICY_RESTRICTIVE.advice(*place, message)
        case Standing.UNDECIDED:
            note = ENDPOINT_POLICY_UNDECIDABLE.unknown(*place, f"{whose} may refuse {asked}: {fact}")
        case _:
            assert_never(finding.standing)
    return Judgement((note,))
