"""``benchsuite doctor --aa``: can this machine tell equal code from equal code, and what else can it tell?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchsuite.analyse.aa import findings
from benchsuite.cli.ending import BAD, GOOD, INTERRUPTED, NOTHING
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.progress import Reporter
from benchsuite.cli.run import UNKNOWN_CACHE_BYTES
from benchsuite.cli.session import Recorder, Session, create, head, open_session, say
from benchsuite.host.cases import Selection, select
from benchsuite.host.plan import plan
from benchsuite.host.presets import AA
from benchsuite.measure.aa import measure_aa
from benchsuite.measure.run import Setup
from benchsuite.record.types import Line, Planned
from benchsuite.report.aa import aa_findings


def aa_command(
    *,
    comparisons: int,
    seed: int,
    output: Path | None,
    plugins: Sequence[str],
    blocked: Sequence[str],
    json: bool,
) -> int:
    """Measure, print the findings; exit code 1 where there are more false alarms than chance explains."""
    session = open_session([], plugins=plugins, blocked=blocked)
    rows = _cases(session)
    if not rows:
        say("no backend that works here has a case to compare: see benchsuite doctor")
        return NOTHING
    run = head(
        session,
        argv=["doctor", "--aa", "--comparisons", str(comparisons), "--seed", str(seed)],
        seed=seed,
        preset=AA.name,
    )
    interrupted = False
    with create(run, output) as writer:
        record = Recorder(writer, [run])
        try:
            with Reporter() as reporter:
                setup = _setup(session, seed, record, reporter.step)
                measure_aa(setup, rows, comparisons)
        except KeyboardInterrupt:
            interrupted = True
    code = show_aa(record.lines, command="doctor", json=json, file=str(writer.path))
    say(f"{'interrupted; what was measured is in' if interrupted else 'written to'} {writer.path}")
    return INTERRUPTED if interrupted else code


def show_aa(lines: Sequence[Line], *, command: str, json: bool, file: str) -> int:
    """Print what the lines of an A/A test say; the exit code."""
    found = findings(lines, AA.blocks)
    checks = list(aa_findings(found))
    if json:
        show_object(command, {"checks": [c._asdict() for c in checks], "aa": asdict(found), "file": file})
    else:
        show_rows(["check", "status", "found", "remedy"], checks)
    return BAD if any(check.status == "failed" for check in checks) else GOOD


def _cases(session: Session) -> list[Planned]:
    """Every hot case of the preset by every backend that works here; the gate leaves the fast ones."""
    selection = Selection()
    rows = plan(
        session.registry,
        select(session.registry, selection, "quick"),
        session.probes,
        selection,
        cold_from_bytes=AA.cold_from_bytes,
        last_cache_bytes=UNKNOWN_CACHE_BYTES,
    )
    return [row for row in rows if row.status == "planned" and not row.twin]


def _setup(
    session: Session, seed: int, record: Recorder, progress: Callable[[str, int, int, str], None]
) -> Setup:
    return Setup(
        registry=session.registry,
        origins=session.origins,
        preset=AA,
        seed=seed,
        record=record,
        progress=progress,
    )
