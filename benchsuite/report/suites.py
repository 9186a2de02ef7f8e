"""Which tables a report has."""

from __future__ import annotations

from collections.abc import Iterable

from benchsuite.record.fault import Fault
from benchsuite.record.protection import Protection
from benchsuite.record.types import Line, Planned, Tally
from benchsuite.report.calls import floor_table, latency_table
from benchsuite.report.faults import fault_table
from benchsuite.report.outcomes import injection_table
from benchsuite.report.protection import protection_table
from benchsuite.report.sweeps import sweep_tables
from benchsuite.report.tables import Table, split_runs, throughput_table


def tables(lines: Iterable[Line], baseline: str | None = None) -> list[Table]:
    """The tables of every run among ``lines``, in order; those that a run has nothing for are left out.

    Ratios are to the backend ``baseline`` where it was measured; see ``analyse.derive.comparisons``.
    """
    found = []
    for run in split_runs(lines):
        if any(isinstance(line, Protection) for line in run):
            found.append(protection_table(run))
        elif any(isinstance(line, Planned) for line in run):
            found.append(throughput_table(run, baseline))
            found += [table for table in (latency_table(run), floor_table(run)) if table.rows]
        if any(isinstance(line, Tally) and not line.data_bytes for line in run):
            found += [injection_table(run), *sweep_tables(run)]
        if any(isinstance(line, Fault) for line in run):
            found.append(fault_table(run))
    return found
