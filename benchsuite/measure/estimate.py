"""How long a run takes, and how much memory: arithmetic on what was tried once. Reads no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchsuite.host.presets import Preset
from benchsuite.measure.crew import Key
from benchsuite.measure.crowd import HEAD_START_SECONDS, WINDOW
from benchsuite.measure.gate import STEADY_SAMPLES, VARIED_SECONDS
from benchsuite.measure.probes import LEAST_ROUNDS, PROBE_SECONDS
from benchsuite.measure.sample import WARM_UPS
from benchsuite.record.types import Planned

BYTES_OF_A_VISIT = 1000  # of a samples line with all its counters, by those of a quick run
BYTES_OF_A_CELL = 2500  # of the planned, gate and cell lines and a comparison


@dataclass(frozen=True, kw_only=True)
class Pilot:
    """What one pool cost when it was tried once in a worker."""

    setup_seconds: float
    """Every slot prepared, run once and hashed."""
    vectors_seconds: float
    check_seconds: float
    """The oracle on one slot, as in the gate."""
    vary_seconds: float
    """A slot's inputs drawn anew."""
    calibration_seconds: float
    repetitions: int
    """k, as the gate would freeze it."""
    repetition_seconds: float
    audit_seconds: float
    """Of a sample, beside its repetitions."""
    overhead_seconds: float
    """Of a request, beside the worker's work: messages, counters, the record."""
    slots: int
    open_bytes: int
    """The worker's own memory while the pool was open."""
    resting_bytes: int
    """The same when it was closed."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What trying every cell once has shown."""

    pilots: Mapping[str, Pilot]
    """By cell; one that could not be tried is missing."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Why not, by cell."""
    inputs_seconds: float
    """To make the inputs of all cases."""
    inputs_bytes: int
    crew_seconds: float
    """To start and to end the workers of a block."""
    parent_bytes: int


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Of measuring, not of injecting."""

    cells: int
    seconds: float
    memory_bytes: int
    """The most that the process and its workers hold at once."""
    disk_bytes: int


def is_too_slow(pilot: Pilot, preset: Preset) -> bool:
    """Whether the gate will leave the cell to a longer preset."""
    longest = preset.longest_repetition_seconds
    return longest is not None and pilot.repetition_seconds > longest


def sample_seconds(pilot: Pilot) -> float:
    """A sample and its audit; the number of repetitions is drawn from k to 1.25 k."""
    k = pilot.repetitions
    return (k + max(k // 4, 1) / 2) * pilot.repetition_seconds + pilot.audit_seconds


def visit_seconds(pilot: Pilot, preset: Preset, processes: int) -> float:
    """One visit: of several processes, a warm-up and then windows that all have in common."""
    begun = pilot.overhead_seconds + pilot.setup_seconds
    if processes == 1:
        return begun + (WARM_UPS + preset.samples) * sample_seconds(pilot)
    window = max(WINDOW * preset.sample_seconds, pilot.repetition_seconds)
    rush = pilot.overhead_seconds + HEAD_START_SECONDS + window + pilot.audit_seconds / 2
    return begun + sample_seconds(pilot) + preset.samples * rush


def gate_seconds(pilot: Pilot, preset: Preset) -> float:
    """What a cell costs before its first visit."""
    call = pilot.repetition_seconds + pilot.check_seconds
    seconds = (
        pilot.overhead_seconds
        + pilot.setup_seconds
        + pilot.vectors_seconds
        + pilot.slots * pilot.check_seconds
        + max(VARIED_SECONDS + call / 2, 2 * call)
        + pilot.calibration_seconds
    )
    if is_too_slow(pilot, preset):
        return seconds
    audit = pilot.audit_seconds / 2
    k, asked = pilot.repetitions, 4 * pilot.repetition_seconds + 3 * (pilot.vary_seconds + audit)
    often = 2 * (k + max(k // 4, LEAST_ROUNDS - 1) / 2) * pilot.repetition_seconds
    # known inputs asked again at once, and after k to 1.25 k repetitions; the copy of the payload
    rounds = (asked, asked + often, 0.0)
    probes = sum(max(PROBE_SECONDS + length / 2, LEAST_ROUNDS * length) for length in rounds)
    return seconds + probes + STEADY_SAMPLES * sample_seconds(pilot)


def estimate(rows: Sequence[Planned], trial: Trial, preset: Preset) -> Estimate:
    """Of a run of ``rows``. A cell that was not tried is not counted: the gate will refuse it as well."""
    tried = [(row, trial.pilots[row.cell]) for row in rows if row.cell in trial.pilots]
    kept = [(row, pilot) for row, pilot in tried if not is_too_slow(pilot, preset)]
    gates = sum(gate_seconds(pilot, preset) for _, pilot in tried)
    visits = sum(visit_seconds(pilot, preset, row.processes) for row, pilot in kept)
    crews = (1 + preset.blocks) * trial.crew_seconds
    return Estimate(
        cells=len(kept),
        seconds=trial.inputs_seconds + crews + gates + preset.blocks * visits,
        memory_bytes=trial.parent_bytes + trial.inputs_bytes + workers_bytes(kept),
        disk_bytes=BYTES_OF_A_CELL * len(rows) + BYTES_OF_A_VISIT * preset.blocks * len(kept),
    )


def workers_bytes(tried: Iterable[tuple[Planned, Pilot]]) -> int:
    """The most that the workers of a block hold: one has a pool open; those of a crowd keep theirs."""
    held: dict[Key, int] = {}
    most = 0
    for row, pilot in tried:
        for key in keys_of(row):
            crowd = row.processes > 1
            held[key] = max(held.get(key, 0), pilot.open_bytes if crowd else pilot.resting_bytes)
        most = max(most, pilot.open_bytes - pilot.resting_bytes)
    return sum(held.values()) + most


def keys_of(row: Planned) -> list[Key]:
    """The workers that a visit of the cell takes, apart from which label of an A/A pair has which."""
    if row.processes == 1:
        return [Key(row.backend, int(bool(row.twin)))]
    return [Key(row.backend, member=member) for member in range(row.processes)]
