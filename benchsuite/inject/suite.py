"""The standard injection suite: what ``benchsuite run`` injects into which codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchsuite.host.plugins import Registry
from benchsuite.host.presets import Preset
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes import CODES, code
from benchsuite.workloads.codes.chipkill import CHIPKILL
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON

Suite = Mapping[str, Sequence[str]]
"""Code -> error models."""

SHORT: Suite = {
    "hsiao-72-64": ("flips:1", "flips:2", "flips:3", "flips:4", "bsc:0.001"),
    "extended-hamming-72-64": ("flips:2", "flips:3"),
    "hamming-71-64": ("flips:2",),
    "parity-65-64": ("flips:1", "flips:2"),
}
"""The codes of ECC memory, each where it begins to fail."""

_FLIPS = ("flips:1", "flips:2", "flips:3", "flips:4", "bsc:0.001", "bsc:0.01")

FULL: Suite = {
    name: (*_FLIPS, "burst:4", "burst:8", "symbol:4:1", "symbol:8:1")
    for name, known in CODES.items()
    if known.k in (32, 64, 128) and known.family not in (CHIPKILL, REED_SOLOMON)
} | {
    name: (*_FLIPS, "burst:8", "burst:16", "symbol:8:1", "symbol:8:2", "symbol:8:3")
    for name, known in CODES.items()
    if known.family is CHIPKILL
}
"""The codes of memory: of bits, with 32, 64 or 128 of data, and of devices, under what strikes either."""


def standard_campaigns(preset: Preset, seed: int) -> list[Campaign]:
    """The campaigns of a preset, of its number of trials each."""
    suite = FULL if preset.every_code else SHORT
    return [
        Campaign(code=code(name), model=parse_model(model, Registry()), seed=seed, trials=preset.trials)
        for name, models in suite.items()
        for model in models
    ]
