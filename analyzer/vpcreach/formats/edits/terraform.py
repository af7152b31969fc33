"""Edits as Terraform (HCL): resources of the AWS provider, and fragments of those that exist already.

Modelled: resources as version 6 of the AWS provider has them; new ones refer to each other, existing ones are named by
their ids. What Terraform can change only in a resource that exists is a fragment with a comment that says so.
Not modelled: providers; a comment says which account and region a resource is of, where there are several.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from vpcreach.explain.edits import (
    AddEndpointRoute,
    AddEntry,
    AddRule,
    AllowInEndpointPolicy,
    AssociateRouteTable,
    AttachInternetGateway,
    EnableFunctionIpv6,
    EnableVpcDns,
    Entry,
    ExcludeFromEncryptionControl,
    ExcludeFromPublicAccessBlock,
    NewEgressOnlyInternetGateway,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewInternetGateway,
    NewNatGateway,
    NewSecurityGroup,
    RemoveEntry,
    RemoveRoute,
    RemoveRule,
    Rule,
    SetFunctionSubnets,
    SetRoute,
    SetTransitGatewayRoute,
)
from vpcreach.explain.edits.routes import destination_key, target_key
from vpcreach.formats.edits.hcl import Block, Expression, Value, block, identifier
from vpcreach.formats.edits.steps import (
    Step,
    function_settings,
    has_several_places,
    new_ids,
    snake,
    widened_policy,
)
from vpcreach.network.network import Network

# What makes a thing, by how its id begins.
_KINDS = {
    "nat-": "aws_nat_gateway",
    "igw-": "aws_internet_gateway",
    "eigw-": "aws_egress_only_internet_gateway",
    "sg-": "aws_security_group",
    "vpce-": "aws_vpc_endpoint",
}
# Arguments of aws_route that are called otherwise than in EC2.
_RENAMED = {
    "egress_only_internet_gateway_id": "egress_only_gateway_id",
}
INLINE = (
    "# Where a route table, security group or network ACL has its entries inline, change them there: Terraform undoes\n"
    "# what stands beside them as resources of their own."
)
_INLINED = (SetRoute, RemoveRoute, AddRule, RemoveRule, AddEntry, RemoveEntry)


def render(told: Sequence[Step], network: Network) -> str:
    """Blocks and comments, an empty line between them."""
    writer = _Writer(new_ids(told), network)
    parts = [INLINE] if any(isinstance(step.first, _INLINED) for step in told) else []
    is_told = has_several_places(told, network)
    place = None
    for step in told:
        if is_told and step.place != place:
            parts.append(f"# in account {step.place.account}, {step.place.region}")
        place = step.place
        parts += writer.parts(step)
    return "\n\n".join(parts) + "\n" if parts else ""


class _Writer:
    """Writes blocks; `references` holds the expression of every id that AWS has not given yet."""

    def __init__(self, new: Sequence[str], network: Network) -> None:
        self.references: dict[str, Expression] = {}
        self.network = network
        self._names: set[tuple[str, str]] = set()
        for new_id in new:
            kind = _KINDS[f"{new_id.partition('-')[0]}-"]
            self.references[new_id] = Expression(f"{kind}.{identifier(new_id)}.id")

    def parts(self, step: Step) -> Iterator[str]:
        edit = step.first
        match edit:
            case SetRoute() | RemoveRoute() | AssociateRouteTable():
                yield self._routing(edit)
            case AddRule() | RemoveRule():
                yield self._rule(edit)
            case AddEntry() | RemoveEntry():
                yield self._entry(edit)
            case AttachInternetGateway() | NewInternetGateway() | NewEgressOnlyInternetGateway() | NewNatGateway():
                yield from self._gateway(edit)
            case NewGatewayEndpoint() | AddEndpointRoute() | NewInterfaceEndpoint() | AllowInEndpointPolicy():
                yield from self._endpoint(edit, step)
            case SetFunctionSubnets() | EnableFunctionIpv6():
                yield self._function(step)
            case _:
                yield self._setting(edit, step)

    def _resource(self, kind: str, name: str, values: Mapping[str, Value | Block]) -> str:
        name = identifier(name)
        number = 2
        chosen = name
        while (kind, chosen) in self._names:
            chosen, number = f"{name}_{number}", number + 1
        self._names.add((kind, chosen))
        return block("resource", (kind, chosen), values)

    def _id(self, word: str) -> Value:
        return self.references.get(word, word)

    # Resources

    def _routing(self, edit: SetRoute | RemoveRoute | AssociateRouteTable) -> str:
        match edit:
            case AssociateRouteTable():
                values: dict[str, Value] = {"subnet_id": edit.subnet_id, "route_table_id": edit.route_table_id}
                made = self._resource("aws_route_table_association", edit.subnet_id, values)
                if edit.replaces is None:
                    return made
                return f"# Change the association of {edit.subnet_id} that exists (with {edit.replaces}):\n{made}"
            case RemoveRoute():
                return (
                    f"# Remove the aws_route to {edit.destination} of {edit.route_table_id}; "
                    "where Terraform does not manage it, use the AWS CLI."
                )
            case SetRoute():
                key = "vpc_endpoint_id" if edit.target.startswith("vpce-") else snake(target_key(edit.target))
                values = {
                    "route_table_id": edit.route_table_id,
                    snake(destination_key(edit.destination)): edit.destination,
                    _RENAMED.get(key, key): self._id(edit.target),
                }
                made = self._resource("aws_route", edit.route_table_id, values)
                if edit.replaces is None:
                    return made
                return (
                    f"# Change the aws_route that exists (to {edit.replaces}); import it as\n"
                    f"# {edit.route_table_id}_{edit.destination} where Terraform does not manage it yet.\n{made}"
                )
            case _:
                assert_never(edit)

    def _rule(self, edit: AddRule | RemoveRule) -> str:
        rule = edit.rule
        kind = f"aws_vpc_security_group_{'ingress' if rule.is_inbound else 'egress'}_rule"
        if isinstance(edit, RemoveRule):
            return (
                f"# Remove the {kind} of {rule.group_id} for {rule};\n"
                "# where Terraform does not manage it, use the AWS CLI."
            )
        values: dict[str, Value] = {"security_group_id": self._id(rule.group_id), "ip_protocol": rule.protocol}
        if rule.ports is not None:
            values |= {"from_port": rule.ports[0], "to_port": rule.ports[1]}
        key, peer = self._peer(rule)
        return self._resource(kind, rule.group_id, values | {key: peer})

    def _peer(self, rule: Rule) -> tuple[str, Value]:
        match rule.peer_key:
            case "UserIdGroupPairs":
                foreign = f"{rule.peer_account}/{rule.peer}"
                return "referenced_security_group_id", foreign if rule.peer_account else self._id(rule.peer)
            case "PrefixListIds":
                return "prefix_list_id", rule.peer
            case "Ipv6Ranges":
                return "cidr_ipv6", rule.peer
            case _:
                return "cidr_ipv4", rule.peer

    def _entry(self, edit: AddEntry | RemoveEntry) -> str:
        if isinstance(edit, RemoveEntry):
            way = "ingress" if edit.is_inbound else "egress"
            return (
                f"# Remove the aws_network_acl_rule {edit.number} ({way}) of {edit.acl_id}; "
                "where Terraform does not manage it, use the AWS CLI."
            )
        return self._resource("aws_network_acl_rule", edit.entry.acl_id, _entry_values(edit.entry))

    def _gateway(
        self, edit: AttachInternetGateway | NewInternetGateway | NewEgressOnlyInternetGateway | NewNatGateway
    ) -> Iterator[str]:
        match edit:
            case AttachInternetGateway():
                values: dict[str, Value] = {"internet_gateway_id": edit.gateway_id, "vpc_id": edit.vpc_id}
                yield self._resource("aws_internet_gateway_attachment", edit.gateway_id, values)
            case NewInternetGateway():
                yield self._resource("aws_internet_gateway", edit.gateway_id, {"vpc_id": edit.vpc_id})
            case NewEgressOnlyInternetGateway():
                yield self._resource("aws_egress_only_internet_gateway", edit.gateway_id, {"vpc_id": edit.vpc_id})
            case NewNatGateway():
                yield from self._nat_gateway(edit)
            case _:
                assert_never(edit)

    def _nat_gateway(self, edit: NewNatGateway) -> Iterator[str]:
        name = edit.nat_gateway_id
        values: dict[str, Value] = {"vpc_id": edit.vpc_id, "availability_mode": "regional"}
        if edit.subnet_id is not None:
            yield self._resource("aws_eip", name, {"domain": "vpc"})
            address = Expression(f"aws_eip.{identifier(name)}.allocation_id")
            values = {"subnet_id": edit.subnet_id, "allocation_id": address}
        gateways = [str(ref).removesuffix(".id") for ref in self.references.values() if "aws_internet_gateway." in ref]
        if gateways:
            values["depends_on"] = [Expression(gateway) for gateway in gateways]
        yield self._resource("aws_nat_gateway", name, values)

    def _endpoint(
        self, edit: NewGatewayEndpoint | AddEndpointRoute | NewInterfaceEndpoint | AllowInEndpointPolicy, step: Step
    ) -> Iterator[str]:
        values: dict[str, Value | Block]
        match edit:
            case AddEndpointRoute():
                for table_id in step.tables:
                    values = {"vpc_endpoint_id": edit.endpoint_id, "route_table_id": table_id}
                    yield self._resource("aws_vpc_endpoint_route_table_association", table_id, values)
            case AllowInEndpointPolicy():
                policy = Expression(f"jsonencode({_escaped(json.dumps(widened_policy(step, self.network), indent=2))})")
                values = {"vpc_endpoint_id": edit.endpoint_id, "policy": policy}
                words = f"# The policy of {edit.endpoint_id} as it stands, with what is allowed besides:\n"
                yield words + self._resource("aws_vpc_endpoint_policy", edit.endpoint_id, values)
            case NewGatewayEndpoint() | NewInterfaceEndpoint():
                values = {
                    "vpc_id": edit.vpc_id,
                    "service_name": f"com.amazonaws.{step.place.region}.{edit.service}",
                    "vpc_endpoint_type": "Gateway" if isinstance(edit, NewGatewayEndpoint) else "Interface",
                }
                if isinstance(edit, NewGatewayEndpoint):
                    values["route_table_ids"] = list(step.tables)
                else:
                    values["subnet_ids"] = list(edit.subnet_ids)
                    values["security_group_ids"] = [self._id(edit.group_id)]
                    values["private_dns_enabled"] = True
                    if edit.service == "s3":
                        values["dns_options"] = Block({"private_dns_only_for_inbound_resolver_endpoint": False})
                yield self._resource("aws_vpc_endpoint", edit.endpoint_id, values)
            case _:
                assert_never(edit)

    def _function(self, step: Step) -> str:
        settings = function_settings(step, self.network)
        values: dict[str, Value] = {
            "subnet_ids": list(settings.subnet_ids),
            "security_group_ids": list(settings.group_ids),
        }
        if settings.allows_ipv6:
            values["ipv6_allowed_for_dual_stack"] = True
        fragment = self._resource("aws_lambda_function", settings.name, {"vpc_config": Block(values)})
        return f"# Change vpc_config of the aws_lambda_function {settings.name} that exists:\n{fragment}"

    def _setting(
        self,
        edit: NewSecurityGroup
        | EnableVpcDns
        | SetTransitGatewayRoute
        | ExcludeFromPublicAccessBlock
        | ExcludeFromEncryptionControl,
        step: Step,
    ) -> str:
        match edit:
            case NewSecurityGroup():
                values: dict[str, Value] = {"name": edit.name, "description": edit.name, "vpc_id": edit.vpc_id}
                return self._resource("aws_security_group", edit.group_id, values)
            case EnableVpcDns():
                switches: dict[str, Value] = {snake(attribute): True for attribute in step.attributes}
                fragment = self._resource("aws_vpc", edit.vpc_id, switches)
                return f"# Change the aws_vpc {edit.vpc_id} that exists:\n{fragment}"
            case SetTransitGatewayRoute():
                values = {
                    "transit_gateway_route_table_id": edit.route_table_id,
                    "destination_cidr_block": edit.destination,
                    "transit_gateway_attachment_id": edit.attachment_id,
                }
                made = self._resource("aws_ec2_transit_gateway_route", edit.route_table_id, values)
                if edit.replaces is None:
                    return made
                words = f"# Change the aws_ec2_transit_gateway_route that exists (to {edit.replaces}):"
                return f"{words}\n{made}"
            case ExcludeFromPublicAccessBlock():
                values = {"vpc_id": edit.vpc_id, "internet_gateway_exclusion_mode": "allow-egress"}
                return self._resource("aws_vpc_block_public_access_exclusion", edit.vpc_id, values)
            case ExcludeFromEncryptionControl():
                values = {f"{snake(kind)}_exclusion": "enable" for kind in step.kinds}
                fragment = self._resource("aws_vpc_encryption_control", edit.control_id, values)
                return f"# Change the aws_vpc_encryption_control {edit.control_id} that exists:\n{fragment}"
            case _:
                assert_never(edit)


def _entry_values(entry: Entry) -> dict[str, Value]:
    told = entry.record
    values: dict[str, Value] = {
        "network_acl_id": entry.acl_id,
        "rule_number": entry.number,
        "egress": not entry.is_inbound,
        "protocol": told["Protocol"],
        "rule_action": entry.action,
        "ipv6_cidr_block" if "Ipv6CidrBlock" in told else "cidr_block": entry.cidr,
    }
    if entry.ports is not None:
        values |= {"from_port": entry.ports[0], "to_port": entry.ports[1]}
    if entry.is_icmp:
        values |= {"icmp_type": -1, "icmp_code": -1}
    return values


def _escaped(text: str) -> str:
    """Text in which Terraform finds nothing to fill in: policies have `${…}` of their own."""
    return text.replace("${", "$${").replace("%{", "%%{")
