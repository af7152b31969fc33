"""Load balancers with their nodes' interfaces and listeners, and the target groups behind them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import DRAWN_AT, associate_public_ip, group_ids, interface
from tests.estates.replies import Json
from tests.estates.rules import EstateError

if TYPE_CHECKING:
    from tests.estates.builder import Estate

BALANCERS = "elbv2/describe-load-balancers"
CLASSICS = "elb/describe-load-balancers"
GROUPS = "elbv2/describe-target-groups"
_WORDS = {"application": "app", "network": "net", "gateway": "gwy"}
# A listener is drawn as (protocol, port), or with the target group that it forwards to.
ListenerWords = tuple[str, int] | tuple[str, int, str]


def load_balancer(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    type: str = "application",
    groups: Iterable[str] = (),
    scheme: str = "internal",
    listeners: Sequence[ListenerWords] = (("HTTPS", 443),),
    state: str = "active",
    interfaces: bool = True,
    public_ips: Sequence[str] = (),
    cross_zone: bool | None = None,
) -> str:
    """An ALB, NLB (`type="network"`) or Gateway Load Balancer with a node in each of `subnets`: `estate["lb:NAME"]`.

    Its interfaces `eni-lb-NAME-SUBNET` are drawn unless `interfaces` is false; `public_ips` are theirs, in order. A
    listener without a target group forwards to `web`, drawn or not.
    """
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[subnet_ids[0]]["VpcId"]
    chosen = group_ids(estate, vpc_id, groups)
    path = f"{_WORDS[type]}/{name}/0123456789abcdef"
    record: Json = {
        "LoadBalancerArn": _arn(estate, f"loadbalancer/{path}"),
        "CanonicalHostedZoneId": "Z32O12XQLNTSW2",
        "CreatedTime": DRAWN_AT,
        "LoadBalancerName": name,
        "Scheme": scheme,
        "VpcId": vpc_id,
        "State": {"Code": state},
        "Type": type,
        "AvailabilityZones": [_zone(estate, subnet_id) for subnet_id in subnet_ids],
        "IpAddressType": "ipv4",
    }
    if chosen:
        record["SecurityGroups"] = chosen
    if type != "gateway":
        record["DNSName"] = _host_name(estate, name, type, scheme)
    estate.add(BALANCERS, f"lb:{name}", record)
    arn = record["LoadBalancerArn"]
    drawn = [_listener(estate, arn, *words) for words in listeners]
    estate.put("elbv2/describe-listeners", {"Listeners": drawn}, arn)
    is_crossed = type == "application" if cross_zone is None else cross_zone
    attributes = {"load_balancing.cross_zone.enabled": is_crossed}
    estate.put("elbv2/describe-load-balancer-attributes", _attributes(attributes), arn)
    if interfaces:
        kind = "network_load_balancer" if type == "network" else "interface"
        _draw_nodes(estate, name, f"ELB {path}", kind, subnet_ids, chosen, public_ips)
    return f"lb:{name}"


def target_group(
    estate: "Estate",
    name: str,
    *,
    vpc: str = "main",
    type: str = "ip",
    protocol: str = "TCP",
    port: int = 443,
    targets: Mapping[str, str] | None = None,
    cross_zone: bool | None = None,
    preserves: bool | None = None,
) -> str:
    """A target group with its targets (instance ids or addresses) and their health; returns its ARN."""
    arn = _group_arn(estate, name)
    record: Json = {
        "TargetGroupArn": arn,
        "TargetGroupName": name,
        "Protocol": protocol,
        "Port": port,
        "VpcId": estate.named("vpc-", vpc),
        "TargetType": type,
    }
    estate.add(GROUPS, f"tg:{name}", record)
    described = [
        {"Target": {"Id": target, "Port": port}, "HealthCheckPort": str(port), "TargetHealth": {"State": state}}
        for target, state in (targets or {}).items()
    ]
    estate.put("elbv2/describe-target-health", {"TargetHealthDescriptions": described}, arn)
    told = {"load_balancing.cross_zone.enabled": cross_zone, "preserve_client_ip.enabled": preserves}
    estate.put("elbv2/describe-target-group-attributes", _attributes(told), arn)
    return arn


def classic_load_balancer(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    scheme: str = "internal",
    listeners: Sequence[tuple[str, int]] = (("HTTPS", 443),),
    instances: Sequence[str] = (),
    interfaces: bool = True,
    public_ips: Sequence[str] = (),
) -> str:
    """A Classic Load Balancer, reached as `estate["elb:NAME"]`, with interfaces `eni-lb-NAME-SUBNET`."""
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[subnet_ids[0]]["VpcId"]
    chosen = group_ids(estate, vpc_id, groups)
    record: Json = {
        "LoadBalancerName": name,
        "DNSName": _host_name(estate, name, "classic", scheme),
        "ListenerDescriptions": [
            {"Listener": _classic_listener(protocol, port), "PolicyNames": []} for protocol, port in listeners
        ],
        "AvailabilityZones": [estate[subnet_id]["AvailabilityZone"] for subnet_id in subnet_ids],
        "Subnets": subnet_ids,
        "VPCId": vpc_id,
        "Instances": [{"InstanceId": estate.named("i-", instance)} for instance in instances],
        "SecurityGroups": chosen,
        "CreatedTime": DRAWN_AT,
        "Scheme": scheme,
    }
    estate.add(CLASSICS, f"elb:{name}", record)
    if interfaces:
        _draw_nodes(estate, name, f"ELB {name}", "interface", subnet_ids, chosen, public_ips)
    return f"elb:{name}"


def _draw_nodes(
    estate: "Estate",
    name: str,
    description: str,
    kind: str,
    subnet_ids: Sequence[str],
    groups: Sequence[str],
    public_ips: Sequence[str],
) -> None:
    if public_ips and len(public_ips) != len(subnet_ids):
        raise EstateError(f"{name} needs a public address for each of its subnets")
    for place, subnet_id in enumerate(subnet_ids):
        interface_id = f"eni-lb-{name}-{subnet_id.removeprefix('subnet-')}"
        interface(estate, interface_id, subnet_id, groups, kind=kind, description=description, requester="amazon-elb")
        if public_ips:
            associate_public_ip(estate, interface_id, public_ips[place])


def _listener(estate: "Estate", balancer_arn: str, protocol: str, port: int, group: str = "web") -> Json:
    arn = _group_arn(estate, group)
    forward = {"TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}]}
    return {
        "ListenerArn": f"{balancer_arn.replace(':loadbalancer/', ':listener/')}/{port:016x}",
        "LoadBalancerArn": balancer_arn,
        "Port": port,
        "Protocol": protocol,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": arn, "ForwardConfig": forward}],
    }


def _classic_listener(protocol: str, port: int) -> Json:
    return {"Protocol": protocol, "LoadBalancerPort": port, "InstanceProtocol": protocol, "InstancePort": port}


def _zone(estate: "Estate", subnet_id: str) -> Json:
    subnet = estate[subnet_id]
    return {"ZoneName": subnet["AvailabilityZone"], "SubnetId": subnet_id, "LoadBalancerAddresses": []}


def _host_name(estate: "Estate", name: str, type: str, scheme: str) -> str:
    front = f"internal-{name}" if scheme == "internal" and type != "network" else name
    if type == "network":
        return f"{front}-0123456789abcdef.elb.{estate.region}.amazonaws.com"
    return f"{front}-1234567890.{estate.region}.elb.amazonaws.com"


def _group_arn(estate: "Estate", name: str) -> str:
    return _arn(estate, f"targetgroup/{name}/fedcba9876543210")


def _arn(estate: "Estate", resource: str) -> str:
    return f"arn:aws:elasticloadbalancing:{estate.region}:{estate.account}:{resource}"


def _attributes(told: Mapping[str, bool | None]) -> Json:
    words = {True: "true", False: "false"}
    return {"Attributes": [{"Key": key, "Value": words[on]} for key, on in told.items() if on is not None]}
