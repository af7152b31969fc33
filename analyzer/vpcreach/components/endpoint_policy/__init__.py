"""Endpoint policies: which requests a VPC endpoint hands on to its AWS service.

Modelled: every element of a statement, * and ?, and the condition keys and policy variables that a function's request
is known to have, for a request that names a service and perhaps resources, but no action. Sure, impossible and
undecided statements stay apart.
Not modelled: keys of the request itself, organizations, tags, time; policies of buckets and tables (F13).
Source: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies" (semantics F12, F13).
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

from typing import Any, assert_never

from vpcreach.components.endpoint_policy.conditions import Facts
from vpcreach.components.endpoint_policy.document import depends_on_role, known_role
from vpcreach.components.endpoint_policy.evaluation import ENTRY, Standing, evaluate
from vpcreach.forwarding import FREE, Arrival, Component, Judgement, Leg, Reason, ServiceRequest, Surroundings
from vpcreach.snapshot.call import Call

__all__ = ["CALLS", "REASONS", "EndpointPolicy", "depends_on_role"]

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
        if component.kind != "vpc_endpoint" or arrival.leg is not Leg.OUT:
            return FREE
        is_gateway = getattr(component, "is_gateway", False)
        if is_gateway and not arrival.sender.is_function:
            return FREE  # nobody tells whether a gateway endpoint takes what a NAT gateway sends (F18)
        request = arrival.request or _of_any_kind(component)
        if request is None:
            return FREE
        document = getattr(component, "policy_document", None) or ""
        if not document.strip():
            return FREE
        facts = Facts(
            endpoint_id=component.id,
            vpc_id=getattr(component, "vpc_id", None),
            is_gateway=is_gateway,
            place=around.place_of(component.id),
            # Answers are shared among roles where no policy asks for them, so none may see the role unasked.
            role=known_role(request.principal) if depends_on_role(document) else None,
            source=arrival.packets.source,
            port=arrival.port,
        )
        key = ("endpoint policy", request.service, request.resources, facts)
        return around.remember(key, lambda: _judgement(document, request, facts))


def _of_any_kind(component: Component) -> ServiceRequest | None:
    """What packets ask of a gateway endpoint where the question is an address: anything of its service."""
    label = str(getattr(component, "service_name", "")).rpartition(".")[2]
    return ServiceRequest(label, (), None) if label and getattr(component, "is_gateway", False) else None


def _judgement(document: str, request: ServiceRequest, facts: Facts) -> Judgement:
    endpoint_id, whose = facts.endpoint_id, f"the policy of {facts.endpoint_id}"
    try:
        finding = evaluate(document, request, facts)
    except ValueError as error:
        message = f"{whose} cannot be read: {error}"
        return Judgement((ENDPOINT_POLICY_UNDECIDABLE.unknown(endpoint_id, ENTRY, message),))
    asked = f"{request.service} requests{f' for {request.resources[0]}' if request.resources else ''}"
    place, fact = (endpoint_id, finding.entry), finding.fact
    match finding.standing:
        case Standing.ALLOWED:
            return FREE
        case Standing.DENIED:
            note = ENDPOINT_POLICY_DENY.fail(*place, f"{whose} refuses all {asked}: {fact}")
        case Standing.RESTRICTED:
            message = f"{whose} allows some {asked}, for example {fact}; it may refuse others"
            note = ENDPOINT_POLICY_RESTRICTIVE.advice(*place, message)
        case Standing.UNDECIDED:
            resolve = f"find out {', '.join(finding.keys)}, or try the request" if finding.keys else None
            message = f"{whose} may refuse {asked}: {fact}"
            note = ENDPOINT_POLICY_UNDECIDABLE.unknown(*place, message, resolve=resolve)
        case _:
            assert_never(finding.standing)
    return Judgement((note,))
