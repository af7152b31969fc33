"""The states of transit gateways, their attachments and their route tables: which carry packets."""

from typing import Protocol

from vpcreach.forwarding import BAD_STATE, Note

IN_USE = frozenset({"available", "modifying"})
# What may still become available by itself.
TRANSIENT = frozenset({"initiating", "initiatingRequest", "pending", "rollingBack"})
ENDED = frozenset({"pendingAcceptance", "deleting", "deleted", "failed", "failing", "rejected", "rejecting"})


class _Titled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


def state_notes(thing: _Titled, state: str | None) -> tuple[Note, ...]:
    """Nothing for what is available, advice while it is modified, else a blocker or a doubt."""
    if state == "available":
        return ()
    fact = f"{thing.title} is {state or 'in a state the reply does not tell'}"
    if state == "modifying":
        return (BAD_STATE.advice(thing.id, "State", f"{fact}: it works meanwhile"),)
    if state in ENDED:
        remedy = "its owner has to accept it" if state == "pendingAcceptance" else "make a new one"
        return (BAD_STATE.fail(thing.id, "State", f"{fact}, and carries nothing: {remedy}"),)
    return (BAD_STATE.unknown(thing.id, "State", f"{fact}, which may pass", resolve="collect again"),)
