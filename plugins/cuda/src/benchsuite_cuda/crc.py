"""Reflected CRCs of 32 bits: a warp adds up rows of words, products with powers of x are looked up.

A message's remainder is linear in its words: each lane adds up a column of them, and the columns are added
where their last words stand. A long message is cut into segments, which are added like columns. What the
definition asks for beyond the remainder is the CRC of as many zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import Job, Prepared
from benchsuite.workloads.codes.crc import CRC, CrcInputs, CrcOutputs, CrcParams
from benchsuite.workloads.codes.crc_catalogue import algorithm as definition_of
from benchsuite.workloads.reference.crc import reflect
from benchsuite_cuda.backend import backend
from benchsuite_cuda.gpu import Gpu
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

U32 = NDArray[np.uint32]

THREADS = 1024
"""Of a block, the only one of its multiprocessor: its tables fill most of the shared memory."""
WARPS = THREADS // 32
ROWS = 8
"""Words that a lane takes of a short message before another one helps: finishing takes as long as so many."""
SHORTEST_SEGMENT = 1024
"""Bytes: 8 rows of a warp."""
FILL_BYTES = 65536
"""Of a multiprocessor: tables of bytes take 900 clocks longer to fill, and on so many save about as many."""
BANKS_BYTES = 128
SHARED_BYTES = {0: 2 * 8 * 16 * BANKS_BYTES, 1: (8 * 16 + 4 * 256) * BANKS_BYTES}
"""Of a block by BYTE_TABLES: the tables that finish, then those that advance."""


def _forms(byte_tables: int) -> Iterator[KernelForm]:
    """A whole warp, a quarter and a lane a message; a thread handles 8 words in a turn of the main loop."""
    for lane_bits in (5, 3, 0):
        yield KernelForm(
            source="crc",
            name="crc_parts",
            defines={"BYTE_TABLES": byte_tables, "LANE_BITS": lane_bits},
            threads=THREADS,
            shared_bytes=SHARED_BYTES[byte_tables],
            items="128 bytes of a message",
            bytes_per_item=128,
            payload_per_item=128,
            items_per_loop=8 / 32,
        )


KERNELS = (
    *_forms(1),
    *_forms(0),
    KernelForm(
        source="crc",
        name="crc_sum",
        defines={"BYTE_TABLES": 0, "LANE_BITS": 5},
        threads=THREADS,
        shared_bytes=0,
        items="part of a CRC",
        bytes_per_item=4,
    ),
)


@dataclass(frozen=True)
class Algebra:
    """Polynomials modulo that of ``algorithm``, reflected: bit 31 - i of a word belongs to x^i."""

    algorithm: str

    @property
    def polynomial(self) -> int:
        definition = definition_of(self.algorithm)
        return reflect(definition.polynomial, definition.width)

    def times(self, words: U32, factor: int) -> U32:
        """Each of ``words`` times ``factor``."""
        product, polynomial = np.zeros_like(words), self.polynomial
        for power in range(32):
            product ^= (words >> np.uint32(31 - power) & np.uint32(1)) * np.uint32(factor)
            factor = factor >> 1 ^ (polynomial if factor & 1 else 0)
        return product

    def power(self, exponent: int) -> int:
        """x^exponent, by squaring."""
        power, square = np.array([1 << 31], np.uint32), np.array([1 << 30], np.uint32)
        while exponent:
            if exponent & 1:
                power = self.times(power, int(square[0]))
            square, exponent = self.times(square, int(square[0])), exponent >> 1
        return int(power[0])

    def powers(self, exponent: int, count: int) -> U32:
        """``uint32[count]``: x^0, x^exponent, x^(2 exponent), ..., each time twice as many."""
        found = np.array([1 << 31], np.uint32)
        while len(found) < count:
            found = np.concatenate([found, self.times(found, self.power(exponent * len(found)))])
        return found[:count]

    def products(self, bits: int, exponent: int) -> U32:
        """``uint32[32 / bits, 2^bits]``: every digit of ``bits`` bits of a word, times x^exponent."""
        digits = np.arange(32 // bits, dtype=np.uint32)[:, None] * np.uint32(bits)
        return self.times(np.arange(1 << bits, dtype=np.uint32) << digits, self.power(exponent))

    def advance(self, lanes: int, byte_tables: int) -> U32:
        """Words a row of ``lanes`` on, in the order of the kernel's table: ``uint32[1024 or 128]``."""
        if not byte_tables:
            return self.products(4, 32 * lanes).reshape(-1)
        return self.products(8, 32 * lanes).reshape(2, 2, 256).swapaxes(1, 2).reshape(-1)

    def finish(self, lanes: int) -> U32:
        """Words of each lane of the last row, as they count in the remainder: ``uint32[128, 32]``."""
        columns = [self.products(4, 32 * (lanes - lane % lanes)).reshape(-1) for lane in range(32)]
        return np.ascontiguousarray(np.stack(columns, axis=1))

    def of_zeros(self, size: int) -> int:
        """The CRC of ``size`` bytes of zeros."""
        definition = definition_of(self.algorithm)
        initial = np.array([reflect(definition.initial, definition.width)], np.uint32)
        return int(self.times(initial, self.power(8 * size))[0]) ^ definition.xor_out


