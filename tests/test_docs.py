"""What is documented exists and what exists is documented; examples run, numbers are those of the code."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from benchsuite_cuda import explain
from benchsuite_cuda.backend import probe as probe_cuda

from benchsuite import api
from benchsuite.cli import app as command_line
from benchsuite.cli import choices, code_app, ending
from benchsuite.host.engine import Origin, origin, probe_all
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.host.presets import PRESETS
from benchsuite.inject.campaign import Campaign, run_campaign
from benchsuite.inject.faults.targets import TARGETS
from benchsuite.inject.models import parse_model
from benchsuite.inject.suite import FULL, SHORT
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.record.types import FLAGS
from benchsuite.report.tables import FLAGS as LEGEND
from benchsuite.workloads import WORKLOADS
from benchsuite.workloads.codes import CODES, Code
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.composed import NAMES, SHORT_NAMES

ROOT = Path(__file__).parent.parent
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if p.name != "CHANGELOG.md")
CONTRACT = (
    api.Backend,
    api.Command,
    api.Device,
    api.ErrorModel,
    api.Job,
    api.Prepared,
    api.ReportFormat,
    api.Target,
    api.Vector,
    api.Workload,
)
OPTIONS_OF_EVERY_COMMAND = {"-h", "--help"}


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text below the heading ``title``, up to the next heading of its level or above."""
    heading = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert heading, f"there is no heading {title!r}"
    below = text[heading.end() :]
    following = re.search(rf"^#{{1,{len(heading[1])}}} ", below, re.MULTILINE)
    return below[: following.start()] if following else below


