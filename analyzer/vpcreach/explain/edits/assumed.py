"""The words of `--assume` and `what-if`: one edit each, to be added or (with `remove` in front) taken away.

route rtb-1 0.0.0.0/0 -> nat-2                 remove route rtb-1 0.0.0.0/0
sg sg-1 egress tcp 443 0.0.0.0/0               remove sg sg-1 ingress tcp 1024-65535 sg-2
nacl acl-1 in 90 deny tcp 443 0.0.0.0/0        remove nacl acl-1 in 90

Source: our own grammar. Checked: tests/unit/explain/edits/test_assumed.py.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_network

from vpcreach.errors import UsageError, did_you_mean
from vpcreach.explain.edits import AddEntry, AddRule, Edit, Entry, RemoveEntry, RemoveRoute, RemoveRule, Rule, SetRoute
from vpcreach.explain.edits.routes import target_key
from vpcreach.packets.ports import LAST_PORT, PROTOCOLS, TCP, UDP, protocol_name, protocol_number

FORMS = {
    "route": "route TABLE DESTINATION -> TARGET",
    "sg": "sg GROUP egress|ingress PROTOCOL PORTS PEER",
    "nacl": "nacl ACL in|out NUMBER allow|deny PROTOCOL PORTS CIDR",
}
REMOVALS = {
    "route": "remove route TABLE DESTINATION",
    "sg": "remove sg GROUP egress|ingress PROTOCOL PORTS PEER",
    "nacl": "remove nacl ACL in|out NUMBER",
}
ALL = "all"
_PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", ALL)
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_NUMBER = re.compile(r"[0-9]{1,5}")
_FOREIGN = re.compile(r"([0-9]{12})/(sg-.+)")
_ARROW = re.compile(r"\s*(?:->|→)\s*")
_IN, _OUT = ("in", "ingress", "inbound"), ("out", "egress", "outbound")


def parse(text: str) -> Edit:
    """The edit that these words mean; raises UsageError with the form that was expected."""
    words = _ARROW.sub(" -> ", text).split()
    is_removal = words[:1] == ["remove"]
    if words[:1] in (["remove"], ["add"]):
        words = words[1:]
    kind = words[0] if words else ""
    if kind not in FORMS:
        forms = (REMOVALS if is_removal else FORMS).values()
        raise UsageError(f'"{text}" is no change to assume; it is one of: {"; ".join(forms)}')
    form = (REMOVALS if is_removal else FORMS)[kind]
    try:
        if kind == "route":
            return _route(words[1:], is_removal=is_removal)
        if kind == "sg":
            return _rule(words[1:], is_removal=is_removal)
        return _entry(words[1:], is_removal=is_removal)
    except UsageError as error:
        raise UsageError(f'"{text}": {error} (the form is: {form})') from error


def _route(words: Sequence[str], *, is_removal: bool) -> Edit:
    if is_removal:
        table, destination = _taken(words, 2)
        return RemoveRoute(_id(table, "rtb-"), _destination(destination))
    table, destination, arrow, target = _taken(words, 4)
    if arrow != "->":
        raise UsageError(f"{arrow} stands where -> belongs")
    target_key(target)
    return SetRoute(_id(table, "rtb-"), _destination(destination), target)


def _rule(words: Sequence[str], *, is_removal: bool) -> Edit:
    group, way, protocol, ports, peer = _taken(_with_ports(words, 2), 5)
    number = _protocol(protocol)
    first, last = _ports(ports, number)
    account = None
    if foreign := _FOREIGN.fullmatch(peer):
        account, peer = foreign[1], foreign[2]
    elif not peer.startswith(("sg-", "pl-")):
        peer = _cidr(peer)
    name = "-1" if number is None else protocol_name(number)
    rule = Rule(_id(group, "sg-"), _is_inbound(way), name, first, last, peer, account)
    return RemoveRule(rule) if is_removal else AddRule(rule)


def _entry(words: Sequence[str], *, is_removal: bool) -> Edit:
    if is_removal:
        acl, way, number = _taken(words, 3)
        return RemoveEntry(_id(acl, "acl-"), _is_inbound(way), _number(number))
    acl, way, number, action, protocol, ports, cidr = _taken(_with_ports(words, 4), 7)
    if action not in ("allow", "deny"):
        raise UsageError(f"{action} is neither allow nor deny")
    kind = _protocol(protocol)
    first, last = _ports(ports, kind)
    return AddEntry(Entry(_id(acl, "acl-"), _is_inbound(way), _number(number), action, kind, _cidr(cidr), first, last))


def _with_ports(words: Sequence[str], place: int) -> Sequence[str]:
    """The words with `all` for the ports where a protocol that has none stands alone: `all 0.0.0.0/0`."""
    if len(words) == place + 2 and words[place].lower() not in ("tcp", "udp", "6", "17"):
        return (*words[: place + 1], ALL, *words[place + 1 :])
    return words


def _taken(words: Sequence[str], number: int) -> Sequence[str]:
    if len(words) != number:
        raise UsageError(f"there are too {'few' if len(words) < number else 'many'} words")
    return words


def _id(word: str, start: str) -> str:
    if not word.startswith(start) or word == start:
        raise UsageError(f"{word} is no id that begins with {start}")
    return word


def _is_inbound(word: str) -> bool:
    if word not in _IN + _OUT:
        raise UsageError(f"{word} is no direction{did_you_mean(word, _IN + _OUT) or '; say in or out'}")
    return word in _IN


def _protocol(word: str) -> int | None:
    """The number of a protocol; None means all."""
    name = word.lower()
    if name in (ALL, "-1"):
        return None
    if name not in _PROTOCOLS and not (_NUMBER.fullmatch(name) and int(name) in PROTOCOLS):
        raise UsageError(f"{word} is no protocol{did_you_mean(name, _PROTOCOLS) or '; say tcp, udp or all'}")
    return protocol_number(name)


def _ports(word: str, protocol: int | None) -> tuple[int | None, int | None]:
    """First and last port: all of TCP and UDP by number, and None for protocols that have none."""
    if protocol not in (TCP, UDP):
        if word != ALL:
            raise UsageError(f"{word} are no ports: only tcp and udp have them; say all")
        return None, None
    if word == ALL:
        return 0, LAST_PORT
    found = _PORTS.fullmatch(word)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last or last > LAST_PORT:
        raise UsageError(f"{word} is neither a port, nor a range such as 1024-65535, nor all")
    return first, last


def _number(word: str) -> int:
    if not _NUMBER.fullmatch(word):
        raise UsageError(f"{word} is no number of a rule")
    return int(word)


def _destination(word: str) -> str:
    return word if word.startswith("pl-") else _cidr(word)


def _cidr(word: str) -> str:
    try:
        return str(ip_network(word))
    except ValueError:
        pass
    try:
        meant = str(ip_network(word, strict=False))
    except ValueError as error:
        raise UsageError(f"{word} is no block of addresses such as 10.0.0.0/16") from error
    raise UsageError(f'{word} does not begin at the start of a block; did you mean "{meant}"?')
