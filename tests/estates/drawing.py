"""An estate by name with the questions that take its way: what the gallery is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.estates.builder import Estate
from tests.unit.reach.worlds import Change, changed


@dataclass(frozen=True, slots=True)
class Drawing:
    """An estate by name, and what is asked of it by which function."""

    name: str
    draw: Callable[[], Estate | dict[str, bytes]]
    questions: tuple[str, ...]
    function: str = "app"

    @staticmethod
    def of(name: str, changes: tuple[Change, ...], *questions: str) -> "Drawing":
        """The function behind a NAT gateway, with these changes."""
        return Drawing(name, lambda: changed(*changes), questions)

    @property
    def files(self) -> dict[str, bytes]:
        """The snapshot of the estate, file by file."""
        drawn = self.draw()
        return drawn.files() if isinstance(drawn, Estate) else drawn

    def __str__(self) -> str:
        return self.name