def rows(text: str) -> Iterator[list[str]]:
    """The entries of every row of every table, without backquotes."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [entry.strip().replace("`", "") for entry in line.strip("|").split("|")]


def titles(text: str) -> set[str]:
    return set(re.findall(r"^#+ (.*)$", text, re.MULTILINE))


def ids(text: str) -> set[str]:
    """The headings that name something of the code, which are in lower case; others only group."""
    return {title for title in titles(text) if re.fullmatch(r"[a-z0-9-]+", title)}


HOOKS_PAGE = runpy.run_path(str(ROOT / "ci/hooks_page.py"))


def test_the_page_of_hooks_is_the_one_of_the_specifications() -> None:
    text = page("reference/hooks.md")
    assert HOOKS_PAGE["page"](text) == text, "stale: run ci/hooks_page.py"
    for old, new in (
        ("Engines that", "Motors that"),
        ("### `benchsuite_commands", "### `gone"),
        ("Example: ", ""),
    ):
        assert old in text
        assert HOOKS_PAGE["page"](text.replace(old, new)) == text


def test_every_hook_has_an_example_that_implements_it_and_a_test() -> None:
    hooks = [hook.__name__ for hook in HOOKS_PAGE["specifications"]()]
    assert list(HOOKS_PAGE["EXAMPLES"]) == hooks
    for hook, (example, test) in HOOKS_PAGE["EXAMPLES"].items():
        assert f"@hookimpl\ndef {hook}(" in (ROOT / example).read_text(encoding="utf-8")
        name = Path(example).parent.name if example.endswith("__init__.py") else Path(example).name
        assert name in (ROOT / test).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", CONTRACT, ids=lambda kind: kind.__name__)
def test_every_field_of_the_contract_is_documented(kind: Any) -> None:
    text = section(page("reference/hooks.md"), "Contract")
    assert not [f.name for f in dataclasses.fields(kind) if f"`{f.name}`" not in text]


def test_every_field_of_a_code_is_documented() -> None:
    text = section(page("reference/hooks.md"), "Code")
    assert not [f.name for f in dataclasses.fields(Code) if f"`{f.name}`" not in text]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)
def test_every_workload_is_documented_with_its_parameters_and_source(workload: Any) -> None:
    text = section(page("reference/workloads.md"), workload.id)
    defaults = {row[0]: row[1] for row in rows(text)}
    assert f"Version {workload.version}." in text
    assert "Source" in text
    expected = {field.name: str(field.default) for field in dataclasses.fields(workload.params)}
    assert {name: defaults[name] for name in expected} == expected
    assert set(defaults) - set(expected) == {"parameter"}


def test_every_workload_of_the_page_exists() -> None:
    assert ids(page("reference/workloads.md")) == {workload.id for workload in WORKLOADS}


def test_the_cases_of_every_preset_are_the_ones_documented() -> None:
    heading, *table = (row for row in rows(page("reference/workloads.md")) if len(row) == 5)
    assert heading == ["workload", *PRESETS]
    workloads: tuple[Any, ...] = WORKLOADS
    for (name, *entries), workload in zip(table, workloads, strict=True):
        labels = [[workload.label(case) for case in workload.presets(preset)] for preset in PRESETS]
        assert name == workload.id
        assert entries[:2] == ["; ".join(some) or "–" for some in labels[:2]]
        assert entries[2:] == [str(len(some)) for some in labels[2:]]


def test_the_presets_are_those_of_the_code() -> None:
    _, *table = (row for row in rows(page("reference/presets.md")) if len(row) > 3)
    units = {"ms": 1e-3, "KiB": 1 << 10, "MiB": 1 << 20}

    def number(text: str) -> float:
        value, unit = text.split()
        return float(value) * units[unit]

    assert [row[0] for row in table] == list(PRESETS)
    for row, preset in zip(table, PRESETS.values(), strict=True):
        assert len(row) == len(dataclasses.fields(preset))
        _, blocks, samples, least, longest, cold, whole, most, trials, campaigns = row
        assert (int(blocks), int(samples)) == (preset.blocks, preset.samples)
        assert number(least) == preset.sample_seconds
        assert (None if longest == "any" else number(longest)) == preset.longest_repetition_seconds
        # the plan measures nothing cold below 16 KiB
        from_bytes = None if preset.cold_from_bytes is None else max(preset.cold_from_bytes, 1 << 14)
        assert (None if cold == "never" else number(cold)) == from_bytes
        assert whole == ("yes" if preset.whole_machine else "no")
        assert (None if most == "any" else int(most)) == preset.most_cells
        assert int(trials.replace(",", "")) == preset.trials
        assert campaigns == ("full" if preset.every_code else "short")


def test_the_campaigns_are_those_of_the_code() -> None:
    text = page("reference/presets.md")
    _, *short = rows(section(text, "short"))
    assert {name: tuple(models.split(", ")) for name, models in short} == SHORT
    full = section(text, "full")
    _, *table = rows(full)
    of_bits, of_devices = (tuple(models.split(", ")) for _, models in table)
    sizes = {int(bits) for bits in re.findall(r"\d+", table[0][0])}
    assert {
        name: of_devices if known.family is CHIPKILL else of_bits
        for name, known in CODES.items()
        if known.family is CHIPKILL or (known.k in sizes and known.linear.symbol_bits == 1)
    } == FULL
    families = {known.family.name for name, known in CODES.items() if name in FULL}
    assert all(family.replace("-", " ") in re.sub("[-`]", " ", full.lower()) for family in families)
    assert f"That is {sum(map(len, FULL.values()))} campaigns" in full


def documented_constants() -> list[tuple[str, str]]:
    """(path, value) of every constant in the tables of the two pages that explain them."""
    tables = [row for name in ("methodology.md", "architecture.md") for row in rows(page(name))]
    return [(row[0], row[1]) for row in tables if row[0].startswith("benchsuite.") and len(row) == 2]


@pytest.mark.parametrize(
    ("path", "value"), documented_constants(), ids=[path for path, _ in documented_constants()]
)
def test_a_documented_constant_has_the_value_of_the_code(path: str, value: str) -> None:
    module, _, constant = path.rpartition(".")
    assert repr(getattr(importlib.import_module(module), constant)) == value


@pytest.mark.parametrize("package", ["analyse", "host", "inject", "measure"])
def test_every_public_number_of_the_methods_is_documented(package: str) -> None:
    root = importlib.import_module(f"benchsuite.{package}")
    names = [found.name for found in pkgutil.iter_modules(root.__path__, f"{root.__name__}.")]
    defined = {
        f"{name}.{constant}"
        for name in names
        for constant in re.findall(
            r"^([A-Z][A-Z0-9_]*)\b.* = ", inspect.getsource(importlib.import_module(name)), re.MULTILINE
        )
        if isinstance(getattr(importlib.import_module(name), constant), int | float)
    }
    assert defined
    assert defined - {path for path, _ in documented_constants()} == set()


def test_every_flag_has_a_row_with_its_letter_and_a_remedy() -> None:
    heading, *table = (
        row for row in rows(section(page("methodology.md"), "Flags, never deletions")) if len(row) == 6
    )
    assert heading == ["letter", "flag", "what", "how it is found", "threshold", "remedy"]
    assert {row[1]: row[0] for row in table} == {flag: letter for flag, (letter, _) in LEGEND.items()}
    assert len({letter for letter, _ in LEGEND.values()}) == len(LEGEND)
    assert {row[1] for row in table} == set(FLAGS)
    assert all(all(row) for row in table)


def test_every_file_named_in_backquotes_exists() -> None:
    for document in PAGES:
        text = re.sub(
            r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for path in re.findall(r"`((?:benchsuite|tests|docs)/[\w/.-]+)`", text):
            assert (ROOT / path).exists(), f"{document.name} names {path}"


def commands() -> Iterator[tuple[str, Any]]:
    """``benchsuite``, and every command below it."""

    def below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(f"{path} {name}", inner)

    yield from below("benchsuite", typer.main.get_command(command_line.app))


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=[path for path, _ in commands()])
def test_every_argument_and_option_of_every_command_is_documented(path: str, command: Any) -> None:
    text = section(page("reference/cli.md"), path)
    documented = {row[0].split()[0].rstrip("…") for row in rows(text)} - {"option", "argument"}
    names = {
        parameter.metavar.rstrip("…") if parameter.metavar and not parameter.opts[0].startswith("-") else name
        for parameter in command.params
        for name in parameter.opts
    }
    assert documented == names - OPTIONS_OF_EVERY_COMMAND


def test_every_command_of_the_page_exists() -> None:
    documented = {t for t in titles(page("reference/cli.md")) if t.startswith("benchsuite")}
    assert documented == {path for path, _ in commands()}


@pytest.mark.parametrize(
    ("path", "option", "named"),
    [
        ("benchsuite run", "--preset", choices.PresetName),
        ("benchsuite run", "--suite", choices.Suite),
        ("benchsuite run", "--scope", choices.Scope),
        ("benchsuite run", "--pool", choices.Pool),
        ("benchsuite list", "what", choices.Listing),
        ("benchsuite compare", "--fail-on", choices.FailOn),
        ("benchsuite code import", "--kind", code_app.KindName),
        ("benchsuite code import", "--masks", code_app.MasksName),
    ],
)
def test_every_choice_is_documented(path: str, option: str, named: Any) -> None:
    text = section(page("reference/cli.md"), path)
    (line,) = [line for line in text.splitlines() if line.startswith(f"| `{option}")]
    assert not [choice.value for choice in named if f"`{choice.value}`" not in line]


def test_every_exit_code_is_documented() -> None:
    codes = {value for name, value in vars(ending).items() if name.isupper() and isinstance(value, int)}
    documented = {row[0] for row in rows(section(page("reference/cli.md"), "Exit codes"))} - {"code"}
    assert documented == {str(code) for code in codes}


def test_every_built_in_format_is_documented() -> None:
    from benchsuite.report.formats import FORMATS

    text = section(page("reference/cli.md"), "benchsuite report")
    assert not [name for name in FORMATS if f"`{name}`" not in text]


def code_lines(text: str) -> Iterator[str]:
    """Lines of fenced shell blocks and of indented blocks, and what stands in backquotes."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"^ {4}(\S.*)$", prose, re.MULTILINE)
    yield from re.findall(r"`(benchsuite [^`]+)`", prose)


