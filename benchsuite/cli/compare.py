"""``benchsuite compare``: within one run file, or an old one against a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchsuite.analyse.derive import comparisons
from benchsuite.analyse.two_runs import TwoRuns, compare_runs
from benchsuite.cli.aa import show_aa
from benchsuite.cli.ending import BAD, GOOD, REGRESSION
from benchsuite.cli.files import read_run
from benchsuite.cli.output import show_object, show_tables
from benchsuite.cli.session import say
from benchsuite.host.plugins import UsageError
from benchsuite.host.presets import AA
from benchsuite.record.types import Line, Run, as_mapping
from benchsuite.report.compare import paired_table, unpaired_object, unpaired_tables

_WRONG = {"wrong", "failed", "timeout"}


def compare_command(files: Sequence[Path], *, fail_on_slower: bool, json: bool) -> int:
    """Print the comparisons; with ``fail_on_slower`` the exit code says whether a row got slower or wrong."""
    if len(files) > 2:
        raise UsageError(f"compare takes one file, or an old and a new one, not {len(files)}")
    runs = [read_run(file) for file in files]
    tests = [file for file, lines in zip(files, runs, strict=True) if _is_aa(lines)]
    if tests and len(files) == 2:
        raise UsageError(f"{tests[0]} is an A/A test, which has nothing to compare with another file")
    if tests:
        return show_aa(runs[0], command="compare", json=json, file=str(files[0]))
    if len(files) == 1:
        found = comparisons(runs[0])
        if json:
            shown = {"paired": True, "comparisons": [as_mapping(c) for c in found]}
            show_object("compare", {"files": [str(file) for file in files], **shown})
        else:
            show_tables([paired_table(runs[0])])
        return _ending((c.verdict for c in found), worse=False, fail_on_slower=fail_on_slower)
    old, new = runs
    between = compare_runs(old, new)
    if not between.rows and not json:
        say("the files have no row in common")
    if json:
        show_object("compare", {"files": [str(file) for file in files], **unpaired_object(between)})
    else:
        show_tables(unpaired_tables(old, new, between))
    verdicts = (row.verdict for row in between.rows)
    return _ending(verdicts, worse=_worse(between), fail_on_slower=fail_on_slower)


def _ending(verdicts: Iterable[str | None], *, worse: bool, fail_on_slower: bool) -> int:
    if not fail_on_slower:
        return GOOD
    if worse:
        return BAD
    return REGRESSION if "slower" in verdicts else GOOD


def _worse(found: TwoRuns) -> bool:
    """Whether a row that was measured came to grief."""
    return any(row.old.status == "measured" and row.new.status in _WRONG for row in found.rows)


def _is_aa(lines: Sequence[Line]) -> bool:
    return isinstance(lines[0], Run) and lines[0].preset == AA.name
