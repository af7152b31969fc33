"""An analysed snapshot as what rules are held against: its functions with their tags, and its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vpcreach.components.lambda_function import GET_RESOURCES, LIST_TAGS
from vpcreach.reach.answer import Report
from vpcreach.reach.functions import Listed, every_function, every_qualified, missing_lists, missing_qualifiers
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.snapshot import Gap


@dataclass(frozen=True, slots=True)
class Known:
    """A function of the snapshot; see `selection.KnownFunction`."""

    name: str
    arn: str
    tags: Mapping[str, str] | None = None


class Analysed:
    """Implements `evaluate.Estate` for one analysis; every question of a rule file goes to the same one."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._network = analysis.network

    def functions(self) -> Sequence[Known]:
        functions = [Known(each.name, each.arn, self._tags(each)) for each in every_function(self._network)]
        # A rule by tags means functions, so nobody asks for the tags of these.
        return [*functions, *(Known(each.name, each.arn) for each in every_qualified(self._network))]

    def unread_lists(self) -> Sequence[Gap]:
        return missing_lists(self._network)

    def unread_aliases(self, glob: str) -> Sequence[Gap]:
        return missing_qualifiers(self._network, glob)

    def report(self, destinations: Sequence[str], arns: Sequence[str]) -> Report:
        return self._analysis.report(destinations, arns)

    def _tags(self, listed: Listed) -> Mapping[str, str] | None:
        """A function's tags, from its own reply or from that of all tagged functions; None where neither tells."""
        own = self._network.read(LIST_TAGS, listed.place, (listed.function.id,))
        if own.value is not None:
            return own.value.tags

        def build() -> dict[str, dict[str, str]] | None:
            reading = self._network.read(GET_RESOURCES, listed.place)
            if reading.value is None or not reading.is_complete:
                return None
            mappings = reading.value.resource_tag_mapping_list
            return {item.resource_arn: {tag.key: tag.value for tag in item.tags} for item in mappings}

        # Functions without tags are missing in a whole reply.
        tagged = self._network.remember(("tags", listed.place), build)
        return None if tagged is None else tagged.get(listed.function.id, {})