def command_lines() -> Iterator[tuple[str, str]]:
    for document in PAGES:
        for line in code_lines(document.read_text(encoding="utf-8")):
            found = re.search(r"(?:^|&& |uv run |\w=\S+ )benchsuite( .*)?$", line)
            if found and "…" not in line:
                yield document.name, (found[1] or "").strip()


@pytest.mark.parametrize(("document", "line"), list(command_lines()))
def test_every_command_line_in_the_docs_is_one(document: str, line: str) -> None:
    command, arguments = typer.main.get_command(command_line.app), shlex.split(line, comments=True)
    if arguments[:1] == ["cuda"]:  # of a plugin, whose parser is its own
        assert explain.parser().parse_args(arguments[1:])
        return
    while hasattr(command, "commands") and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        assert name in command.commands, f"{document}: benchsuite {line}"
        command = command.commands[name]
    context = command.make_context("benchsuite", arguments)  # parses and converts; runs nothing
    assert set(context.params.get("workloads") or ()) <= {workload.id for workload in WORKLOADS}
    named = context.params.get("code") or []
    codes = {named} if isinstance(named, str) else set(named)
    assert {name for name in codes if not name.endswith(".json")} <= {*CODES, *NAMES, *SHORT_NAMES, *TARGETS}


def test_the_docs_do_show_command_lines() -> None:
    shown = {line.split()[0] for _, line in command_lines() if line}
    assert shown >= {"run", "list", "verify", "inject", "report", "doctor", "results"}


