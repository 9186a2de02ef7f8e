"""The lines of a run file. Every line is one of these structs; numbers are SI, the unit in the name."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from benchsuite.record.fault import Fault
from benchsuite.record.protection import Protection, Theory
from benchsuite.record.scalars import (
    Block,
    Confidence,
    Cost,
    Count,
    Denominator,
    GateOrBlock,
    Nanoseconds,
    Number,
    Numerator,
    Probability,
    Rate,
    Ratio,
    Repetitions,
    Seconds,
    Status,
)

SCHEMA = 1
CONTROL = 2
"""The ``twin`` of a cell that does more work than it counts: what an A/A test must find."""

PlannedStatus: TypeAlias = Literal["planned", "unavailable", "unsupported"]
Verdict: TypeAlias = Literal["faster", "slower", "same", "inconclusive", "too_few_blocks"]
Pool: TypeAlias = Literal["hot", "cold"]
Arrivals: TypeAlias = Literal["poisson", "fixed"]
Fact: TypeAlias = str | int | float | bool | list[str] | None

Outcome: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^(clean|corrected|detected|miscorrected|undetected|false_alarm|not_injected"
        "|detected_hiding_silent|silent|lost)$"
    ),
]
GateFlag: TypeAlias = Literal["not_steady"]
PressureFlag: TypeAlias = Literal[
    "steal", "psi", "waited", "throttled", "involuntary_switches", "swap", "thermal", "load"
]
"""What the machine did to a visit, by its counters."""
SeriesFlag: TypeAlias = Literal["drift", "outliers", "bimodal"]
"""What the visits of a cell show about each other."""
CrowdFlag: TypeAlias = Literal["contended"]
"""What a cell of several threads shows beside others."""
RooflineFlag: TypeAlias = Literal["above_roofline"]
"""What a row shows about the peaks of its run, or they about it."""
Flag: TypeAlias = GateFlag | PressureFlag | SeriesFlag | CrowdFlag | RooflineFlag
FLAGS: tuple[str, ...] = tuple(flag for kind in get_args(Flag) for flag in get_args(kind))
VisitFlag: TypeAlias = Annotated[
    str, Meta(pattern=f"^(wrong: |({'|'.join((*get_args(PressureFlag), 'bimodal'))})$)")
]


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
    notes: list[str] = []
    """What it did to the process while it was loaded."""


class DeviceFacts(_Part, frozen=True, kw_only=True):
    backend: str
    id: str
    facts: dict[str, Fact]


class Run(_Line, tag="run", frozen=True, kw_only=True):
    """The first line."""

    schema: int
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
    threads: Number
    processes: Number
    twin: Annotated[int, Meta(ge=0, le=2)]
    """0, 1 for the second label of an A/A pair, or CONTROL."""


class WorkDone(_Part, frozen=True, kw_only=True):
    items: Number
    unit: str
    payload_bytes: Count
    bytes_in: Count
    bytes_out: Count


class Planned(Identity, tag="planned", tag_field="type", frozen=True, kw_only=True):
    cell: str
    status: PlannedStatus
    reason: str = ""
    work: WorkDone
    slots: Number = 1
    """Of its pool; 1 in files of versions that did not say."""


class Gate(_Line, tag="gate", frozen=True, kw_only=True):
    """The verdict on correctness, and the calibration frozen for the run."""

    cell: str
    status: Status
    reason: str = ""
    checked_calls: Count
    output_sha256: str | None = None
    first_call_seconds: Cost | None = None
    repetitions: Annotated[int, Meta(ge=0, le=10**12)] = 0
    """k: a sample times between k and 1.25 k repetitions."""
    slots: Number = 1
    replayed: bool = False
    """Whether the device replays recordings of repetitions, as they are too short to be called one by one."""
    flags: list[GateFlag] = []


class Pressure(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """What a visit met, warm-up and audit included; None where the machine does not count it.

    Of several processes in one visit: of each rush the most that one of them met, summed over the rushes.
    """

    seconds: Cost
    """Of wall time, over which everything here was counted."""
    capacity_seconds: Cost | None = None
    """``seconds`` times the CPUs that the worker may use."""
    steal_seconds: Cost | None = None
    """Taken from those CPUs by the hypervisor, in ticks of 10 ms."""
    stalled_seconds: Cost | None = None
    """In which some task of the control group, or of the system, waited for a CPU (PSI)."""
    waited_seconds: Cost | None = None
    """That the worker's own threads were ready to run and had no CPU."""
    throttled_periods: Count | None = None
    throttled_seconds: Cost | None = None
    """By the quotas of the control groups around the worker, summed over CPUs."""
    involuntary_switches: Count | None = None
    """Of the worker."""
    major_faults: Count | None = None
    """Of the worker: pages that had to come from a disk."""
    swapped_pages: Count | None = None
    """Of the whole machine, in and out."""
    thermal_events: Count | None = None
    """Times that an allowed core was slowed for its heat."""
    contending_seconds: Cost | None = None
    """CPU time that other runnable tasks could have asked of the allowed CPUs, by what ran at both ends."""


