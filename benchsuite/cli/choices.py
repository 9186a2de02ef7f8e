"""What options take that have a fixed set of values."""

from __future__ import annotations

from enum import StrEnum


class PresetName(StrEnum):
    """How long to measure."""

    smoke = "smoke"
    quick = "quick"
    standard = "standard"
    publication = "publication"


class Suite(StrEnum):
    """Which benchmarks to run."""

    throughput = "throughput"
    injection = "injection"
    all = "all"


class Scope(StrEnum):
    """Where the data begin and end."""

    resident = "resident"
    end_to_end = "end-to-end"


class Pool(StrEnum):
    """One slot in cache, or slots beyond the last cache."""

    hot = "hot"
    cold = "cold"


class FailOn(StrEnum):
    """What ``compare`` fails on."""

    slower = "slower"


class Listing(StrEnum):
    """What ``list`` lists."""

    backends = "backends"
    workloads = "workloads"
    codes = "codes"
    plugins = "plugins"
    error_models = "error-models"
    formats = "formats"
    presets = "presets"
