"""Cyclic redundancy checks of batches of messages: whole ones, and ones that others are appended to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes.crc_bulk import Registers, crcs, register_type
from benchsuite.workloads.codes.crc_catalogue import algorithm, canonical
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.reference.crc import Algorithm, of_nothing
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
COMMON = ("CRC-32/ISO-HDLC", "CRC-32/ISCSI")
"""In all batches and sizes of the long presets."""
OTHERS = ("CRC-8/SMBUS", "CRC-16/KERMIT", "CRC-16/IBM-3740", "CRC-12/UMTS", "CRC-64/XZ", "CRC-64/ECMA-182")
"""Of other widths and orders of bits, in two batches each: 4096 of 256 bytes, and one of 8 MiB."""


@dataclass(frozen=True)
class CrcParams:
    """Raises ValueError for an algorithm that is not known or ambiguous, no message, or a negative length."""

    algorithm: str = "CRC-32/ISCSI"
    """A name of the CRC catalogue (CRC-32/ISCSI is what others call CRC-32C), or parameters such as
    ``width=16,poly=0x1021,init=0x0000,refin=false,refout=true,xorout=0x0000``; kept in one spelling a CRC."""
    messages: int = 1
    message_bytes: int = 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "algorithm", canonical(self.algorithm))
        require_positive("messages", self.messages)
        if type(self.message_bytes) is not int or self.message_bytes < 0:
            raise ValueError(
                f"message_bytes must be a whole number of at least 0, not {self.message_bytes!r}: "
                "give one, such as 1024"
            )

    @property
    def definition(self) -> Algorithm:
        """The polynomial and all else that the algorithm is made of."""
        return algorithm(self.algorithm)


@dataclass(frozen=True, eq=False)
class CrcInputs:
    data: Bytes
    """``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class CrcUpdateInputs:
    before: Registers
    """CRCs of what came before, ``uint32[messages]``; of more than 32 bits ``uint64``."""
    data: Bytes
    """What is appended: ``uint8[messages, message_bytes]``."""


@dataclass(frozen=True, eq=False)
class CrcOutputs:
    crc: Registers
    """``uint32[messages]``; of more than 32 bits ``uint64``."""


def _label(params: CrcParams) -> str:
    batch = f"{params.messages} x " if params.messages > 1 else ""
    return f"{params.algorithm}, {batch}{binary_size(params.message_bytes)}"


def _every(batches: Sequence[tuple[int, int]], algorithms: Iterable[str]) -> list[CrcParams]:
    return [
        CrcParams(algorithm=name, messages=messages, message_bytes=size)
        for name in algorithms
        for messages, size in batches
        if messages * size <= LARGEST_BATCH
    ]


def _presets(preset: str) -> Iterable[CrcParams]:
    long = _every([*product(BATCHES, SIZES), (1, 8 * MIB)], COMMON)
    return preset_cases(
        preset,
        {
            "smoke": [CrcParams(messages=64, message_bytes=256)],
            "quick": [CrcParams(messages=256, message_bytes=4 * KIB)],
            "standard": _every(STANDARD_BATCHES, COMMON),
            "publication": long + _every([(4096, 256), (1, 8 * MIB)], OTHERS),
        },
    )


def _update_presets(preset: str) -> Iterable[CrcParams]:
    long = _every([(messages, KIB) for messages in BATCHES], (*COMMON, "CRC-16/XMODEM", "CRC-64/XZ"))
    standard = [CrcParams(messages=64, message_bytes=KIB)]
    return preset_cases(preset, {"smoke": [], "quick": [], "standard": standard, "publication": long})


def _inputs(params: CrcParams, seed: int, slot: int) -> CrcInputs:
    return CrcInputs(data=_data(CRC, params, seed, slot))


def _update_inputs(params: CrcParams, seed: int, slot: int) -> CrcUpdateInputs:
    width = params.definition.width
    type_ = register_type(width)
    size = np.dtype(type_).itemsize * params.messages
    random = random_bytes(f"{case_key(CRC_UPDATE, params)} before", seed, slot, size)
    before = random.view(np.dtype(type_).newbyteorder("<")).astype(type_) & type_(2**width - 1)
    return CrcUpdateInputs(before=before, data=_data(CRC_UPDATE, params, seed, slot))


