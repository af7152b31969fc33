"""Questions to a hub and its spokes, and changes to them by name."""

from collections.abc import Callable

from tests.estates.asking import told
from tests.estates.hub_and_spoke import HubAndSpoke, hub_and_spoke

Change = Callable[[HubAndSpoke], object]


def asked(destination: str, *changes: Change, **drawing: object) -> str:
    world = hub_and_spoke(**drawing)  # type: ignore[arg-type]
    for change in changes:
        change(world)
    return told(world.files(), destination)


def record(record_id: str, **values: object) -> Change:
    """Writes keys of a record in every account that holds it."""

    def change(world: HubAndSpoke) -> None:
        for estate in (world.here, world.there):
            if record_id in estate:
                estate[record_id].update(values)

    return change


def options(attachment: str, **values: object) -> Change:
    return lambda world: next(
        estate[f"vpc-attachment:{attachment}"]["Options"].update(values)
        for estate in (world.here, world.there)
        if f"vpc-attachment:{attachment}" in estate
    )
