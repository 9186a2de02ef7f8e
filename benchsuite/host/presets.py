"""The presets: how much is planned and how long it is measured. docs/methodology.md has the evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Preset:
    """How a run measures."""

    name: str
    blocks: int
    samples: int
    """Timed samples of a visit, after two of warm-up."""
    sample_seconds: float
    """The least that one sample lasts."""
    longest_repetition_seconds: float | None = None
    """Slower cells are left to a longer preset, and say so."""
    cold_from_bytes: int | None = 0
    """Least payload of a case that gets a cold pool beside the hot one; None: none does."""
    whole_machine: bool = False
    """Whether every case is measured by all cores at once as well, beside one process."""
    most_cells: int | None = None
    """Of a run that names no cases; beyond, some are left out for all backends, and say so."""
    trials: int = 1_000_000
    """Of each standard injection campaign."""
    every_code: bool = True
    """Inject into all codes, or only into a few of memory."""


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="smoke",
            blocks=2,
            samples=1,
            sample_seconds=0.005,
            longest_repetition_seconds=0.05,
            cold_from_bytes=None,
            trials=10_000,
            every_code=False,
        ),
        Preset(
            name="quick",
            blocks=16,
            samples=3,
            sample_seconds=0.005,
            longest_repetition_seconds=0.05,
            cold_from_bytes=1 << 21,
            most_cells=24,
            trials=100_000,
            every_code=False,
        ),
        Preset(
            name="standard",
            blocks=24,
            samples=5,
            sample_seconds=0.01,
            longest_repetition_seconds=0.05,
            cold_from_bytes=1 << 20,
        ),
        Preset(
            name="publication",
            blocks=32,
            samples=5,
            sample_seconds=0.01,
            whole_machine=True,
            trials=10_000_000,
        ),
    )
}

AA = replace(PRESETS["quick"], name="aa", longest_repetition_seconds=0.001, cold_from_bytes=None)
"""Of ``doctor --aa``: comparisons as quick's, of ``blocks`` each, of what is fast enough to do many."""
