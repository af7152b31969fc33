"""The reference walker: one concrete packet and its answer, walked through the files of a snapshot, rule by rule.

Written from the description of AWS's behaviour alone. It shares no code with the program, knows no sets and no
cleverness: every list is read from top to bottom, every comparison is one address against one block.

    world = World(files)
    send(world, Flow("app", "subnet-a", ip_address("10.0.1.9"), 40000, ip_address("8.8.8.8"), "tcp", 443))

A fate is `delivered` (and answered), `dropped`, `unknown` (the configuration does not tell), or `open`: the
description leaves room for more than one of them, and then `may_be` says which.
"""

from tests.oracle.walker.fates import DELIVERED, DROPPED, OPEN, UNKNOWN, Flow, Result
from tests.oracle.walker.records import Json, World
from tests.oracle.walker.sending import send

__all__ = ["DELIVERED", "DROPPED", "OPEN", "UNKNOWN", "Flow", "Json", "Result", "World", "send"]
