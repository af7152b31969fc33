"""The command line: words in, words out. `main` turns every error into one sentence and an exit code."""

import sys

DEFECT = 70  # EX_SOFTWARE of sysexits.h: a crash must not look like a broken rule of `check`


def main() -> None:
    """Runs the command of `sys.argv`; exits with 0 done, 1 broken or worse, 2 usage, 3 undecided, 4 AWS unreadable."""
    from vpcreach.cli.app import app
    from vpcreach.errors import VpcreachError

    try:
        app(prog_name="vpcreach")
    except VpcreachError as error:
        print("\n".join(f"vpcreach: {line}" for line in str(error).splitlines()), file=sys.stderr)
        sys.exit(_exit_code(error))
    except Exception:  # noqa: BLE001 (whatever it is, its exit code must not be 1)
        import traceback

        traceback.print_exc()
        print("vpcreach: this is a defect of vpcreach; please report it with the lines above", file=sys.stderr)
        sys.exit(DEFECT)


def _exit_code(error: Exception) -> int:
    from vpcreach.errors import AwsUnreadableError, ContradictionError

    if isinstance(error, AwsUnreadableError):
        return 4
    return DEFECT if isinstance(error, ContradictionError) else 2
