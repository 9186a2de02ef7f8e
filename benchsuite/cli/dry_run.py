"""``benchsuite run --dry-run``: the plan, and what it will take, tried once here and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import msgspec

from benchsuite.analyse.looks import MOST_BLOCKS
from benchsuite.cli.ending import printable
from benchsuite.cli.output import show_object
from benchsuite.cli.progress import Reporter
from benchsuite.cli.session import Session
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.pilot import try_campaigns
from benchsuite.inject.ways import find_way
from benchsuite.measure.estimate import estimate
from benchsuite.measure.pilot import seconds_so_far, try_out
from benchsuite.measure.run import Setup
from benchsuite.record.types import Planned, as_mapping
from benchsuite.report.numbers import binary_bytes, duration
from benchsuite.report.tables import told_device


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a run will take: an object of ``--json``, under ``estimate``."""

    cells: int
    """To be measured: neither refused, nor too slow for the preset."""
    campaigns: int
    blocks: int
    seconds: float
    memory_bytes: int
    """The most that all processes hold at once."""
    disk_bytes: int


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What trying a plan has shown; ``refused``: by cell, why a planned one cannot be measured."""

    expected: Expected
    refused: Mapping[str, str]


def expect(
    setup: Setup,
    rows: Sequence[Planned],
    campaigns: Sequence[Campaign],
    session: Session,
    reporter: Reporter,
) -> Tried:
    """Try every cell and a block of every campaign; record nothing."""
    started = seconds_so_far()
    trial = try_out(setup, rows)
    throughput = estimate(rows, trial, setup.preset)
    injections = [
        try_campaigns(
            [(c, find_way(session.registry, name, probe, c.code)) for c in campaigns],
            session.origins[name],
            lambda label: reporter.step("estimating", 0, None, label),
        )
        for name, probe in sorted(session.probes.items())
        if not probe.unavailable
    ]
    injecting = trial.parent_bytes + sum(i.worker_bytes for i in injections)
    expected = Expected(
        cells=throughput.cells,
        campaigns=sum(i.campaigns for i in injections),
        blocks=setup.preset.blocks,
        seconds=started + throughput.seconds + sum(i.seconds for i in injections),
        memory_bytes=max(throughput.memory_bytes, injecting),
        disk_bytes=throughput.disk_bytes,
    )
    return Tried(expected=expected, refused=trial.refused)


def print_plan(
    rows: Sequence[Planned], tried: Tried, refused: Sequence[str], *, setup: Setup, json: bool
) -> None:
    """Every cell with its status, then what the run will take; ``refused``: why it would not begin."""
    rows = [msgspec.structs.replace(row, reason=tried.refused.get(row.cell, row.reason)) for row in rows]
    expected = tried.expected
    if json:
        plan: dict[str, object] = {"preset": setup.preset.name, "planned": [as_mapping(row) for row in rows]}
        show_object("run", plan | {"estimate": asdict(expected), "refused": list(refused)})
        return
    for row in rows:
        refusal = ", but refused" if row.status == "planned" else ""
        reason = f"{refusal}: {row.reason}" if row.reason else ""
        print(printable(f"{row.backend:<12} {_label(row, rows):<60} {row.status}{reason}"))
    print(f"\n{_counts(expected)}: {_costs(expected)}")
    if setup.looks is not None:
        print(f"and up to {MOST_BLOCKS} times as many blocks where --precision wants them")


def _label(row: Planned, rows: Sequence[Planned]) -> str:
    parts = [row.label, row.pool, row.scope, *filter(None, [told_device(row, rows)])]
    parts += [f"{n} {name}" for n, name in ((row.threads, "threads"), (row.processes, "processes")) if n > 1]
    return ", ".join(parts + ["A/A twin"] * bool(row.twin))


def _counts(expected: Expected) -> str:
    cells = f"{expected.cells} cells to measure in {expected.blocks} blocks"
    return f"{cells}, {expected.campaigns} campaigns to inject"


def _costs(expected: Expected) -> str:
    return (
        f"about {duration(expected.seconds)}, {binary_bytes(expected.memory_bytes)} of memory, "
        f"{binary_bytes(expected.disk_bytes)} of disk (by trying each once)"
    )
