"""The words of `--assume`: what they mean, and what is said of words that mean nothing."""

import pytest

from vpcreach.errors import UsageError
from vpcreach.explain.edits import AddEntry, AddRule, Edit, Entry, RemoveEntry, RemoveRoute, RemoveRule, Rule, SetRoute
from vpcreach.explain.edits.assumed import FORMS, REMOVALS, parse

ANY = "0.0.0.0/0"
CORE = "arn:aws-cn:networkmanager::111122223333:core-network/core-network-1"


def rule(protocol: str, first: int | None, last: int | None, peer: str, account: str | None = None) -> Rule:
    return Rule("sg-1", False, protocol, first, last, peer, account)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("route rtb-1 0.0.0.0/0 -> nat-2", SetRoute("rtb-1", ANY, "nat-2")),
        ("route rtb-1 0.0.0.0/0->nat-2", SetRoute("rtb-1", ANY, "nat-2")),
        ("add route rtb-1 ::/0 → eigw-2", SetRoute("rtb-1", "::/0", "eigw-2")),
        ("  route  rtb-1  pl-1  ->  tgw-2 ", SetRoute("rtb-1", "pl-1", "tgw-2")),
        ("route rtb-1 10.1.2.3 -> pcx-2", SetRoute("rtb-1", "10.1.2.3/32", "pcx-2")),
        (f"route rtb-1 0.0.0.0/0 -> {CORE}", SetRoute("rtb-1", ANY, CORE)),
        ("remove route rtb-1 0.0.0.0/0", RemoveRoute("rtb-1", ANY)),
        ("sg sg-1 egress tcp 443 0.0.0.0/0", AddRule(rule("tcp", 443, 443, ANY))),
        ("sg sg-1 out 6 443 0.0.0.0/0", AddRule(rule("tcp", 443, 443, ANY))),
        ("sg sg-1 egress TCP all sg-2", AddRule(rule("tcp", 0, 65535, "sg-2"))),
        ("sg sg-1 egress udp 1024-65535 pl-1", AddRule(rule("udp", 1024, 65535, "pl-1"))),
        ("sg sg-1 egress all 0.0.0.0/0", AddRule(rule("-1", None, None, ANY))),
        ("sg sg-1 egress all all 0.0.0.0/0", AddRule(rule("-1", None, None, ANY))),
        ("sg sg-1 egress icmp all ::/0", AddRule(rule("icmp", None, None, "::/0"))),
        ("sg sg-1 egress 50 10.0.0.0/8", AddRule(rule("50", None, None, "10.0.0.0/8"))),
        ("sg sg-1 egress tcp 1 444455556666/sg-2", AddRule(rule("tcp", 1, 1, "sg-2", "444455556666"))),
        ("remove sg sg-1 ingress tcp 5432 sg-2", RemoveRule(Rule("sg-1", True, "tcp", 5432, 5432, "sg-2"))),
        ("nacl acl-1 in 90 deny tcp 443 0.0.0.0/0", AddEntry(Entry("acl-1", True, 90, "deny", 6, ANY, 443, 443))),
        ("nacl acl-1 out 90 allow all ::/0", AddEntry(Entry("acl-1", False, 90, "allow", None, "::/0", None, None))),
        ("nacl acl-1 out 90 allow udp all 0.0.0.0/0", AddEntry(Entry("acl-1", False, 90, "allow", 17, ANY, 0, 65535))),
        ("remove nacl acl-1 outbound 90", RemoveEntry("acl-1", False, 90)),
    ],
)
def test_words_mean_an_edit(text: str, edit: Edit) -> None:
    assert parse(text) == edit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("route rtb-1 0.0.0.0/0 nat-2", "there are too few words"),
        ("route rtb-1 0.0.0.0/0 to nat-2", "to stands where -> belongs"),
        ("route rtb-1 0.0.0.0/0 -> nat-2 now", "there are too many words"),
        ("route acl-1 0.0.0.0/0 -> nat-2", "acl-1 is no id that begins with rtb-"),
        ("route rtb- 0.0.0.0/0 -> nat-2", "rtb- is no id that begins with rtb-"),
        ("route rtb-1 0.0.0.0/0 -> i-2", "i-2 cannot be the target of a route"),
        ("route rtb-1 internet -> nat-2", "internet is no block of addresses such as 10.0.0.0/16"),
        ("route rtb-1 10.0.0.1/16 -> nat-2", 'the start of a block; did you mean "10.0.0.0/16"?'),
        ("remove route rtb-1 0.0.0.0/0 -> nat-2", "there are too many words"),
        ("sg sg-1 egres tcp 443 0.0.0.0/0", 'egres is no direction; did you mean "egress"?'),
        ("sg sg-1 up tcp 443 0.0.0.0/0", "up is no direction; say in or out"),
        ("sg sg-1 egress tpc 443 0.0.0.0/0", 'tpc is no protocol; did you mean "tcp"?'),
        ("sg sg-1 egress 256 all 0.0.0.0/0", "256 is no protocol; say tcp, udp or all"),
        ("sg sg-1 egress tcp https 0.0.0.0/0", "https is neither a port, nor a range such as 1024-65535, nor all"),
        ("sg sg-1 egress tcp 9-1 0.0.0.0/0", "9-1 is neither a port"),
        ("sg sg-1 egress tcp 65536 0.0.0.0/0", "65536 is neither a port"),
        ("sg sg-1 egress all 443 0.0.0.0/0", "443 are no ports: only tcp and udp have them; say all"),
        ("sg sg-1 egress icmp 8 0.0.0.0/0", "8 are no ports: only tcp and udp have them; say all"),
        ("sg sg-1 egress tcp 0.0.0.0/0", "there are too few words"),
        ("sg sg-1 egress tcp 443 44/sg-2", "44/sg-2 is no block of addresses"),
        ("sg app egress tcp 443 0.0.0.0/0", "app is no id that begins with sg-"),
        ("nacl acl-1 in ninety deny tcp 443 0.0.0.0/0", "ninety is no number of a rule"),
        ("nacl acl-1 in ² deny tcp 443 0.0.0.0/0", "² is no number of a rule"),
        ("nacl acl-1 in 90 drop tcp 443 0.0.0.0/0", "drop is neither allow nor deny"),
        ("nacl acl-1 in 90 deny tcp 443 sg-1", "sg-1 is no block of addresses"),
        ("remove nacl acl-1 90", "there are too few words"),
    ],
)
def test_words_that_mean_nothing_are_answered_with_the_form(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    message = str(caught.value)
    kind = next(word for word in text.split() if word != "remove")
    form = (REMOVALS if text.startswith("remove") else FORMS)[kind]
    assert message.startswith(f'"{text}": ')
    assert words in message
    assert message.endswith(f"(the form is: {form})")
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "   ", "rout rtb-1 0.0.0.0/0 -> nat-2", "add", "allow everything"])
def test_a_word_that_begins_no_change_is_answered_with_every_form(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert str(caught.value) == f'"{text}" is no change to assume; it is one of: {"; ".join(FORMS.values())}'


def test_a_removal_of_nothing_is_answered_with_the_forms_of_removals() -> None:
    with pytest.raises(UsageError, match="remove route TABLE DESTINATION; remove sg GROUP"):
        parse("remove rtb-1")
