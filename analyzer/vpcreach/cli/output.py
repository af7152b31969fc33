"""Where results go: stdout, or a file that is either complete or not there."""

import os
import sys
from pathlib import Path


def say(text: str) -> None:
    """Writes a result to stdout, in UTF-8 unless that is a terminal; a reader who has gone is no error."""
    if sys.stdout is None:  # closed by whoever started the program
        raise _cannot_write("the output", OSError(0, "stdout is closed"))
    if hasattr(sys.stdout, "reconfigure"):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough. Python would flush once more when it ends, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise _cannot_write("the output", error) from error


def save(text: str, path: Path) -> None:
    """Writes a result to a file in one step: whoever reads it sees the old content or all of the new."""
    import tempfile

    if path.is_dir():
        from vpcreach.errors import UsageError

        raise UsageError(f"{path}: is a folder; name a file")
    if path.exists() and not path.is_file():
        return _write(text, path)  # a device or pipe cannot be replaced
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(text)
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise _cannot_write(str(path), error) from error


def _write(text: str, path: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _cannot_write(str(path), error) from error


def _mode(path: Path) -> int:
    """The permissions that the file has, or that a new one would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _cannot_write(what: str, error: OSError) -> Exception:
    from vpcreach.errors import UsageError

    return UsageError(f"{what}: cannot be written: {error.strerror}")


def wants_colour() -> bool:
    """Colours are for people: on a terminal, unless NO_COLOR is set."""
    if sys.stdout is None:
        return False
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def tell(text: str) -> None:
    """A line for people beside the result: stderr."""
    print(text, file=sys.stderr)
