"""What answers for names in a VPC: private zones and their records, resolver rules, DNS firewalls, profiles."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.replies import Json, path_of

if TYPE_CHECKING:
    from tests.estates.builder import Estate

ZONES = "route53/list-hosted-zones-by-vpc"
RECORDS = "route53/list-resource-record-sets"
RULES = "route53resolver/list-resolver-rules"
RULE_ASSOCIATIONS = "route53resolver/list-resolver-rule-associations"
FIREWALLS = "route53resolver/list-firewall-rule-group-associations"
FIREWALL_RULES = "route53resolver/list-firewall-rules"
FIREWALL_DOMAINS = "route53resolver/list-firewall-domains"
PROFILES = "route53profiles/list-profile-associations"
PROFILE_RESOURCES = "route53profiles/list-profile-resource-associations"

Told = str | Sequence[str] | Json


def private_zone(
    estate: "Estate",
    domain: str,
    records: Mapping[str, Told] | None = None,
    *,
    vpcs: Iterable[str] = ("main",),
    service: str | None = None,
) -> str:
    """A private zone `Z-DOMAIN` with records, asked by `vpcs`; without `records` no file tells them.

    `{"db": "10.0.2.9", "www CNAME": "db.corp.example", "*": ["10.0.2.9", "10.0.3.9"], "": alias_to("vpce-…")}`: names
    are relative to the zone, `A` unless the type stands behind them. `service` is the AWS service that owns the zone.
    """
    zone_id = f"Z-{domain}"
    owner = {"OwningService": service} if service else {"OwningAccount": estate.account}
    for vpc in vpcs:
        listed = estate.reply(path_of(ZONES, estate.named("vpc-", vpc), estate.region))["HostedZoneSummaries"]
        listed.append({"HostedZoneId": zone_id, "Name": f"{domain}.", "Owner": owner})
    if records is not None:
        top = [_record_set(f"{domain}.", "SOA", "ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1 86400")]
        sets = [record_set(f"{name}.{domain}" if name else domain, told) for name, told in _named(records)]
        estate.put(RECORDS, {"ResourceRecordSets": top + sets, "IsTruncated": False, "MaxItems": "300"}, zone_id)
    return zone_id


def _named(records: Mapping[str, Told]) -> list[tuple[str, Json]]:
    """Names and what they tell, the type that stands behind a name put into the record."""
    found: list[tuple[str, Json]] = []
    for text, told in records.items():
        name, _, record_type = text.partition(" ")
        if isinstance(told, dict):
            found.append((name, {"Type": record_type or "A"} | told))
        else:
            values = [told] if isinstance(told, str) else list(told)
            values_as_told = [{"Value": value} for value in values]
            found.append((name, {"Type": record_type or "A", "TTL": 300, "ResourceRecords": values_as_told}))
    return found


def record_set(name: str, told: Json) -> Json:
    """A record set as Route 53 prints it: a final dot, asterisks in octal."""
    return {"Name": f"{name}.".replace("*", "\\052"), **told}


def _record_set(name: str, record_type: str, value: str) -> Json:
    return {"Name": name, "Type": record_type, "TTL": 900, "ResourceRecords": [{"Value": value}]}


def alias_to(name: str, zone_id: str = "Z0ALIAS0OF0AWS") -> Json:
    """An alias to a name of AWS, or with `zone_id` to another record of that zone."""
    return {"AliasTarget": {"HostedZoneId": zone_id, "DNSName": f"{name}.", "EvaluateTargetHealth": False}}


def add_record(estate: "Estate", zone_id: str, name: str, address: str, **policy: object) -> None:
    """One more record set of a zone, with the keys of a routing policy (`SetIdentifier`, `Weight` …)."""
    record = {"Name": f"{name}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}], **policy}
    estate.reply(path_of(RECORDS, zone_id))["ResourceRecordSets"].append(record)


def resolver_rule(
    estate: "Estate",
    name: str,
    domain: str,
    *,
    kind: str = "FORWARD",
    vpcs: Iterable[str] = ("main",),
    servers: Iterable[str] = ("192.168.0.53",),
    status: str = "COMPLETE",
    listed: bool = True,
) -> str:
    """A resolver rule `rslvr-rr-NAME` for a domain, associated with `vpcs`; unless `listed`, no file tells it."""
    rule_id = name if name.startswith("rslvr-") else f"rslvr-rr-{name}"
    record: Json = {"Id": rule_id, "DomainName": f"{domain}.".replace("..", "."), "RuleType": kind, "Name": name}
    record |= {"TargetIps": [{"Ip": server, "Port": 53} for server in servers]} if kind == "FORWARD" else {}
    if listed:
        estate.add(RULES, rule_id, record | {"Status": "COMPLETE", "OwnerId": estate.account})
    for vpc in vpcs:
        association = {"VPCId": estate.named("vpc-", vpc), "ResolverRuleId": rule_id, "Status": status}
        estate.reply(RULE_ASSOCIATIONS)["ResolverRuleAssociations"].append(association)
    return rule_id


def dns_firewall(
    estate: "Estate",
    name: str,
    *rules: Json,
    vpcs: Iterable[str] = ("main",),
    priority: int = 101,
    status: str = "COMPLETE",
) -> str:
    """A firewall group `rslvr-frg-NAME` with rules made by `allows`, `alerts` and `blocks`, in the order given."""
    group_id = f"rslvr-frg-{name}"
    printed = []
    for place, rule in enumerate(rules, start=1):
        domains = rule.pop("domains", None)
        record: Json = {"FirewallRuleGroupId": group_id, "Name": f"{name}-{place}", "Priority": place * 10} | rule
        if domains is not None:
            record["FirewallDomainListId"] = f"rslvr-fdl-{name}-{place}"
            if domains:
                estate.put(FIREWALL_DOMAINS, {"Domains": list(domains)}, record["FirewallDomainListId"])
        printed.append(record)
    estate.put(FIREWALL_RULES, {"FirewallRules": printed}, group_id)
    for vpc in vpcs:
        held = {"VpcId": estate.named("vpc-", vpc), "FirewallRuleGroupId": group_id, "Priority": priority}
        estate.reply(FIREWALLS)["FirewallRuleGroupAssociations"].append(held | {"Status": status})
    return group_id


def blocks(*domains: str, **settings: object) -> Json:
    """A rule that blocks these domains; without any it is on one of AWS's managed lists, which nobody can read."""
    return {"Action": "BLOCK", "BlockResponse": "NXDOMAIN", "domains": domains, **settings}


