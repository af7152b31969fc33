"""Edits as CloudFormation (YAML): resources for a template, and comments on what exists already.

Modelled: new resources refer to each other, existing ones are named by their ids. CloudFormation changes an existing
thing only in the template that made it: a comment says which property of which resource.
Not modelled: stacks; a template is for one account and region, so several make several documents.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, assert_never

import yaml

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
from vpcreach.formats.edits.steps import Step, function_settings, has_several_places, new_ids, widened_policy
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Place

Properties = dict[str, Any]
MANY = 100
# PyYAML puts quotes around whatever has a tag.
_QUOTED = re.compile(r"!(Ref|GetAtt) '([\w.]+)'")


class Reference(str):
    """Another resource of the template: `!Ref`, or with an attribute `!GetAtt`."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """YAML with CloudFormation's short forms of references, and lists below their keys as AWS's pages have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _reference(dumper: yaml.SafeDumper, reference: Reference) -> yaml.Node:
    return dumper.represent_scalar("!GetAtt" if "." in reference else "!Ref", str(reference))


_Dumper.add_representer(Reference, _reference)


def render(told: Sequence[Step], network: Network) -> str:
    """One YAML document for each account and region; comments come first, then what a template has to hold."""
    is_told = has_several_places(told, network)
    documents = []
    for place in dict.fromkeys(step.place for step in told):
        writer = _Writer(new_ids(told), network)
        for step in (step for step in told if step.place == place):
            writer.tell(step)
        documents.append(writer.document(place if is_told else None))
    return "---\n".join(documents)