class DeviceReading(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """What a device said of itself between samples; None where it does not tell."""

    sm_clock_hertz: Rate | None = None
    memory_clock_hertz: Rate | None = None
    power_watts: Rate | None = None
    temperature_celsius: float | None = None
    pcie_link: str | None = None
    """Such as "gen5 x16"; a link that rests may be slower."""
    throttled: str | None = None
    """Why it is slower than it could be; empty where nothing holds it back."""


class Samples(_Line, tag="samples", frozen=True, kw_only=True):
    """One visit. Seconds are of the whole sample; ``repetitions`` beside them."""

    cell: str
    block: Block
    position: Count
    repetitions: list[Repetitions]
    wall_seconds: list[Seconds]
    cpu_seconds: list[Cost]
    output_sha256: str | None
    flags: list[VisitFlag] = []
    audit_draws: list[str] = []
    """What the audit drew (hexadecimal), recorded afterwards."""
    pressure: Pressure | None = None
    """None in files of versions that did not count it."""
    device_readings: list[DeviceReading] = []
    """Before the samples, between each two, and after them; none of devices that tell nothing."""


class Load(_Part, frozen=True, kw_only=True):
    """Calls that arrive at times of their own, whether or not the last one is over."""

    asked: Annotated[str, Meta(pattern="^[0-9.]+(/s|%)$")]
    """So many a second, or that share of what the visit's samples did."""
    arrivals: Arrivals
    offered_per_second: Rate
    seconds: Seconds
    """From the first arrival to the last answer."""
    idle_seconds: Cost
    """Of these, waited for an arrival."""


class Latency(_Line, tag="latency", frozen=True, kw_only=True):
    """Single calls of a visit, each timed by itself: back to back, or under a load from its arrival on."""

    cell: str
    block: Block
    load: Load | None = None
    calls: Number
    clock_nanoseconds: Count
    """What the clock shows of nothing; not subtracted."""
    histogram: list[tuple[Nanoseconds, Number]]
    """(nanoseconds, rounded to 0.8 %; calls), ascending."""


class Lost(_Line, tag="lost", frozen=True, kw_only=True):
    """A visit (or, in block -1, a gate) that a crash, hang or lack of memory cost."""

    cell: str
    block: GateOrBlock
    reason: str
    signal: str | None = None


class Summary(_Part, frozen=True, kw_only=True):
    """Seconds of one repetition: the median over blocks of the visits' medians, with its interval."""

    blocks: Number
    seconds: Seconds
    seconds_low: Seconds | None
    seconds_high: Seconds | None
    confidence: Confidence
    bytes_per_second: Rate
    items_per_second: Rate
    roofline: Rate | None = None
    """The share of ``seconds`` in which its bytes could be read and copied; None without peaks in the run."""


class Scaling(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """How far several threads of one process come, which the GIL or a lock of the engine may hold back.

    Beside as many processes where the run has measured those too; else by the CPU time that they got. Both in
    visits without a flag: on a busy machine processes get a larger share of it than threads.
    """

    of_processes: Ratio | None = None
    """Their rate by that of the processes, the least of a visit each, paired by block; with its interval."""
    of_processes_low: Ratio | None = None
    of_processes_high: Ratio | None = None
    of_cpu_time: Rate | None = None
    """CPU seconds by wall seconds and threads."""


class Cell(Identity, tag="cell", tag_field="type", frozen=True, kw_only=True):
    """One finished row, derived from planned, gate, samples and lost."""

    cell: str
    status: Status
    reason: str = ""
    work: WorkDone | None = None
    first_call_seconds: Cost | None = None
    summary: Summary | None = None
    scaling: Scaling | None = None
    """Of several threads only."""
    output_sha256: str | None = None
    flags: list[str] = []


class OfCampaign(_Part, frozen=True, kw_only=True):
    """What makes a campaign a campaign."""

    case: Case
    case_key: str
    label: str
    backend: str
    model: str
    seed: int
    exhaustive: bool = False
    """Whether a trial is a pattern, in lexicographic order, instead of a draw."""
    codewords: Annotated[int, Meta(ge=1, le=4096)] = 1
    """Of a trial: more than one are an access."""
    data_bytes: Count = 0
    """Of an object, which is then a trial: ``label`` is its protection; 0 where a trial is none."""
    rare: bool = False
    """Whether trials are spread over numbers of flips, and counts to be weighted."""


class Stratum(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """Trials of one number of flips, in a tally that is spread over them; the last may have more flips.

    With ``patterns`` all of them are gone through, with a ``share`` some are drawn, without both none.
    """

    flips: Count
    probability: Probability
    """That the model flips so many."""
    patterns: Count = 0
    share: Probability = 0.0
    """Of the trials that are drawn, and of what the interval may err."""
    trials: Count = 0
    outcomes: dict[Outcome, Count] = {}


class Tally(OfCampaign, tag="tally", tag_field="type", frozen=True, kw_only=True):
    """Counts of outcomes over trials ``first_trial ... first_trial + trials - 1``."""

    first_trial: Count
    trials: Count
    outcomes: dict[Outcome, Count]
    codeword_outcomes: dict[Outcome, Count] = {}
    """Of the codewords of accesses, each by itself."""
    theory: dict[Outcome, Theory] = {}
    """Of objects, in place of ``exact``: what is known."""
    fused: bool = False
    """Whether the backend injected by itself, in one go, instead of through its encoder and decoder."""
    strata: list[Stratum] = []
    """The counts by number of flips, where trials are spread over them."""
    exact: dict[Outcome, tuple[Numerator, Denominator, Probability]] | None = None
    """Outcome -> (numerator, denominator, value): decimal strings, since counts exceed 2^53.

    ``lost`` is whatever is neither untouched nor corrected, where no formula tells what becomes of it. A
    fraction too long to be written is rounded to 40 digits; the value is rounded from the fraction itself.
    """
    status: Status = "measured"
    reason: str = ""


class Trial(OfCampaign, tag="trial", tag_field="type", frozen=True, kw_only=True):
    """One trial, logged for its outcome; data, flips and answer follow from the campaign and its number."""

    trial: Count
    outcome: Outcome
    flipped: list[Count]
    """Positions, increasing; in an access those of one codeword after another."""


class Comparison(_Line, tag="comparison", frozen=True, kw_only=True):
    """``ratio`` is baseline seconds over contender seconds: above 1, the contender is faster."""

    case_key: str
    baseline: str
    contender: str
    """Cell ids."""
    ratio: Ratio
    ratio_low: Ratio | None
    ratio_high: Ratio | None
    confidence: Confidence
    comparisons: Number
    verdict: Verdict


Line: TypeAlias = (
    Run | Planned | Gate | Samples | Latency | Lost | Cell | Tally | Trial | Fault | Protection | Comparison
)


def as_mapping(line: Line) -> dict[str, Any]:
    """The line as plugins see it: plain dictionaries with the keys of the file."""
    mapping = msgspec.to_builtins(line)
    assert isinstance(mapping, dict)
    return mapping
