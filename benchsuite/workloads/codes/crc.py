"""Cyclic redundancy checks of batches of messages, named as the CRC catalogue names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from random import Random

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes.crc_bulk import crcs
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.reference.crc import ALGORITHMS
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes, renewed
from benchsuite.workloads.vectors import load

KIB, MIB = 2**10, 2**20
LONG_BYTES = KIB
"""Messages beyond this are varied by one byte, so that an audit costs the same at any size."""
CHECKED_BYTES = MIB
"""Bytes of messages checked at a time; longer messages one by one."""

SIZES = (16, 64, 256, KIB, 1500, 4 * KIB, 8 * KIB, 16 * KIB)
BATCHES = (1, 64, 4096)
LARGEST_BATCH = 64 * MIB
STANDARD_BATCHES = ((1, 16), (1, KIB), (64, KIB), (1, 16 * KIB), (1, 8 * MIB))


@dataclass(frozen=True)
class CrcParams:
    """Raises ValueError for a name that is not known, no message, or a negative length."""

    algorithm: str = "CRC-32/ISCSI"
    """A name of the CRC catalogue; CRC-32/ISCSI is what others call CRC-32C."""
    messages: int = 1
    message_bytes: int = 1024

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            nearest = get_close_matches(str(self.algorithm), ALGORITHMS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"algorithm must be a name of the CRC catalogue, which is unambiguous, not "
                f"{self.algorithm!r}: known are {', '.join(ALGORITHMS)}; nearest is {nearest}"
            )
        require_positive("messages", self.messages)
        if type(self.message_bytes) is not int or self.message_bytes < 0:
            raise ValueError(
                f"message_bytes must be a whole number of at least 0, not {self.message_bytes!r}: "
                "give one, such as 1024"
            )


@dataclass(frozen=True, eq=False)
class CrcInputs:
    data: Bytes
    """``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class CrcOutputs:
    crc: npt.NDArray[np.uint32]
    """``uint32[messages]``."""


def _label(params: CrcParams) -> str:
    batch = f"{params.messages} x " if params.messages > 1 else ""
    return f"{params.algorithm}, {batch}{binary_size(params.message_bytes)}"


def _presets(preset: str) -> Iterable[CrcParams]:
    def every(batches: Iterable[tuple[int, int]]) -> list[CrcParams]:
        return [
            CrcParams(algorithm=algorithm, messages=messages, message_bytes=size)
            for algorithm in ALGORITHMS
            for messages, size in batches
            if messages * size <= LARGEST_BATCH
        ]

    return preset_cases(
        preset,
        {
            "smoke": [CrcParams(messages=64, message_bytes=256)],
            "quick": [CrcParams(messages=256, message_bytes=4 * KIB)],
            "standard": every(STANDARD_BATCHES),
            "publication": every([*product(BATCHES, SIZES), (1, 8 * MIB)]),
        },
    )


def _inputs(params: CrcParams, seed: int, slot: int) -> CrcInputs:
    shape = params.messages, params.message_bytes
    data = random_bytes(f"{case_key(CRC, params)} data", seed, slot, shape[0] * shape[1])
    return CrcInputs(data=data.reshape(shape))


def _vary(params: CrcParams, inputs: CrcInputs, rng: Random, count: int | None) -> Items:
    messages, size = params.messages, params.message_bytes
    if size == 0:
        return []
    if count is None:
        inputs.data[...] = renewed(inputs.data, rng)
        return [(message, None) for message in range(messages)]
    if size > LONG_BYTES:
        places = [divmod(place, size) for place in rng.sample(range(messages * size), count)]
        for place in places:
            inputs.data[place] ^= rng.randrange(1, 256)
        return places
    chosen = rng.sample(range(messages), min(count, messages))
    inputs.data[chosen] = renewed(inputs.data[chosen], rng)
    return [(message, None) for message in chosen]


def _work(params: CrcParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload,
        bytes_out=4 * params.messages,
    )


def _check(params: CrcParams, inputs: CrcInputs, outputs: CrcOutputs, items: Items) -> None:
    """Divides the whole of each message named: any byte of it may have changed the CRC."""
    algorithm = ALGORITHMS[params.algorithm]
    messages = list(dict.fromkeys(message for message, _ in items))
    together = max(1, CHECKED_BYTES // max(1, params.message_bytes))
    for start in range(0, len(messages), together):
        some = messages[start : start + together]
        # a single message is taken by a slice, which copies nothing
        data = inputs.data[some] if len(some) > 1 else inputs.data[some[0] : some[0] + 1]
        expected, got = crcs(algorithm, data), outputs.crc[some]
        wrong = np.flatnonzero(expected != got)
        if wrong.size:
            at = wrong[0]
            raise Mismatch(some[at], f"{expected[at]:08x}", f"{got[at]:08x}")


def _vectors() -> Iterable[Vector[CrcParams, CrcInputs, CrcOutputs]]:
    for record in load("crc.txt"):
        data = np.frombuffer(bytes.fromhex(record["data"]), np.uint8).reshape(1, -1).copy()
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=CrcParams(algorithm=record["algorithm"], message_bytes=data.size),
            inputs=CrcInputs(data=data),
            outputs=CrcOutputs(crc=np.array([int(record["crc"], 16)], np.uint32)),
        )


CRC = Workload(
    id="crc",
    version=1,
    params=CrcParams,
    label=_label,
    presets=_presets,
    inputs=_inputs,
    outputs=lambda params: CrcOutputs(crc=np.zeros(params.messages, np.uint32)),
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""The CRC of every message of a batch."""
