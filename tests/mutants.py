"""Mutation testing: what the tests of a module would not notice if it were written differently.

`python -m tests.mutants components/nat_gateway packets` breaks these modules in every way that mutmut knows, one way
at a time, and runs the tests that bear their names. What survives is shown as a difference. docs/proof.md tells what
is counted, and why what survives may stay.
"""

import ast
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

TOP = Path(__file__).parents[1]
PACKAGE = Path("src/vpcreach")
STAGE = TOP / "mutants" / os.environ.get("STAGE", "")
ROOMS = ("packets", "components", "reach")
KILLED = {1: "by tests", 3: "by tests", 37: "by types", 36: "by time", 24: "by time", -24: "by time", 152: "by time"}
MOST_MEMORY = 6 << 30  # a loop that a mutant made endless may fill a list

# The tests of a module bear its name, or that of its folder. These say more:
TESTS = {
    "packets/address_map": ("packets/test_packet_set.py",),
    "packets/ports": ("packets/test_packet_set.py",),
    "components/instance": ("components/test_appliances.py", "components/test_network_interface.py"),
    "components/network_interface": ("components/test_appliances.py",),
    "components/security_group": (
        "components/test_transit_gateway_filters.py",
        "components/test_vpc_peering.py",
    ),
    "reach/arriving": (
        "components/test_internet_gateway.py",
        "components/test_transit_gateway_filters.py",
        "components/test_vpc_peering.py",
        "destinations/test_addresses.py",
        "reach/test_inbound.py",
        "reach/test_judge.py",
        "reach/test_second_opinions.py",
    ),
    "reach/judge": (
        "components/test_appliances.py",
        "components/test_transit_gateway_data.py",
        "reach/test_second_opinions.py",
        "reach/test_walk.py",
    ),
    "reach/circumstances": (
        "components/test_lambda_function.py",
        "reach/test_reporting.py",
        "reach/test_versions.py",
    ),
    "reach/functions": ("components/test_lambda_function.py", "reach/test_versions.py"),
    "reach/gates": ("reach/test_second_reading.py", "reach/test_walk.py"),
    "reach/makes": ("components/test_lambda_function.py", "reach/test_reporting.py"),
    "reach/outside": (
        "components/test_lambda_function.py",
        "destinations/test_host_names.py",
        "reach/test_functions_outside.py",
        "reach/test_inbound.py",
    ),
    "reach/references": (
        "components/test_security_group.py",
        "components/test_transit_gateway_filters.py",
        "reach/test_second_opinions.py",
    ),
    "reach/reporting": ("components/test_lambda_function.py", "components/test_network_acl.py"),
    "reach/returning": (
        "components/test_answers_astray.py",
        "components/test_nat_gateway.py",
        "components/test_transit_gateway_egress.py",
    ),
    "reach/source": (
        "components/test_capacity_provider.py",
        "components/test_execution_role.py",
        "components/test_internet_gateway.py",
        "components/test_lambda_function.py",
        "components/test_security_group_vpc_association.py",
        "components/test_subnet.py",
        "reach/test_versions.py",
    ),
    "reach/standing": (
        "components/test_capacity_provider.py",
        "components/test_lambda_function.py",
        "components/test_subnet.py",
        "reach/test_versions.py",
    ),
    "reach/walk": (
        "components/test_answers_astray.py",
        "components/test_appliances.py",
        "components/test_internet_gateway.py",
        "components/test_nat_gateway.py",
        "components/test_route_table.py",
        "components/test_transit_gateway_data.py",
        "components/test_transit_gateway_filters.py",
        "components/test_transit_gateway_routes.py",
        "components/test_vpc_peering.py",
        "reach/test_inbound.py",
        "reach/test_second_opinions.py",
        "reach/test_second_reading.py",
    ),
}

# What is asked of every module of a room in one file:
OF_ROOM = {"components": ("components/test_calls.py",)}


