"""What the libraries share: one call a message, and all that they do not do.

None has a call for a batch, so Python calls once a message: at 64 bytes that call is most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.crc import CrcInputs, CrcOutputs, CrcParams, CrcUpdateInputs

CrcJob = Job[CrcParams, CrcInputs, CrcOutputs, HostLane]
CrcUpdateJob = Job[CrcParams, CrcUpdateInputs, CrcOutputs, HostLane]

KEPT = 256
"""Of a larger batch the rows are made anew in each run, 0.1 us each: 400 bytes a view, kept for every slot
of a cold pool, would take many times the memory of its data."""

_FAMILIES = (
    "parity",
    "hamming",
    "extended-hamming",
    "hsiao",
    "on-die",
    "bch",
    "reed-solomon",
    "chipkill",
    "erasure",
    "matrix",
    "aes",
    "rsa",
)


def only_crcs(library: str) -> Mapping[str, str]:
    """The reason at every other family."""
    return {
        "machine": f"{library} measures no peaks of the machine",
        **dict.fromkeys(_FAMILIES, f"{library} has neither ciphers nor error-correcting codes"),
    }


def only(library: str, algorithm: str) -> Callable[[CrcParams], str | None]:
    """``unless`` of a library with one CRC."""
    return lambda params: None if params.algorithm == algorithm else f"{library} computes {algorithm} only"


def each(crc: Callable[[Any], int], view: Callable[[Any], Any], job: CrcJob) -> Prepared:
    """``crc`` of one message after the other, each as a ``view`` of its row, or as the row itself."""
    data, answers = job.inputs.data, memoryview(job.outputs.crc)  # type: ignore[arg-type]
    messages = list(map(view, data)) if len(data) <= KEPT else data

    def run() -> None:
        for i, message in enumerate(messages):
            answers[i] = crc(message)

    return Prepared(run=run)


def each_appended(
    update: Callable[[Any, int], int], view: Callable[[Any], Any], job: CrcUpdateJob
) -> Prepared:
    """``update`` by one message after the other of the CRC that came before it; views as in ``each``."""
    data, before = job.inputs.data, memoryview(job.inputs.before)  # type: ignore[arg-type]
    answers = memoryview(job.outputs.crc)  # type: ignore[arg-type]
    messages = list(map(view, data)) if len(data) <= KEPT else data

    def run() -> None:
        for i, message in enumerate(messages):
            answers[i] = update(message, before[i])

    return Prepared(run=run)
