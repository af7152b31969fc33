"""An input of the fuzzer once more, by its number: what it is, and what becomes of it.

python -m tests.fuzz.again 4711                    the input and the traceback
python -m tests.fuzz.again 4711 --keep my-mistake  keeps it in the corpus, under the name of the mistake
"""

import argparse
import sys
import traceback

from tests.fuzz.cases import CORPUS, numbered
from tests.fuzz.targets import run

ENDINGS = {"rules": "yaml", "archive": "zip"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int)
    parser.add_argument("--keep", metavar="NAME")
    told = parser.parse_args()
    case = numbered(told.number)
    sys.stdout.write(f"{case}\n")
    if told.keep:
        path = CORPUS / case.target / f"{told.keep}.{ENDINGS.get(case.target, 'json')}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case.data)
    try:
        sys.stdout.write(f"{run(case) or 'answered'}\n")
    except Exception:  # noqa: BLE001 (whatever it is, it is what was looked for)
        traceback.print_exc()


if __name__ == "__main__":
    main()