def _data(workload: Workload[Any, Any, Any], params: CrcParams, seed: int, slot: int) -> Bytes:
    shape = params.messages, params.message_bytes
    data = random_bytes(f"{case_key(workload, params)} data", seed, slot, shape[0] * shape[1])
    return data.reshape(shape)


def _vary(params: CrcParams, inputs: CrcInputs | CrcUpdateInputs, rng: Random, count: int | None) -> Items:
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


def _update_vary(params: CrcParams, inputs: CrcUpdateInputs, rng: Random, count: int | None) -> Items:
    """The data as in ``crc``, and by one bit the CRC before each message that changes."""
    items: Items = _vary(params, inputs, rng, count)
    if params.message_bytes == 0:
        chosen = range(params.messages)
        items = [
            (i, None) for i in (chosen if count is None else rng.sample(chosen, min(count, len(chosen))))
        ]
    for message in dict.fromkeys(message for message, _ in items):
        inputs.before[message] ^= inputs.before.dtype.type(1 << rng.randrange(params.definition.width))
    return items


def _work(params: CrcParams) -> Work:
    payload = params.messages * params.message_bytes
    return Work(
        items=params.messages,
        unit="message",
        payload_bytes=payload,
        bytes_in=payload,
        bytes_out=params.messages * np.dtype(register_type(params.definition.width)).itemsize,
    )


def _update_work(params: CrcParams) -> Work:
    work = _work(params)
    return work._replace(bytes_in=work.bytes_in + work.bytes_out)


def _check(params: CrcParams, inputs: CrcInputs | CrcUpdateInputs, outputs: CrcOutputs, items: Items) -> None:
    """Divides the whole of each message named: any byte of it may have changed the CRC."""
    digits = -(-params.definition.width // 4)
    messages = list(dict.fromkeys(message for message, _ in items))
    together = max(1, CHECKED_BYTES // max(1, params.message_bytes))
    for start in range(0, len(messages), together):
        some = messages[start : start + together]
        # a single message is taken by a slice, which copies nothing
        data = inputs.data[some] if len(some) > 1 else inputs.data[some[0] : some[0] + 1]
        before = inputs.before[some] if isinstance(inputs, CrcUpdateInputs) else None
        expected, got = crcs(params.definition, data, before), outputs.crc[some]
        wrong = np.flatnonzero(expected != got)
        if wrong.size:
            at = wrong[0]
            raise Mismatch(some[at], f"{expected[at]:0{digits}x}", f"{got[at]:0{digits}x}")


def _outputs(params: CrcParams) -> CrcOutputs:
    return CrcOutputs(crc=np.zeros(params.messages, register_type(params.definition.width)))


def _vectors() -> Iterable[Vector[CrcParams, CrcInputs, CrcOutputs]]:
    for record in load("crc.txt"):
        data = np.frombuffer(bytes.fromhex(record["data"]), np.uint8).reshape(1, -1).copy()
        params = CrcParams(algorithm=record["algorithm"], message_bytes=data.size)
        outputs = _outputs(params)
        outputs.crc[0] = int(record["crc"], 16)
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=params,
            inputs=CrcInputs(data=data),
            outputs=outputs,
        )


def _update_vectors() -> Iterable[Vector[CrcParams, CrcUpdateInputs, CrcOutputs]]:
    """Those of ``crc``: whole, appended to nothing, so that each CRC before is that of the empty message."""
    for vector in _vectors():
        before = np.full_like(vector.outputs.crc, of_nothing(vector.params.definition))
        yield Vector(
            name=f"{vector.name}, appended to nothing",
            source=vector.source,
            params=vector.params,
            inputs=CrcUpdateInputs(before=before, data=vector.inputs.data),
            outputs=vector.outputs,
        )


CRC = Workload(
    id="crc",
    version=1,
    params=CrcParams,
    label=_label,
    presets=_presets,
    inputs=_inputs,
    outputs=_outputs,
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""The CRC of every message of a batch."""

CRC_UPDATE = Workload(
    id="crc-update",
    version=1,
    params=CrcParams,
    label=lambda params: f"{_label(params)} appended",
    presets=_update_presets,
    inputs=_update_inputs,
    outputs=_outputs,
    vary=_update_vary,
    work=_update_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_update_vectors,
)
"""The CRC of messages of which the first part is known by its CRC only."""