def slug(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_relative_link_resolves(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]*(?:\([^)]*\))?[^)\s]*)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), f"{document.name}: {target}"
        assert file.is_relative_to(ROOT), f"{document.name}: {target}"
        if anchor:
            assert anchor in {slug(title) for title in titles(file.read_text(encoding="utf-8"))}, target


def test_every_page_is_reachable_from_the_index() -> None:
    seen, ahead = set(), [ROOT / "docs/index.md"]
    while ahead:
        document = ahead.pop()
        if document in seen or document.suffix != ".md":
            continue
        seen.add(document)
        links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
        ahead += [(document.parent / link).resolve() for link in links if not link.startswith("http")]
    assert {p for p in PAGES if p.is_relative_to(ROOT / "docs")} <= seen


def test_what_cuda_says_without_cupy_is_in_the_how_to() -> None:
    def load() -> Any:
        raise ModuleNotFoundError(name="cupy")

    with pytest.raises(api.Unavailable) as unavailable:
        probe_cuda(load)
    reason, _, remedy = str(unavailable.value).partition(": ")
    assert [reason, remedy] in [row[1:] for row in rows(page("how-to.md"))]


def probed(registry: Registry, backend: str, *extra: str) -> tuple[Origin, Probe]:
    source = origin(registry, backend)
    return source, probe_all([source])[backend][0]


def test_the_counts_of_the_tutorial_are_what_a_campaign_gives() -> None:
    found = re.search(r"`(\w+)` counts ([\d,]+) detected and ([\d,]+) miscorrected", page("tutorial.md"))
    assert found
    registry, code = discover(), CODES["hsiao-72-64"]
    source, probe = probed(registry, found[1])
    way = find_way(registry, found[1], probe, code)
    assert not isinstance(way, NoWay)
    tally = run_campaign(
        Campaign(code=code, model=parse_model("flips:3", registry), seed=1, trials=100_000),
        source,
        way,
        registry,
        record=lambda line: None,
        progress=lambda trials, total: None,
    )
    detected, miscorrected = (int(number.replace(",", "")) for number in found.groups()[1:])
    assert {k: v for k, v in tally.outcomes.items() if v} == {
        "detected": detected,
        "miscorrected": miscorrected,
    }
