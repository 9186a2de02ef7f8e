"""benchsuite: verified, comparable benchmarks of cryptography and error-correcting codes.

"ECC" always means error-correcting codes, as in ECC memory; never elliptic curves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from pandas import DataFrame

__version__ = "0.1.0"


def load(*files: str | PathLike[str]) -> DataFrame:
    """The rows of run files as a frame of pandas: those of ``benchsuite report --format csv``.

    A row is a cell, an outcome of a tally, a protection, or an outcome or region of a fault, by ``type``;
    ``run`` is the run's id. Columns are always the same, each of one dtype, numbers in SI units: text is
    ``string``, counts ``Int64``, yes or no ``boolean``, all else ``float64``; what a row has not is missing.
    ``params`` is JSON, ``flags`` are separated by spaces. A torn last line is left out with a UserWarning.

    Raises OSError for a file that cannot be read, ValueError for one that is no run file or has no run:
    each names the file.

        frame = load("a.jsonl", "b.jsonl")
        frame[frame.type == "cell"].groupby(["run", "label"]).bytes_per_second.max()
    """
    from benchsuite.report.frame import frame

    return frame(*files)
