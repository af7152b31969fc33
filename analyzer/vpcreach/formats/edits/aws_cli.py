"""Edits as lines for the AWS CLI, to be run in their order; ids that AWS gives on the way are in shell variables."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
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
from vpcreach.formats.edits.steps import Step, function_settings, has_several_places, kebab, new_ids, widened_policy
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Place

Value = str | int | Sequence[str] | None


def render(told: Sequence[Step], network: Network) -> str:
    """One command a line, and a comment wherever the account or region is another one."""
    writer = _Writer(new_ids(told), network)
    is_told = has_several_places(told, network)
    lines: list[str] = []
    place: Place | None = None
    for step in told:
        if is_told and step.place != place:
            lines.append(f"# in account {step.place.account}, {step.place.region}")
        place = step.place
        lines += writer.commands(step)
    return "".join(f"{line}\n" for line in lines)


class _Writer:
    """Writes commands; `variables` holds the shell variable of every id that AWS has not given yet."""

    def __init__(self, new: Sequence[str], network: Network) -> None:
        self.variables = {new_id: re.sub(r"\W", "_", new_id).upper() for new_id in new}
        self.network = network

    def commands(self, step: Step) -> Iterator[str]:
        edit, at = step.first, step.place
        match edit:
            case SetRoute() | RemoveRoute():
                yield self._route(edit, at)
            case AssociateRouteTable():
                yield from self._association(edit, at)
            case AddRule() | RemoveRule():
                yield self._rule(edit, at)
            case AddEntry() | RemoveEntry():
                yield self._entry(edit, at)
            case AttachInternetGateway() | NewInternetGateway() | NewNatGateway():
                yield from self._gateway(edit, at)
            case NewEgressOnlyInternetGateway():
                query = "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId"
                operation, vpc = "create-egress-only-internet-gateway", ("vpc-id", edit.vpc_id)
                yield self._call(at, operation, vpc, variable=self.variables[edit.gateway_id], query=query)
            case NewGatewayEndpoint() | AddEndpointRoute() | NewInterfaceEndpoint() | AllowInEndpointPolicy():
                yield self._endpoint(edit, step)
            case SetFunctionSubnets() | EnableFunctionIpv6():
                yield from self._function(step)
            case _:
                yield from self._setting(edit, step)

    # Words

    def _call(
        self, at: Place, operation: str, *parameters: tuple[str, Value], variable: str = "", query: str = ""
    ) -> str:
        """`aws ec2 create-route --route-table-id …`; with `variable` its result is kept there."""
        service, _, name = operation.rpartition(" ")
        words = ["aws", service or "ec2", name]
        for key, value in parameters:
            words.append(f"--{key}")
            values = [] if value is None else [str(value)] if isinstance(value, str | int) else list(value)
            words += [self._quoted(each) for each in values]
        words += ["--region", at.region] if at.region else []
        if not variable:
            return " ".join(words)
        return f"{variable}=$({' '.join(words)} --query {shlex.quote(query)} --output text)"

    def _quoted(self, value: str) -> str:
        """A word of the shell; an id that is not given yet becomes its variable."""
        if any(value == f"${name}" or f"${name}" in value for name in self.variables.values()):
            return f'"{value}"'
        return shlex.quote(value)

    def _id(self, word: str) -> str:
        return f"${self.variables[word]}" if word in self.variables else word

    # Commands

    def _route(self, edit: SetRoute | RemoveRoute, at: Place) -> str:
        where = [("route-table-id", edit.route_table_id), (kebab(destination_key(edit.destination)), edit.destination)]
        if isinstance(edit, RemoveRoute):
            return self._call(at, "delete-route", *where)
        operation = "create-route" if edit.replaces is None else "replace-route"
        key = "vpc-endpoint-id" if edit.target.startswith("vpce-") else kebab(target_key(edit.target))
        return self._call(at, operation, *where, (key, self._id(edit.target)))

    def _association(self, edit: AssociateRouteTable, at: Place) -> Iterator[str]:
        if edit.replaces is None:
            ids = (("route-table-id", edit.route_table_id), ("subnet-id", edit.subnet_id))
            yield self._call(at, "associate-route-table", *ids)
            return
        variable = "ASSOCIATION_" + re.sub(r"\W", "_", edit.subnet_id).upper()
        self.variables[variable] = variable
        yield self._call(
            at,
            "describe-route-tables",
            ("filters", f"Name=association.subnet-id,Values={edit.subnet_id}"),
            variable=variable,
            query=f'RouteTables[].Associations[?SubnetId==`"{edit.subnet_id}"`][].RouteTableAssociationId',
        )
        ids = (("association-id", f"${variable}"), ("route-table-id", edit.route_table_id))
        yield self._call(at, "replace-route-table-association", *ids)

    def _rule(self, edit: AddRule | RemoveRule, at: Place) -> str:
        verb = "authorize" if isinstance(edit, AddRule) else "revoke"
        side = "ingress" if edit.rule.is_inbound else "egress"
        parameters = (("group-id", self._id(edit.rule.group_id)), ("ip-permissions", self._permission(edit.rule)))
        return self._call(at, f"{verb}-security-group-{side}", *parameters)

    def _permission(self, rule: Rule) -> str:
        """A rule in the CLI's shorthand: `IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]`."""
        told = dict(rule.permission)
        [peer] = told.pop(rule.peer_key)
        inner = ",".join(f"{key}={self._id(str(value))}" for key, value in peer.items())
        outer = "".join(f"{key}={value}," for key, value in told.items())
        return f"{outer}{rule.peer_key}=[{{{inner}}}]"

    def _entry(self, edit: AddEntry | RemoveEntry, at: Place) -> str:
        if isinstance(edit, RemoveEntry):
            acl_id, number, is_inbound = edit.acl_id, edit.number, edit.is_inbound
        else:
            acl_id, number, is_inbound = edit.entry.acl_id, edit.entry.number, edit.entry.is_inbound
        way: tuple[str, Value] = ("ingress" if is_inbound else "egress", None)
        named: list[tuple[str, Value]] = [("network-acl-id", acl_id), way, ("rule-number", number)]
        if isinstance(edit, RemoveEntry):
            return self._call(at, "delete-network-acl-entry", *named)
        told = edit.entry.record
        named += [("rule-action", told["RuleAction"]), ("protocol", told["Protocol"])]
        for key in ("PortRange", "IcmpTypeCode"):
            if key in told:
                named.append((kebab(key), ",".join(f"{name}={value}" for name, value in told[key].items())))
        block = "Ipv6CidrBlock" if "Ipv6CidrBlock" in told else "CidrBlock"
        return self._call(at, "create-network-acl-entry", *named, (kebab(block), told[block]))

    def _gateway(self, edit: AttachInternetGateway | NewInternetGateway | NewNatGateway, at: Place) -> Iterator[str]:
        if isinstance(edit, NewNatGateway):
            yield from self._nat_gateway(edit, at)
            return
        if isinstance(edit, NewInternetGateway):
            query, variable = "InternetGateway.InternetGatewayId", self.variables[edit.gateway_id]
            yield self._call(at, "create-internet-gateway", variable=variable, query=query)
        ids = (("internet-gateway-id", self._id(edit.gateway_id)), ("vpc-id", edit.vpc_id))
        yield self._call(at, "attach-internet-gateway", *ids)

    def _nat_gateway(self, edit: NewNatGateway, at: Place) -> Iterator[str]:
        variable, query = self.variables[edit.nat_gateway_id], "NatGateway.NatGatewayId"
        where: tuple[tuple[str, Value], ...] = (("availability-mode", "regional"), ("vpc-id", edit.vpc_id))
        if edit.subnet_id is not None:
            address = f"ADDRESS_OF_{variable}"
            self.variables[address] = address
            yield self._call(at, "allocate-address", ("domain", "vpc"), variable=address, query="AllocationId")
            where = (("subnet-id", edit.subnet_id), ("allocation-id", f"${address}"))
        yield self._call(at, "create-nat-gateway", *where, variable=variable, query=query)
        yield self._call(at, "ec2 wait nat-gateway-available", ("nat-gateway-ids", f"${variable}"))

    def _endpoint(
        self, edit: NewGatewayEndpoint | AddEndpointRoute | NewInterfaceEndpoint | AllowInEndpointPolicy, step: Step
    ) -> str:
        at, change = step.place, "modify-vpc-endpoint"
        if isinstance(edit, AddEndpointRoute):
            tables = ("add-route-table-ids", step.tables)
            return self._call(at, change, ("vpc-endpoint-id", edit.endpoint_id), tables)
        if isinstance(edit, AllowInEndpointPolicy):
            policy = json.dumps(widened_policy(step, self.network))
            return self._call(at, change, ("vpc-endpoint-id", edit.endpoint_id), ("policy-document", policy))
        common: list[tuple[str, Value]] = [
            ("vpc-endpoint-type", "Gateway" if isinstance(edit, NewGatewayEndpoint) else "Interface"),
            ("vpc-id", edit.vpc_id),
            ("service-name", f"com.amazonaws.{at.region}.{edit.service}"),
        ]
        if isinstance(edit, NewGatewayEndpoint):
            return self._call(at, "create-vpc-endpoint", *common, ("route-table-ids", step.tables))
        common += [("subnet-ids", edit.subnet_ids), ("security-group-ids", self._id(edit.group_id))]
        common.append(("private-dns-enabled", None))
        if edit.service == "s3":
            common.append(("dns-options", "PrivateDnsOnlyForInboundResolverEndpoint=false"))
        return self._call(at, "create-vpc-endpoint", *common)

    def _function(self, step: Step) -> Iterator[str]:
        settings = function_settings(step, self.network)
        told = [f"SubnetIds={','.join(settings.subnet_ids)}"]
        told += [f"SecurityGroupIds={','.join(settings.group_ids)}"] if settings.group_ids else []
        told += ["Ipv6AllowedForDualStack=true"] if settings.allows_ipv6 else []
        name = ("function-name", settings.name)
        yield self._call(step.place, "lambda update-function-configuration", name, ("vpc-config", ",".join(told)))
        yield self._call(step.place, "lambda wait function-updated-v2", name)

    def _setting(
        self,
        edit: NewSecurityGroup
        | EnableVpcDns
        | SetTransitGatewayRoute
        | ExcludeFromPublicAccessBlock
        | ExcludeFromEncryptionControl,
        step: Step,
    ) -> Iterator[str]:
        at = step.place
        match edit:
            case NewSecurityGroup():
                named = (("group-name", edit.name), ("description", edit.name), ("vpc-id", edit.vpc_id))
                variable = self.variables[edit.group_id]
                yield self._call(at, "create-security-group", *named, variable=variable, query="GroupId")
            case EnableVpcDns():
                for attribute in step.attributes:
                    value = (kebab(attribute), json.dumps({"Value": True}))
                    yield self._call(at, "modify-vpc-attribute", ("vpc-id", edit.vpc_id), value)
            case SetTransitGatewayRoute():
                verb = "create" if edit.replaces is None else "replace"
                yield self._call(
                    at,
                    f"{verb}-transit-gateway-route",
                    ("transit-gateway-route-table-id", edit.route_table_id),
                    ("destination-cidr-block", edit.destination),
                    ("transit-gateway-attachment-id", edit.attachment_id),
                )
            case ExcludeFromPublicAccessBlock():
                mode = ("internet-gateway-exclusion-mode", "allow-egress")
                yield self._call(at, "create-vpc-block-public-access-exclusion", ("vpc-id", edit.vpc_id), mode)
            case ExcludeFromEncryptionControl():
                kinds = [(f"{kebab(kind)}-exclusion", "enable") for kind in step.kinds]
                control = ("vpc-encryption-control-id", edit.control_id)
                yield self._call(at, "modify-vpc-encryption-control", control, *kinds)
            case _:
                assert_never(edit)
