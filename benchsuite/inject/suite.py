"""The standard injection suite: what ``benchsuite run`` injects into which codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchsuite.host.plugins import Registry
from benchsuite.host.presets import Preset
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.models import parse_model
from benchsuite.workloads.codes import CODES, code
from benchsuite.workloads.codes.linear import SizedFamily

Suite = Mapping[str, Sequence[str]]
"""Code -> error models."""

SHORT: Suite = {
    "hsiao-72-64": ("flips:1", "flips:2", "flips:3", "flips:4", "bsc:0.001"),
    "extended-hamming-72-64": ("flips:2", "flips:3"),
    "hamming-71-64": ("flips:2",),
    "parity-65-64": ("flips:1", "flips:2"),
}
"""The codes of ECC memory, each where it begins to fail."""

FULL: Suite = {
    name: (
        *("flips:1", "flips:2", "flips:3", "flips:4", "bsc:0.001", "bsc:0.01"),
        *("burst:4", "burst:8", "symbol:4:1", "symbol:8:1"),
    )
    for name, known in CODES.items()
    if known.k in (32, 64, 128) and isinstance(known.family, SizedFamily)
}
"""Every code of 32, 64 or 128 data bits that corrects one flip at most, under every error model."""


def standard_campaigns(preset: Preset, seed: int) -> list[Campaign]:
    """The campaigns of a preset, of its number of trials each."""
    suite = FULL if preset.every_code else SHORT
    return [
        Campaign(code=code(name), model=parse_model(model, Registry()), seed=seed, trials=preset.trials)
        for name, models in suite.items()
        for model in models
    ]