@dataclass(frozen=True)
class Shape:
    """How messages are dealt out."""

    lane_bits: int
    """2^lane_bits lanes share a segment."""
    segments: int
    """Of a message."""
    first_bytes: int
    """Of a message's first segment: what the others leave."""
    segment_bytes: int
    byte_tables: int
    """1 where they pay and fit, else 0."""
    blocks: int


def shape(messages: int, size: int, gpu: Gpu) -> Shape:
    """For ``messages`` of ``size`` bytes: where they are too few, a segment for every warp of the GPU."""
    words = -(-size // 4)
    lane_bits = min(5, (max(0, words - 1) // ROWS).bit_length())
    wanted = max(1, min(gpu.multiprocessors * WARPS // messages, size // SHORTEST_SEGMENT))
    segment_bytes = max(1, -(-size // (wanted * BANKS_BYTES))) * BANKS_BYTES
    segments = max(1, -(-size // segment_bytes))
    pays = messages * size >= FILL_BYTES * gpu.multiprocessors
    return Shape(
        lane_bits=lane_bits,
        segments=segments,
        first_bytes=size - (segments - 1) * segment_bytes,
        segment_bytes=segment_bytes,
        byte_tables=int(pays and SHARED_BYTES[1] <= gpu.shared_bytes_a_block),
        blocks=min(gpu.multiprocessors, -(-(messages * segments << lane_bits) // 32)),
    )


def _bind(lane: CudaLane, algorithm: str, inputs: Any, outputs: Any) -> Callable[[], None]:
    messages, size = inputs.data.shape
    plan, algebra = shape(messages, size, lane.gpu), Algebra(algorithm)
    defines = {"BYTE_TABLES": plan.byte_tables, "LANE_BITS": plan.lane_bits}
    whole = plan.segments == 1
    parts = outputs.crc if whole else lane.cp.empty(messages * plan.segments, np.uint32)

    def table(make: Callable[..., U32], *arguments: int) -> Any:
        return lane.table(("crc", algorithm, make.__name__, *arguments), partial(make, *arguments))

    add = partial(
        lane.kernel("crc", "crc_parts", defines=defines, shared_bytes=SHARED_BYTES[plan.byte_tables]),
        plan.blocks,
        THREADS,
        inputs.data,
        table(algebra.advance, 1 << plan.lane_bits, plan.byte_tables),
        table(algebra.finish, 1 << plan.lane_bits),
        table(algebra.powers, 8 * plan.segment_bytes, plan.segments),
        parts,
        *map(np.uint64, (messages, size)),
        *map(np.uint32, (plan.segments, plan.first_bytes, plan.segment_bytes)),
        *map(np.uint32, (algebra.polynomial, algebra.of_zeros(size))),
    )
    if whole:
        return add
    add_parts = partial(
        lane.kernel("crc", "crc_sum", defines=defines),
        messages,
        THREADS,
        parts,
        np.uint64(plan.segments),
        outputs.crc,
    )

    def launch() -> None:
        add()
        add_parts()

    return launch


def unless(params: CrcParams) -> str | None:
    of = params.definition
    reflected = of.reflected_in and of.reflected_out
    return None if reflected and of.width == 32 else "cuda computes reflected CRCs of 32 bits only"


@backend.implements(CRC, version=1, constant_time="no", unless=unless)
def crc(job: Job[CrcParams, CrcInputs, CrcOutputs, CudaLane]) -> Prepared:
    """Columns of words 128 bytes apart, by tables of bytes; see ``kernels/crc.cu`` for the bound.

    Source: slicing by 4 as in Kounavis and Berry 2005, across rows instead of along them.
    """
    return prepared(job, partial(_bind, job.lane, job.params.algorithm))
