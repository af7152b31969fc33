"""Why: what stops packets, leaves them undecided, or is worth knowing, as data with a code and a place."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpcreach.forwarding.hops import Spot


class Leg(Enum):
    """The way out, from the function to the destination, or the way back of the answers."""

    OUT = "out"
    BACK = "back"


class Effect(Enum):
    FAIL = "fail"
    UNKNOWN = "unknown"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Note:
    """One setting that stops packets, leaves them undecided, or is worth knowing.

    `assumption` names an absent guard's file that a FAIL rests on. `spot` tells which packets a FAIL stopped and where:
    the same setting stops others elsewhere, so it is no part of what makes two notes equal.
    """

    effect: Effect
    code: str
    component: str
    entry: str
    message: str
    remedy: str
    page: str = ""
    leg: Leg = Leg.OUT
    assumption: str | None = None
    spot: "Spot | None" = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.code} {self.component}{f' [{self.entry}]' if self.entry else ''}: {self.message}"

    def on(self, leg: Leg) -> "Note":
        return self if self.leg is leg else replace(self, leg=leg)


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of the explanation list, its remedy, and the AWS page it rests on."""

    code: str
    remedy: str
    page: str = ""

    def fail(self, component: str, entry: str, message: str, *, assumption: str | None = None) -> Note:
        return Note(Effect.FAIL, self.code, component, entry, message, self.remedy, self.page, assumption=assumption)

    def unknown(self, component: str, entry: str, message: str, *, resolve: str | None = None) -> Note:
        return Note(Effect.UNKNOWN, self.code, component, entry, message, resolve or self.remedy, self.page)

    def advice(self, component: str, entry: str, message: str) -> Note:
        return Note(Effect.ADVICE, self.code, component, entry, message, self.remedy, self.page)


UNKNOWN_RESOURCE = Reason("UNKNOWN_RESOURCE", "collect the call that lists it, from the account that owns it")
COLLECTION_FAILED = Reason("COLLECTION_FAILED", "grant the permission or collect the missing file, then ask again")
UNSUPPORTED_COMPONENT = Reason("UNSUPPORTED_COMPONENT", "check this component by hand; vpcreach does not model it yet")
NO_POSSIBLE_DESTINATION = Reason(
    "NO_POSSIBLE_DESTINATION", "ask about an address that exists, or create what should have it"
)
BAD_STATE = Reason("BAD_STATE", "restore the object, or use another one")
BAD_STATE_ATTACHMENT = Reason("BAD_STATE_ATTACHMENT", "attach the gateway to the VPC")
PROTOCOL_RESTRICTION = Reason("PROTOCOL_RESTRICTION", "use TCP or UDP")
ASYMMETRIC_MIDDLEBOX_ROUTE = Reason("ASYMMETRIC_MIDDLEBOX_ROUTE", "route the answers back the way the packets came", "")
