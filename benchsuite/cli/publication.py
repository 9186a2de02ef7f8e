"""What the preset for publication refuses: figures that nobody could make again, or should not trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchsuite.cli.check import Check
from benchsuite.record.machine.suite import is_checkout
from benchsuite.record.types import Fact, Planned

PRESET = "publication"


def refusals(
    facts: Mapping[str, Fact], checks: Iterable[Check], rows: Iterable[Planned], *, throughput: bool
) -> Iterator[str]:
    """One line for each reason, with its remedy; warnings of ``doctor`` are none."""
    if facts["suite_modified"] is None and is_checkout():
        yield f"the suite's checkout is unknown: {facts['suite_modified_reason']}: install git, or a wheel"
    elif facts["suite_modified"]:
        yield "the suite's checkout has changes that no commit holds: commit or stash them (git status)"
    for check in checks:
        if check.status == "failed":
            yield f"doctor: {check.name} failed: {check.found}: {check.remedy}"
    if throughput and not any(row.twin for row in rows):
        yield "no A/A pair: the selection has no hot cell of one process: leave --pool and --processes out"


def warnings(checks: Iterable[Check]) -> list[str]:
    """What ``doctor`` warned of, for the run file."""
    return [f"{check.name}: {check.found}" for check in checks if check.status == "warning"]
