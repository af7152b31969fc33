"""Files that ship with vpcreach and are not Python: the rule schema, rule packs, examples."""

from pathlib import Path


def asset(relative: str) -> Path:
    """The file or folder that `relative` names from the top of the repository: `rules/schema.json`.

    A wheel carries these folders inside the package, under `_assets`; a checkout is read in place.
    """
    package = Path(__file__).parent
    packaged = package / "_assets"
    return (packaged if packaged.is_dir() else package.parents[1]) / relative
