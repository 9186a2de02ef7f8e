"""How fast each backend protects: the times of the cases that a batch of objects takes, added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchsuite.analyse.derive import cells
from benchsuite.record.protection import Protection
from benchsuite.record.types import Cell, Line, Tally


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Data a second; the interval is that of the only case, or of several the sum of their ends."""

    bytes_per_second: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A protection on one backend. A pace is None where any of its cases has no verified figure."""

    name: str
    backend: str
    data_bytes: int
    stored_bits: int
    encode: Pace | None
    decode: Pace | None
    repair: Pace | None
    flags: tuple[str, ...]
    """Of any of its cases."""

    @property
    def overhead(self) -> float:
        """What is stored beyond the data, by the data."""
        return self.stored_bits / (8 * self.data_bytes) - 1


def protections(lines: Sequence[Line]) -> Iterator[Protected]:
    """One for each protection of a run and backend that counted for it, in the order of the file."""
    timed = {(cell.case_key, cell.backend): cell for cell in cells(lines) if cell.summary and not cell.twin}
    counted: dict[tuple[str, int], dict[str, None]] = {}
    for line in lines:
        if isinstance(line, Tally) and line.status == "measured":
            counted.setdefault((line.label, line.data_bytes), {})[line.backend] = None
    for line in lines:
        if isinstance(line, Protection):
            for backend in counted.get((line.name, line.data_bytes), ()):
                steps = [
                    [timed.get((key, backend)) for key in keys]
                    for keys in (line.encode, line.decode, line.repair)
                ]
                encode, decode, repair = (_pace(some, line.batch * line.data_bytes) for some in steps)
                flags = {flag for some in steps for cell in some if cell for flag in cell.flags}
                yield Protected(
                    name=line.name,
                    backend=backend,
                    data_bytes=line.data_bytes,
                    stored_bits=line.stored_bits,
                    encode=encode,
                    decode=decode,
                    repair=repair,
                    flags=tuple(sorted(flags)),
                )


def _pace(steps: Sequence[Cell | None], data_bytes: int) -> Pace | None:
    times = [cell.summary for cell in steps if cell is not None and cell.summary is not None]
    if not times or len(times) < len(steps):
        return None
    slowest = [time.seconds_high for time in times if time.seconds_high is not None]
    fastest = [time.seconds_low for time in times if time.seconds_low is not None]
    sure = len(slowest) == len(fastest) == len(times)
    return Pace(
        bytes_per_second=data_bytes / sum(time.seconds for time in times),
        low=data_bytes / sum(slowest) if sure else None,
        high=data_bytes / sum(fastest) if sure else None,
    )