def modules(wanted: list[str]) -> Iterator[str]:
    """The modules of the rooms that are, or lie in, one of those wanted: 'packets', 'components/transit_gateway'."""
    for room in ROOMS:
        for path in sorted((TOP / "analyzer" / "vpcreach" / room).rglob("*.py")):
            name = str(path.relative_to(TOP / "analyzer" / "vpcreach").with_suffix(""))
            asked_for = not wanted or any(f"{name}/".startswith(f"{each}/") for each in wanted)
            if asked_for and any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(path.read_text()))):
                yield name


def tests_of(module: str) -> list[str]:
    """The files under tests/unit that speak of a module: by name, or by the name of its folder."""
    room, *inner = module.split("/")
    folder = TOP / "tests" / "unit" / room
    named = {path for part in inner if part != "__init__" for path in folder.glob(f"test_{part}*.py")}
    more = {TOP / "tests" / "unit" / each for each in (*TESTS.get(module, ()), *OF_ROOM.get(room, ()))}
    return [str(path.relative_to(TOP)) for path in sorted(named | more or set(folder.glob("test_*.py")))]


def stage(module: str) -> None:
    """A folder that mutmut takes for a project, with this module to break and its tests to run."""
    shutil.rmtree(STAGE / "mutants", ignore_errors=True)
    STAGE.mkdir(exist_ok=True)
    for name, target in {"src": "analyzer", "tests": "tests", "rules": "rules"}.items():
        link = STAGE / name
        link.unlink(missing_ok=True)
        link.symlink_to(TOP / target, target_is_directory=True)
    source = str(PACKAGE / f"{module}.py")
    settings = (TOP / "pyproject.toml").read_text()
    assert settings.rpartition("\n[")[2].startswith("tool.mutmut]"), "[tool.mutmut] is the last table of pyproject.toml"
    mypy = "mypy --config-file= --strict --explicit-package-bases --ignore-missing-imports --no-warn-unused-ignores"
    types = [*mypy.split(), "--disable-error-code=no-redef", f"--cache-dir={STAGE / 'types'}", "--output=json", source]
    own = {
        "only_mutate": [source],
        "pytest_add_cli_args_test_selection": tests_of(module),
        "type_check_command": types,
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in own.items()]
    (STAGE / "pyproject.toml").write_text(settings + "".join(lines))


def run(module: str, workers: int) -> dict[str, int | None]:
    """The exit code of each mutant of the module. Raises CalledProcessError if the tests fail without any mutant."""
    stage(module)
    environment = {**os.environ, "MYPYPATH": "src", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(
        ["nice", "-n", "10", "mutmut", "run", "--max-children", str(workers)],
        cwd=STAGE,
        env=environment,
        check=True,
        stdout=(STAGE / "log").open("w"),
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY)),
    )
    meta = json.loads((STAGE / "mutants" / PACKAGE / f"{module}.py.meta").read_text())
    codes: dict[str, int | None] = meta["exit_code_by_key"]
    return codes


def differences(module: str, mutants: list[str]) -> Iterator[str]:
    """What each of the mutants of a module changes, line by line."""
    code = (STAGE / "mutants" / PACKAGE / f"{module}.py").read_text()
    lines = code.splitlines()
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    bodies = {node.name: lines[node.lineno : node.end_lineno] for node in functions}
    for mutant in mutants:
        name = mutant.rpartition(".")[2]
        original = f"{name.partition('__mutmut_')[0]}__mutmut_orig"
        yield "\n".join([f"# {mutant}", *list(unified_diff(bodies[original], bodies[name], lineterm="", n=2))[2:], ""])


def main() -> None:
    wanted, workers = sys.argv[1:], os.environ.get("WORKERS", "")
    (STAGE / "survivors").mkdir(parents=True, exist_ok=True)
    for module in modules(wanted):
        began = time.monotonic()
        codes = run(module, workers=int(workers) if workers.isdigit() else 1)
        alive = [name for name, code in codes.items() if code not in KILLED]
        counted = Counter(KILLED.get(code or 0, "not") for code in codes.values())
        told = ", ".join(f"{number} {how}" for how, number in sorted(counted.items()))
        sys.stdout.write(f"{module}: {len(codes)} mutants, killed {told}; {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
        out = STAGE / "survivors" / f"{module.replace('/', '.')}.diff"
        out.write_text("\n".join(differences(module, alive)))


if __name__ == "__main__":
    main()
