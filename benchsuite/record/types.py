"""The lines of a run file. Every line is one of these structs; numbers are SI, the unit in the name."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

SCHEMA = 1

Status: TypeAlias = Literal["measured", "unavailable", "unsupported", "failed", "wrong", "timeout"]
PlannedStatus: TypeAlias = Literal["planned", "unavailable", "unsupported"]
Verdict: TypeAlias = Literal["faster", "slower", "same", "inconclusive", "too_few_blocks"]
Pool: TypeAlias = Literal["hot", "cold"]
Fact: TypeAlias = str | int | float | bool | list[str] | None


class _Line(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Case(_Part, frozen=True, kw_only=True):
    """What is computed: no backend, host or title in it. All ``params``, floats as decimal strings."""

    workload: str
    version: int
    params: dict[str, int | str]


class PluginFacts(_Part, frozen=True, kw_only=True):
    name: str
    version: str
    status: Literal["loaded", "broken", "blocked", "conflict"]
    error: str = ""


class DeviceFacts(_Part, frozen=True, kw_only=True):
    backend: str
    id: str
    facts: dict[str, Fact]


class Run(_Line, tag="run", frozen=True, kw_only=True):
    """The first line."""

    schema: int = SCHEMA
    id: str
    suite_version: str
    argv: list[str]
    seed: int
    preset: str
    started: str
    """UTC, ISO 8601, seconds."""
    machine: dict[str, Fact]
    plugins: list[PluginFacts]
    devices: list[DeviceFacts]


class Identity(_Part, frozen=True, kw_only=True):
    """What makes a row a row."""

    case: Case
    case_key: str
    label: str
    backend: str
    variant: str
    constant_time: str
    device: str
    scope: str
    pool: Pool
    threads: int
    processes: int
    twin: int
    """0, or 1 for the second label of an A/A pair."""


class WorkDone(_Part, frozen=True, kw_only=True):
    items: int
    unit: str
    payload_bytes: int
    bytes_in: int
    bytes_out: int


class Planned(Identity, tag="planned", tag_field="type", frozen=True, kw_only=True):
    cell: str
    status: PlannedStatus
    reason: str = ""
    work: WorkDone


class Gate(_Line, tag="gate", frozen=True, kw_only=True):
    """The verdict on correctness, and the calibration frozen for the run."""

    cell: str
    status: Status
    reason: str = ""
    checked_calls: int
    output_sha256: str | None = None
    first_call_seconds: float | None = None
    repetitions: int = 0
    """k: a sample times between k and 1.25 k repetitions."""
    slots: int = 1
    flags: list[str] = []


class Samples(_Line, tag="samples", frozen=True, kw_only=True):
    """One visit. Seconds are of the whole sample; ``repetitions`` beside them."""

    cell: str
    block: int
    position: int
    repetitions: list[int]
    wall_seconds: list[float]
    cpu_seconds: list[float]
    output_sha256: str | None
    flags: list[str] = []
    audit_draws: list[str] = []
    """What the audit drew (hexadecimal), recorded afterwards."""


class Lost(_Line, tag="lost", frozen=True, kw_only=True):
    """A visit (or, in block -1, a gate) that a crash, hang or lack of memory cost."""

    cell: str
    block: int
    reason: str
    signal: str | None = None


class Summary(_Part, frozen=True, kw_only=True):
    """Seconds of one repetition: the median over blocks of the visits' medians, with its interval."""

    blocks: int
    seconds: float
    seconds_low: float | None
    seconds_high: float | None
    confidence: float
    bytes_per_second: float
    items_per_second: float
    roofline: float | None = None


class Cell(Identity, tag="cell", tag_field="type", frozen=True, kw_only=True):
    """One finished row, derived from planned, gate, samples and lost."""

    cell: str
    status: Status
    reason: str = ""
    work: WorkDone | None = None
    first_call_seconds: float | None = None
    summary: Summary | None = None
    output_sha256: str | None = None
    flags: list[str] = []


class Tally(_Line, tag="tally", frozen=True, kw_only=True):
    """Counts of outcomes over trials ``first_trial ... first_trial + trials - 1``."""

    case: Case
    case_key: str
    label: str
    backend: str
    model: str
    seed: int
    exhaustive: bool = False
    """Whether a trial is a pattern, in lexicographic order, instead of a draw."""
    first_trial: int
    trials: int
    outcomes: dict[str, int]
    exact: dict[str, tuple[str, str, float]] | None = None
    """Outcome -> (numerator, denominator, value): decimal strings, since counts exceed 2^53."""
    status: Status = "measured"
    reason: str = ""


class Comparison(_Line, tag="comparison", frozen=True, kw_only=True):
    """``ratio`` is baseline seconds over contender seconds: above 1, the contender is faster."""

    case_key: str
    baseline: str
    contender: str
    """Cell ids."""
    ratio: float
    ratio_low: float | None
    ratio_high: float | None
    confidence: float
    comparisons: int
    verdict: Verdict


Line: TypeAlias = Run | Planned | Gate | Samples | Lost | Cell | Tally | Comparison


def as_mapping(line: Line) -> dict[str, Any]:
    """The line as plugins see it: plain dictionaries with the keys of the file."""
    mapping = msgspec.to_builtins(line)
    assert isinstance(mapping, dict)
    return mapping