class _Writer:
    """Gathers the resources and comments of one document."""

    def __init__(self, new: Sequence[str], network: Network) -> None:
        self.network = network
        self.references: dict[str, Reference] = {}
        for new_id in new:
            attribute = ".GroupId" if new_id.startswith("sg-") else ""
            self.references[new_id] = Reference(_logical(new_id) + attribute)
        self.resources: dict[str, Properties] = {}
        self.comments: list[str] = []

    def document(self, place: Place | None) -> str:
        lines = [f"in account {place.account}, {place.region}"] if place is not None else []
        text = "".join(f"# {line}\n" for comment in (*lines, *self.comments) for line in comment.split("\n"))
        if not self.resources:
            return text
        written = yaml.dump({"Resources": self.resources}, Dumper=_Dumper, sort_keys=False, width=MANY)
        return text + _QUOTED.sub(r"!\1 \2", written)

    def tell(self, step: Step) -> None:
        edit = step.first
        match edit:
            case SetRoute() | RemoveRoute() | AssociateRouteTable():
                self._routing(edit)
            case AddRule() | RemoveRule():
                self._rule(edit)
            case AddEntry() | RemoveEntry():
                self._entry(edit)
            case AttachInternetGateway() | NewInternetGateway() | NewNatGateway():
                self._gateway(edit)
            case NewEgressOnlyInternetGateway():
                self._add(_logical(edit.gateway_id), "EgressOnlyInternetGateway", {"VpcId": edit.vpc_id})
            case NewGatewayEndpoint() | AddEndpointRoute() | NewInterfaceEndpoint() | AllowInEndpointPolicy():
                self._endpoint(edit, step)
            case SetFunctionSubnets() | EnableFunctionIpv6():
                self._function(step)
            case _:
                self._setting(edit, step)

    def _add(self, name: str, kind: str, properties: Properties, after: str = "") -> None:
        chosen, number = name, 2
        while chosen in self.resources:
            chosen, number = f"{name}{number}", number + 1
        waits = {"DependsOn": after} if after else {}
        self.resources[chosen] = {"Type": f"AWS::EC2::{kind}", **waits, "Properties": properties}

    def _id(self, word: str) -> str:
        return self.references.get(word, word)

    # Resources, and what to change in those that exist

    def _routing(self, edit: SetRoute | RemoveRoute | AssociateRouteTable) -> None:
        match edit:
            case AssociateRouteTable():
                if edit.replaces is not None:
                    named = f"AWS::EC2::SubnetRouteTableAssociation of {edit.subnet_id}"
                    self.comments.append(f"Set RouteTableId of the {named} to {edit.route_table_id}.")
                    return
                properties: Properties = {"SubnetId": edit.subnet_id, "RouteTableId": edit.route_table_id}
                self._add(f"TableOf{_logical(edit.subnet_id)}", "SubnetRouteTableAssociation", properties)
            case RemoveRoute():
                named = f"AWS::EC2::Route of {edit.route_table_id} to {edit.destination}"
                self.comments.append(f"Remove the {named} from the template that made it.")
            case SetRoute():
                key = "VpcEndpointId" if edit.target.startswith("vpce-") else target_key(edit.target)
                if edit.replaces is not None:
                    self._pointed_elsewhere(edit, key)
                    return
                properties = {"RouteTableId": edit.route_table_id, destination_key(edit.destination): edit.destination}
                properties[key] = self._id(edit.target)
                self._add(f"RouteOf{_logical(edit.route_table_id)}", "Route", properties)
            case _:
                assert_never(edit)

    def _pointed_elsewhere(self, edit: SetRoute, key: str) -> None:
        reference = self.references.get(edit.target)
        target = f"!Ref {reference}" if reference else edit.target
        named = f"AWS::EC2::Route of {edit.route_table_id} to {edit.destination}"
        self.comments.append(f"In the {named}, put {key}: {target}\nin the place of {edit.replaces}.")

    def _rule(self, edit: AddRule | RemoveRule) -> None:
        rule = edit.rule
        kind = "SecurityGroupIngress" if rule.is_inbound else "SecurityGroupEgress"
        if isinstance(edit, RemoveRule):
            self.comments.append(
                f"Remove from {rule.group_id}: {rule}\n"
                f"(an AWS::EC2::{kind}, or an entry of {kind} in the AWS::EC2::SecurityGroup)."
            )
            return
        properties: Properties = {"GroupId": self._id(rule.group_id), "IpProtocol": rule.protocol}
        if rule.ports is not None:
            properties |= {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
        properties |= self._peer(rule)
        side = "Inbound" if rule.is_inbound else "Outbound"
        self._add(f"{side}Of{_logical(rule.group_id)}", kind, properties)

    def _peer(self, rule: Rule) -> Properties:
        side = "Source" if rule.is_inbound else "Destination"
        match rule.peer_key:
            case "UserIdGroupPairs":
                # An outbound rule needs no owner: EC2 knows the groups of peers by their ids.
                owner = {"SourceSecurityGroupOwnerId": rule.peer_account}
                told = {f"{side}SecurityGroupId": self._id(rule.peer)}
                return told | (owner if rule.peer_account and rule.is_inbound else {})
            case "PrefixListIds":
                return {f"{side}PrefixListId": rule.peer}
            case "Ipv6Ranges":
                return {"CidrIpv6": rule.peer}
            case _:
                return {"CidrIp": rule.peer}

    def _entry(self, edit: AddEntry | RemoveEntry) -> None:
        if isinstance(edit, RemoveEntry):
            named = f"AWS::EC2::NetworkAclEntry {edit.number} ({'in' if edit.is_inbound else 'out'}bound)"
            self.comments.append(f"Remove the {named} of {edit.acl_id} from the template that made it.")
            return
        entry, told = edit.entry, edit.entry.record
        properties: Properties = {
            "NetworkAclId": entry.acl_id,
            "Egress": not entry.is_inbound,
            "RuleNumber": entry.number,
            "RuleAction": entry.action,
            "Protocol": int(told["Protocol"]),
        }
        block = "Ipv6CidrBlock" if "Ipv6CidrBlock" in told else "CidrBlock"
        properties[block] = told[block]
        if "PortRange" in told:
            properties["PortRange"] = told["PortRange"]
        if entry.is_icmp:
            properties["Icmp"] = told["IcmpTypeCode"]
        way = "Inbound" if entry.is_inbound else "Outbound"
        self._add(f"{way}{entry.number}Of{_logical(entry.acl_id)}", "NetworkAclEntry", properties)

    def _gateway(self, edit: AttachInternetGateway | NewInternetGateway | NewNatGateway) -> None:
        match edit:
            case NewNatGateway():
                self._nat_gateway(edit)
            case NewInternetGateway() | AttachInternetGateway():
                name = _logical(edit.gateway_id)
                if isinstance(edit, NewInternetGateway):
                    self._add(name, "InternetGateway", {})
                    del self.resources[name]["Properties"]
                properties = {"VpcId": edit.vpc_id, "InternetGatewayId": self._id(edit.gateway_id)}
                self._add(f"{name}Attachment", "VPCGatewayAttachment", properties)
            case _:
                assert_never(edit)

    def _nat_gateway(self, edit: NewNatGateway) -> None:
        name = _logical(edit.nat_gateway_id)
        after = next((each for each, made in self.resources.items() if made["Type"].endswith("Attachment")), "")
        if edit.subnet_id is None:
            properties: Properties = {"VpcId": edit.vpc_id, "AvailabilityMode": "regional"}
        else:
            self._add(f"{name}Address", "EIP", {"Domain": "vpc"})
            properties = {"SubnetId": edit.subnet_id, "AllocationId": Reference(f"{name}Address.AllocationId")}
        self._add(name, "NatGateway", properties, after)

    def _endpoint(
        self, edit: NewGatewayEndpoint | AddEndpointRoute | NewInterfaceEndpoint | AllowInEndpointPolicy, step: Step
    ) -> None:
        match edit:
            case AddEndpointRoute():
                tables, named = ", ".join(step.tables), f"AWS::EC2::VPCEndpoint {edit.endpoint_id}"
                self.comments.append(f"Add {tables} to RouteTableIds of the {named}.")
            case AllowInEndpointPolicy():
                self.comments.append(_policy(edit.endpoint_id, step, self.network))
            case NewGatewayEndpoint() | NewInterfaceEndpoint():
                properties: Properties = {
                    "VpcId": edit.vpc_id,
                    "ServiceName": f"com.amazonaws.{step.place.region}.{edit.service}",
                    "VpcEndpointType": "Gateway" if isinstance(edit, NewGatewayEndpoint) else "Interface",
                }
                if isinstance(edit, NewGatewayEndpoint):
                    properties["RouteTableIds"] = list(step.tables)
                else:
                    properties["SubnetIds"] = list(edit.subnet_ids)
                    properties["SecurityGroupIds"] = [self._id(edit.group_id)]
                    properties["PrivateDnsEnabled"] = True
                    if edit.service == "s3":
                        properties["DnsOptions"] = {"PrivateDnsOnlyForInboundResolverEndpoint": "AllResolvers"}
                self._add(_logical(edit.endpoint_id), "VPCEndpoint", properties)
            case _:
                assert_never(edit)

    def _function(self, step: Step) -> None:
        settings = function_settings(step, self.network)
        config: Properties = {"SubnetIds": list(settings.subnet_ids), "SecurityGroupIds": list(settings.group_ids)}
        if settings.allows_ipv6:
            config["Ipv6AllowedForDualStack"] = True
        told = yaml.dump({"VpcConfig": config}, Dumper=_Dumper, sort_keys=False).strip().replace("\n", "\n  ")
        self.comments.append(f"In the AWS::Lambda::Function {settings.name}, set:\n  {told}")

    def _setting(
        self,
        edit: NewSecurityGroup
        | EnableVpcDns
        | SetTransitGatewayRoute
        | ExcludeFromPublicAccessBlock
        | ExcludeFromEncryptionControl,
        step: Step,
    ) -> None:
        match edit:
            case NewSecurityGroup():
                properties: Properties = {"GroupDescription": edit.name, "GroupName": edit.name, "VpcId": edit.vpc_id}
                self._add(_logical(edit.group_id), "SecurityGroup", properties)
            case EnableVpcDns():
                lines = "".join(f"\n  {each[:1].upper()}{each[1:]}: true" for each in step.attributes)
                self.comments.append(f"In the AWS::EC2::VPC {edit.vpc_id}, set:{lines}")
            case SetTransitGatewayRoute():
                self._transit_route(edit)
            case ExcludeFromPublicAccessBlock():
                properties = {"VpcId": edit.vpc_id, "InternetGatewayExclusionMode": "allow-egress"}
                self._add(f"ExclusionOf{_logical(edit.vpc_id)}", "VPCBlockPublicAccessExclusion", properties)
            case ExcludeFromEncryptionControl():
                lines = "".join(f"\n  {kind}ExclusionInput: enable" for kind in step.kinds)
                self.comments.append(f"In the AWS::EC2::VPCEncryptionControl {edit.control_id}, set:{lines}")
            case _:
                assert_never(edit)

    def _transit_route(self, edit: SetTransitGatewayRoute) -> None:
        if edit.replaces is not None:
            named = f"AWS::EC2::TransitGatewayRoute of {edit.route_table_id} to {edit.destination}"
            words = f"put TransitGatewayAttachmentId: {edit.attachment_id}\nin the place of {edit.replaces}."
            self.comments.append(f"In the {named}, {words}")
            return
        properties = {
            "TransitGatewayRouteTableId": edit.route_table_id,
            "DestinationCidrBlock": edit.destination,
            "TransitGatewayAttachmentId": edit.attachment_id,
        }
        self._add(f"RouteOf{_logical(edit.route_table_id)}", "TransitGatewayRoute", properties)


def _policy(endpoint_id: str, step: Step, network: Network) -> str:
    """What to add to an endpoint's policy; the whole of it where a statement has to go."""
    named = f"PolicyDocument of the AWS::EC2::VPCEndpoint {endpoint_id}"
    edits = [edit for edit in step.edits if isinstance(edit, AllowInEndpointPolicy)]
    if any(edit.without for edit in edits):
        return f"Set {named} to:\n  {json.dumps(widened_policy(step, network))}"
    added = "".join(f"\n  {json.dumps(edit.statement)}" for edit in edits)
    return f"Add a statement to {named}:{added}"


def _logical(text: str) -> str:
    """A name that CloudFormation takes, made of an id: `nat-new` is NatNew."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text)) or "Resource"
