"""What import-linter cannot see: names in strings, printing, exits, clocks, pickles, and lengths."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from benchsuite.host.plugins import discover

ROOT = Path(__file__).parents[1]
SUITE = sorted((ROOT / "benchsuite").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").glob("*/src/**/*.py"))
LIBRARIES = {"cryptography", "cupy", "numba", "numpy", "openssl"}

CLOCKS = {
    f"time.{clock}{unit}"
    for clock in ("perf_counter", "monotonic", "process_time", "thread_time", "time")
    for unit in ("", "_ns")
}
MAY_READ_A_CLOCK = (
    "benchsuite/measure/",
    "benchsuite/inject/pilot.py",  # how long campaigns will take
    "benchsuite/api/host.py",  # the host lane
    "benchsuite/workers/process.py",  # time limits
    "benchsuite/host/guard.py",  # how long a plugin took to load
    "benchsuite/cli/progress.py",  # the time left
    "benchsuite/cli/doctor.py",  # what a reading costs
)
EXITS = {"sys.exit", "os._exit", "os.abort", "exit", "quit", "typer.Exit", "SystemExit"}
RUNS_DATA = {"eval", "exec", "__import__"}
UNSAFE_MODULES = {"marshal", "pickle", "shelve", "dill", "cloudpickle"}

MAX_MODULE_LINES, MAX_FUNCTION_LINES = 400, 60


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(module: ast.Module) -> dict[str, str]:
    """Local name -> what it is in full, for imports anywhere in the module."""
    names = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def uses(path: Path) -> Iterator[tuple[str, int]]:
    """Every name or dotted name that is read, in full, with its line: passing a clock on is using it."""
    imported = imported_names(tree(path))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name | ast.Attribute):
            first, dot, rest = ast.unparse(node).partition(".")
            yield imported.get(first, first) + dot + rest, node.lineno


def found(paths: list[Path], forbidden: set[str], allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name_of(path)}:{line}: {name}"
        for path in paths
        if not name_of(path).startswith(allowed or "\0")
        for name, line in uses(path)
        if name in forbidden
    ]


def literals(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno


def test_there_is_something_to_look_at():
    assert len(SUITE) > 40
    assert len(PLUGINS) > 5
    assert discover().backends


def test_the_suite_names_no_backend_and_no_engines_library():
    names = LIBRARIES | {name.casefold() for name in discover().backends}
    assert [
        f"{name_of(path)}:{line}: {text!r}"
        for path in SUITE
        if not name_of(path).startswith("benchsuite/workloads/vectors/")
        for text, line in literals(path)
        if text.strip().casefold() in names
    ] == []


def test_only_the_command_line_prints():
    assert found(SUITE, {"print", "sys.stdout.write", "typer.echo"}, ("benchsuite/cli/",)) == []


def test_only_the_command_line_exits():
    exits = found(SUITE, EXITS, ("benchsuite/cli/", "benchsuite/testing/misbehaving.py"))
    assert [use for use in exits if not use.endswith(": SystemExit")] == []
    raised = [
        f"{name_of(path)}:{node.lineno}"
        for path in SUITE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise) and node.exc and "SystemExit" in ast.unparse(node.exc)
    ]
    assert raised == []  # catching what a plugin raises is another matter


def test_only_measuring_estimating_the_host_lane_loading_and_two_commands_read_a_clock():
    assert found(SUITE, CLOCKS, MAY_READ_A_CLOCK) == []
    assert found(PLUGINS, CLOCKS, ("plugins/cuda-emulator/",)) == []  # emulated events have the host's clock


@pytest.mark.parametrize("rule", [CLOCKS, EXITS, {"print"}], ids=["clock", "exit", "print"])
def test_the_rules_find_what_is_allowed_where_it_is_allowed(rule):
    assert found(SUITE, rule)


def test_the_examples_of_properties_are_drawn_in_one_way_everywhere():
    folders = [ROOT, *(ROOT / "tests").rglob("*/"), *(ROOT / "plugins").glob("*/tests")]
    local = [path for folder in folders if (path := folder / "conftest.py").exists()]
    assert [name_of(path) for path in local if "load_profile" in path.read_text()] == ["conftest.py"]


@pytest.mark.parametrize("path", [*SUITE, *PLUGINS], ids=name_of)
def test_data_are_never_code(path):
    modules = {full.partition(".")[0] for full in imported_names(tree(path)).values()}
    assert not modules & UNSAFE_MODULES
    assert found([path], RUNS_DATA) == []


@pytest.mark.parametrize("path", [*SUITE, *PLUGINS], ids=name_of)
def test_modules_and_functions_can_be_read_in_one_go(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < MAX_MODULE_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []
