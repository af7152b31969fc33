"""Every component file is in the registry, and says which calls it takes and which reasons it gives."""

from pathlib import Path
from types import ModuleType

import pytest

from vpcreach import components
from vpcreach.components import ALL_CALLS, LISTINGS, MODULES, UNMODELLED_KINDS
from vpcreach.forwarding import Note, Reason
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.snapshot import Snapshot

FOLDER = Path(components.__file__).parent
FILES = sorted(
    {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    | {path.parent.name for path in FOLDER.glob("*/__init__.py")}
)
REGISTERED = {module.__name__.rpartition(".")[2]: module for module in MODULES}
REGISTRY = "analyzer/vpcreach/components/__init__.py"


def missing_lines(files: list[str], registered: dict[str, ModuleType]) -> list[str]:
    """What to write into the registry for each file that it does not know."""
    return [
        f"{REGISTRY}: add `{name}` to the import from vpcreach.components and to MODULES"
        for name in files
        if name not in registered
    ]


def test_every_file_is_registered() -> None:
    found = missing_lines(FILES, REGISTERED)
    assert not found, "\n".join(found)


def test_a_forgotten_file_is_named_with_the_line_to_add() -> None:
    (line,) = missing_lines([*FILES, "teleporter"], REGISTERED)
    assert line.startswith(REGISTRY)
    assert "`teleporter`" in line


def test_nothing_is_registered_twice_or_without_a_file() -> None:
    assert len(MODULES) == len(set(MODULES))
    assert sorted(REGISTERED) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_component_names_its_calls(name: str) -> None:
    calls = getattr(REGISTERED[name], "CALLS", None)
    assert isinstance(calls, tuple), f"{name}.py: add CALLS = (…,), the describe calls it takes, or ()"
    assert all(isinstance(call, Call) for call in calls)


@pytest.mark.parametrize("name", FILES)
def test_a_component_names_its_reasons(name: str) -> None:
    reasons = getattr(REGISTERED[name], "REASONS", None)
    assert isinstance(reasons, tuple), f"{name}.py: add REASONS = (…,), the reasons of its blockers and doubts, or ()"
    assert all(isinstance(reason, Reason) for reason in reasons)


@pytest.mark.parametrize("name", FILES)
def test_a_component_lists_every_reason_that_it_makes(name: str) -> None:
    module = REGISTERED[name]
    made = {value.code for value in vars(module).values() if isinstance(value, Reason)}
    listed = {reason.code for reason in module.REASONS}
    borrowed = {"COLLECTION_FAILED", "UNKNOWN_RESOURCE", "UNSUPPORTED_COMPONENT"}
    assert made - borrowed <= listed, f"{name}.py: REASONS lacks {', '.join(sorted(made - borrowed - listed))}"


@pytest.mark.parametrize("name", FILES)
def test_every_reason_of_a_component_is_named_by_a_test(name: str) -> None:
    told = "\n".join(path.read_text() for path in Path(__file__).parent.rglob("test_*.py"))
    untested = sorted({reason.code for reason in REGISTERED[name].REASONS if reason.code not in told})
    assert not untested, f"{name}: no test makes {', '.join(untested)}"


@pytest.mark.parametrize("name", FILES)
def test_a_component_says_what_it_models_and_where_it_is_checked(name: str) -> None:
    words = REGISTERED[name].__doc__ or ""
    for heading in ("Modelled:", "Not modelled:", "Source:", "Checked:"):
        assert heading in words, f"{name}: the docstring has no {heading!r}"


def test_every_kind_of_id_has_one_owner() -> None:
    prefixes = [listing.id_prefix for listing in LISTINGS]
    assert len(prefixes) == len(set(prefixes))


def test_of_two_prefixes_that_an_id_begins_with_the_longer_tells_its_kind() -> None:
    """AWS's transit gateways are `tgw-…`, and their attachments and tables `tgw-attach-…` and `tgw-rtb-…`."""
    named = [listing for listing in LISTINGS if listing.id_prefix not in UNMODELLED_KINDS]
    for listing in named:
        told = Network(Snapshot({})).component(f"{listing.id_prefix}1")
        assert isinstance(told, Note)
        assert told.entry == listing.call.action


def test_no_prefix_of_an_unmodelled_kind_hides_another() -> None:
    prefixes = [listing.id_prefix for listing in LISTINGS] + list(UNMODELLED_KINDS)
    hidden = [(one, other) for one in UNMODELLED_KINDS for other in prefixes if one != other and other.startswith(one)]
    assert [pair for pair in hidden if pair[0] != "arn:"] == []


def test_every_listing_is_a_call_of_a_component_and_holds_its_key() -> None:
    assert {listing.call for listing in LISTINGS} <= set(ALL_CALLS)
    assert all(listing.call.holds for listing in LISTINGS)


def test_a_call_is_declared_once() -> None:
    actions = [(call.action, call.arguments) for call in dict.fromkeys(ALL_CALLS)]
    assert len(actions) == len(set(actions))


def test_reasons_of_one_code_have_words_and_a_remedy() -> None:
    for module in MODULES:
        for reason in module.REASONS:
            assert reason.code == reason.code.upper()
            assert reason.remedy
