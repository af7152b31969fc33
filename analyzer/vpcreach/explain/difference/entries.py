"""The very entries in which a component differs: a route, a rule, a subnet of a function, a state.

Routes, rules of groups and ACLs and entries of prefix lists are told in words; all else by AWS's own keys.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vpcreach.components.network_acl import Entry, NetworkAcl
from vpcreach.components.prefix_list import GetManagedPrefixListEntries
from vpcreach.components.route_table import Association, Route, RouteTable
from vpcreach.components.security_group import IpPermission, SecurityGroup
from vpcreach.components.transit_gateway.route_table import SearchTransitGatewayRoutes
from vpcreach.explain.difference.projection import projection
from vpcreach.packets.ports import protocol_name

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry; `before` is None where it was added, `after` where it was removed. A reply as a whole has no name."""

    entry: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.entry} added" if not self.after else f"{self.entry} {self.after} added"
        if self.after is None:
            return f"{self.entry} removed" if not self.before else f"{self.entry} {self.before} removed"
        turned = f"{_bare(self.before)} -> {_bare(self.after)}"
        return f"{self.entry}: {turned}" if self.entry else turned


def _bare(value: str) -> str:
    return value.removeprefix("-> ")


def entry_changes(old: Any, new: Any) -> tuple[EntryChange, ...]:
    """What differs between two records of one thing, in the order of its keys."""
    told: list[EntryChange] = []
    handled: set[str] = set()
    if type(old) is type(new) and type(old) in _IN_WORDS:
        handled, words = _IN_WORDS[type(old)]
        told += _keyed(words(old), words(new))
    before, after = projection(old), projection(new)
    if isinstance(before, dict) and isinstance(after, dict):
        before = {key: value for key, value in before.items() if key not in handled}
        after = {key: value for key, value in after.items() if key not in handled}
    return (*told, *_generic("", before, after))


def _keyed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[EntryChange]:
    for entry in dict.fromkeys((*old, *new)):
        if old.get(entry) != new.get(entry):
            yield EntryChange(entry, old.get(entry), new.get(entry))


# In words


def _routes(routes: Iterable[Route]) -> dict[str, str]:
    told: dict[str, str] = {}
    for route in routes:
        kind = "propagated route" if route.is_propagated else "route"
        state = "" if route.state == "active" else f" ({route.state})"
        _add(told, f"{kind} {route.destination}", f"-> {route.target or 'an unknown target'}{state}")
    return told


def _add(told: dict[str, str], entry: str, value: str) -> None:
    """Two of the same name stand together, whatever their order."""
    told[entry] = " and ".join(sorted((told[entry], value))) if entry in told else value


def _associations(associations: Iterable[Association]) -> dict[str, str]:
    told: dict[str, str] = {}
    for held in associations:
        of_what = held.subnet_id or held.gateway_id or ("the VPC as its main table" if held.main else "nothing")
        state = held.association_state.state
        _add(told, f"association with {of_what}", "" if state == "associated" else f"({state})")
    return told


def _table(table: RouteTable) -> dict[str, str]:
    return {**_routes(table.routes), **_associations(table.associations)}


def _group(group: SecurityGroup) -> dict[str, str]:
    inbound = {f"inbound {line}": "" for each in group.ip_permissions for line in _lines(each, "from", group)}
    outbound = {f"outbound {line}": "" for each in group.ip_permissions_egress for line in _lines(each, "to", group)}
    return {f"rule {line}": value for line, value in {**inbound, **outbound}.items()}


def _lines(permission: IpPermission, word: str, group: SecurityGroup) -> Iterable[str]:
    """A permission once for each of its peers, so that it does not matter how AWS gathers them."""
    what = str(permission)
    if permission.is_for_some_types_only:
        what = f"{what} type {permission.from_port} code {permission.to_port}"
    peers = [
        *(held.cidr_ip for held in permission.ip_ranges),
        *(held.cidr_ipv6 for held in permission.ipv6_ranges),
        *(held.prefix_list_id for held in permission.prefix_list_ids),
    ]
    for pair in permission.user_id_group_pairs:
        owner = f"of {pair.user_id}" if pair.user_id not in (None, group.owner_id) else None
        beside = (owner, pair.vpc_peering_connection_id, pair.peering_status)
        peers.append(" ".join((str(pair), *(text for text in beside if text))))
    yield from (f"{what} {word} {peer}" for peer in peers)


def _acl(acl: NetworkAcl) -> dict[str, str]:
    told: dict[str, str] = {}
    for entry in acl.entries:
        name, _, action = entry.words.rpartition(" ")
        _add(told, name, f"{action} {_packets(entry)}")
    for held in acl.associations:
        _add(told, f"association with {held.subnet_id}", "")
    return told


def _packets(entry: Entry) -> str:
    number = entry.protocol_number
    what = "all traffic" if number is None else protocol_name(number)
    first, last = entry.ports
    if (first, last) != (0, 65535):
        what += f"/{first}" + (f"-{last}" if last != first else "")
    cidrs = " and ".join(held for held in (entry.cidr_block, entry.ipv6_cidr_block) if held)
    return f"{what} {'to' if entry.egress else 'from'} {cidrs or 'nowhere'}"


def _prefixes(reply: GetManagedPrefixListEntries) -> dict[str, str]:
    return {f"entry {entry.cidr}": "" for entry in reply.entries}


def _transit(reply: SearchTransitGatewayRoutes) -> dict[str, str]:
    told: dict[str, str] = {}
    for route in reply.routes:
        kind = "propagated route" if route.type == "propagated" else "route"
        state = f" ({route.state})" if route.state not in (None, "active", route.target) else ""
        _add(told, f"{kind} {route.destination_cidr_block or route.prefix_list_id or '?'}", f"-> {route.target}{state}")
    return told


_IN_WORDS: Mapping[type, tuple[set[str], Any]] = {
    RouteTable: ({"Routes", "Associations"}, _table),
    SecurityGroup: ({"IpPermissions", "IpPermissionsEgress"}, _group),
    NetworkAcl: ({"Entries", "Associations"}, _acl),
    GetManagedPrefixListEntries: ({"Entries"}, _prefixes),
    SearchTransitGatewayRoutes: ({"Routes"}, _transit),
}


# By AWS's own keys


def _generic(key: str, old: Any, new: Any) -> Iterable[EntryChange]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _generic(f"{key}.{name}" if key else name, old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and {*map(_line, old)} != {*map(_line, new)}:
        before, after = {*map(_line, old)}, {*map(_line, new)}
        yield from (EntryChange(f"{key} {_short(line)}", "", None) for line in sorted(before - after))
        yield from (EntryChange(f"{key} {_short(line)}", None, "") for line in sorted(after - before))
    else:
        yield EntryChange(key or "the reply", _short(_line(old)), _short(_line(new)))


def _line(value: Any) -> str:
    """A value in one line; what is empty in it is left out."""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = json.dumps(_full(value), sort_keys=True)
    return str(value)


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2]} …"


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _full(held) for key, held in value.items() if held not in (None, "", [], {})}
    return [_full(held) for held in value] if isinstance(value, list) else value
