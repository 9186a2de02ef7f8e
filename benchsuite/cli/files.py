"""``benchsuite report`` and ``benchsuite results``: what is done with run files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchsuite.analyse.problems import problems
from benchsuite.cli.ending import BAD, GOOD, printable
from benchsuite.cli.output import show, show_object
from benchsuite.cli.session import load, say
from benchsuite.host.cases import params_from
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.record import store
from benchsuite.record.types import Case, Line
from benchsuite.report.formats import FORMATS, render
from benchsuite.workloads.streams import case_key


def report_command(
    files: Sequence[Path],
    format_name: str,
    output: Path | None,
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
) -> int:
    """Print the report on ``files``, or write it to ``output``."""
    if output is not None and output.exists() and any(output.samefile(f) for f in files if f.exists()):
        raise UsageError(f"{output} is the run file itself: give another --output")
    lines = [line for file in files for line in _read(file)]
    formats = {} if format_name in FORMATS else load(plugins=plugins, blocked=blocked).formats
    if output is None and format_name == "table":
        show(lines, json=False, command="report")
        return GOOD
    try:
        text = render(lines, format_name, formats)
    except Exception as error:
        if format_name in formats:
            say(f"the report format {format_name} failed: {type(error).__name__}: {error}")
            return BAD
        if isinstance(error, ValueError):
            raise UsageError(str(error)) from None
        raise
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
        say(f"written to {output}")
    return GOOD


def validate_command(files: Sequence[Path], *, json: bool) -> int:
    """Print what is wrong with ``files``."""
    key = _case_keys(load(plugins=[], blocked=[]))
    checked = [_checked(file, key) for file in files]
    if json:
        show_object("results validate", {"files": [asdict(check) for check in checked]})
    for check in checked:
        for warning in check.warnings:
            say(f"{check.file}: {warning}")
        for line in check.problems or [f"valid, {check.lines} lines"]:
            if not json:
                print(printable(f"{check.file}: {line}"))
    return BAD if any(check.problems for check in checked) else GOOD


@dataclass(frozen=True)
class _Checked:
    file: str
    lines: int
    problems: list[str]
    warnings: list[str]


def _checked(file: Path, key: Callable[[Case], str | None]) -> _Checked:
    try:
        run = store.read(file)
    except store.BadRunFile as error:
        return _Checked(str(file), 0, [str(error)], [])
    return _Checked(str(file), len(run.lines), problems(run.lines, key), run.warnings)


def _read(file: Path) -> list[Line]:
    run = store.read(file)
    for warning in run.warnings:
        say(f"{file}: {warning}")
    if not run.lines:
        raise UsageError(f"{file} holds no run")
    return run.lines


def _case_keys(registry: Registry) -> Callable[[Case], str | None]:
    """The key of a case, or None where its workload is not installed in that version."""

    def key(case: Case) -> str | None:
        workload = registry.workloads.get(case.workload)
        if workload is None or workload.version != case.version:
            return None
        try:
            return case_key(workload, params_from(workload, case.params))
        except (TypeError, ValueError, KeyError):
            return "not a case of this workload"

    return key
