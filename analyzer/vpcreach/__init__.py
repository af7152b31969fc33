"""Can each VPC-attached Lambda function reach the internet, S3, DynamoDB or a private resource, and why not?

The names of `vpcreach.api` are handed on when they are first asked for: importing the package loads nothing.
"""

TYPE_CHECKING = False  # not even typing is imported; type checkers take this name to be true
if TYPE_CHECKING:
    from types import ModuleType

    from vpcreach.api import *  # noqa: F403 (what `api.__all__` holds)

    __version__: str


def __getattr__(name: str) -> object:
    """`__version__`, `__all__` and the public names of `vpcreach.api`."""
    from importlib import metadata, util

    if name == "__version__":
        return metadata.version(__name__)
    if name == "__all__":
        return _api().__all__
    # A room is no public name: without this test `from vpcreach import errors` would load the whole program.
    if not name.startswith("_") and not util.find_spec(f"{__name__}.{name}") and name in _api().__all__:
        return getattr(_api(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_api().__all__, "__version__"})


def _api() -> "ModuleType":
    from importlib import import_module

    return import_module(f"{__name__}.api")
