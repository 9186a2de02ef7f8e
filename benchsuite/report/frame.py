"""Run files as a data frame of tidy rows."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from benchsuite.record import store
from benchsuite.report.formats import TIDY_COLUMNS, tidy_rows

if TYPE_CHECKING:
    from pandas import DataFrame

_TEXT = frozenset(
    [
        *("type", "run", "status", "reason", "workload", "params", "case_key", "label", "cell", "backend"),
        *("variant", "constant_time", "device", "scope", "pool", "unit", "output_sha256", "flags"),
        *("baseline", "verdict", "model", "outcome", "target", "fault", "protect", "region"),
        "expected_basis",
    ]
)
_WHOLE = frozenset(
    [
        *("version", "threads", "processes", "twin", "items", "payload_bytes", "bytes_in", "bytes_out"),
        *("blocks", "comparisons", "seed", "codewords", "first_trial", "trials", "count", "data_bytes"),
        *("stored_bits", "flips", "as_flipped"),
    ]
)
_TRUTHS = frozenset(["exhaustive", "rare", "fused"])


def frame(*files: str | PathLike[str]) -> DataFrame:
    """See ``benchsuite.load``."""
    import pandas as pd

    if not files:
        raise ValueError("name at least one run file")
    lines = []
    for file in map(Path, files):
        run = store.read(file)
        for warning in run.warnings:
            warnings.warn(warning, stacklevel=3)
        if not run.lines:
            raise ValueError(f"{file} holds no run")
        lines += run.lines
    rows = list(tidy_rows(lines, None))
    try:
        return pd.DataFrame(
            {name: pd.Series([row.get(name) for row in rows], dtype=_dtype(name)) for name in TIDY_COLUMNS}
        )
    except OverflowError:
        named = ", ".join(map(str, files))
        raise ValueError(f"{named}: a seed or version has more than 64 bits, which no column holds") from None


def _dtype(column: str) -> str:
    """Of a column, whatever is in it: an empty one has the same."""
    if column in _TEXT:
        return "string"
    if column in _WHOLE:
        return "Int64"
    return "boolean" if column in _TRUTHS else "float64"
