"""What the libraries share: one call a message, and all that they do not do.

None has a call for a batch, so Python calls once a message: at 64 bytes that call is most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes.crc import CrcInputs, CrcOutputs, CrcParams

CrcJob = Job[CrcParams, CrcInputs, CrcOutputs, HostLane]

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
    "aes",
    "rsa",
)


def only_crcs(library: str) -> Mapping[str, str]:
    """The reason at every other family."""
    return dict.fromkeys(_FAMILIES, f"{library} has neither ciphers nor error-correcting codes")


def only(library: str, algorithm: str) -> Callable[[CrcParams], str | None]:
    """``unless`` of a library with one CRC."""
    return lambda params: None if params.algorithm == algorithm else f"{library} computes {algorithm} only"


def each(crc: Callable[[Any], int], messages: Sequence[Any], job: CrcJob) -> Prepared:
    """``crc`` of one message after the other; ``messages`` are views of the inputs' rows, made once."""
    answers: Any = memoryview(job.outputs.crc)  # type: ignore[arg-type]

    def run() -> None:
        for i, message in enumerate(messages):
            answers[i] = crc(message)

    return Prepared(run=run)