def allows(*domains: str, **settings: object) -> Json:
    return {"Action": "ALLOW", "domains": domains, **settings}


def alerts(*domains: str, **settings: object) -> Json:
    return {"Action": "ALERT", "domains": domains, **settings}


def advanced(action: str = "BLOCK") -> Json:
    """A rule of DNS Firewall Advanced, which looks at the shape of names."""
    return {"Action": action, "DnsThreatProtection": "DGA", "ConfidenceThreshold": "HIGH"}


def profile(
    estate: "Estate",
    name: str,
    *resources: str,
    vpcs: Iterable[str] = ("main",),
    priorities: Mapping[str, int] | None = None,
    status: str = "COMPLETE",
    listed: bool = True,
) -> str:
    """A profile `rp-NAME` that brings things by their ids; unless `listed`, no file tells them."""
    profile_id = f"rp-{name}"
    for vpc in vpcs:
        held = {"ResourceId": estate.named("vpc-", vpc), "ProfileId": profile_id, "Status": status}
        estate.reply(PROFILES)["ProfileAssociations"].append(held)
    if listed:
        told = [_brought(estate, resource, (priorities or {}).get(resource)) for resource in resources]
        estate.put(PROFILE_RESOURCES, {"ProfileResourceAssociations": told}, profile_id)
    return profile_id


def _brought(estate: "Estate", resource: str, priority: int | None) -> Json:
    place = f"{estate.region}:{estate.account}"
    arn = next(
        arn
        for start, arn in {
            "Z-": f"arn:aws:route53:::hostedzone/{resource}",
            "rslvr-rr-": f"arn:aws:route53resolver:{place}:resolver-rule/{resource}",
            "rslvr-frg-": f"arn:aws:route53resolver:{place}:firewall-rule-group/{resource}",
            "rslvr-rqlc-": f"arn:aws:route53resolver:{place}:resolver-query-log-config/{resource}",
            "vpce-": f"arn:aws:ec2:{place}:vpc-endpoint/{resource}",
            "": f"arn:aws:something:{place}:of-tomorrow/{resource}",
        }.items()
        if resource.startswith(start)
    )
    record: Json = {"Id": f"rpr-{resource}", "ResourceArn": arn, "Status": "COMPLETE"}
    return record | ({"ResourceProperties": json.dumps({"priority": priority})} if priority is not None else {})
