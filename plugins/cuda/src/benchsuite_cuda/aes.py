"""AES in ECB and counter mode, by look-ups in tables of which every bank of shared memory has a copy.

Tables and round keys are made on the host from the core's definitions: kernels/aes_table.cu does rounds only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial, reduce
from operator import xor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import Job, Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrInputs, AesCtrOutputs, AesCtrParams
from benchsuite.workloads.aes.ecb import (
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AesEcbInputs,
    AesEcbOutputs,
    AesEcbParams,
)
from benchsuite.workloads.reference.aes import expand_key, inverse_sbox, multiply, sbox
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane, Kernel
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

THREADS, LANES = 1024, 32
"""Of a block and of a warp, as in the kernels."""
GROUP = 256
"""Blocks of a long message that a warp takes at once: their counters differ in the last byte only."""
SHORTEST_LONG = 2 * GROUP
"""Blocks of a message from which what a group shares pays for the two groups that its ends cut short."""
BUSY_WARPS = 8
"""Of a multiprocessor: with 16 look-ups under way in each, so many hide the latency of shared memory."""
TABLE_BYTES = 256 * 4 * LANES
FACTORS = {False: (2, 1, 1, 3), True: (14, 9, 13, 11)}
"""Column 0 of MixColumns and, for the inverse cipher, of its inverse (FIPS 197 §5.1.3, §5.3.3)."""

EcbJob = Job[AesEcbParams, AesEcbInputs, AesEcbOutputs, CudaLane]
CtrJob = Job[AesCtrParams, AesCtrInputs, AesCtrOutputs, CudaLane]


def form(name: str, key_bits: int, tables: int, *, inverse: bool = False, whole: bool = True) -> KernelForm:
    """Kernel ``name`` for a key size, 4 or 2 ``tables``, messages of ``whole`` blocks only or of any size."""
    turns = GROUP // LANES if name == "aes_ctr_long" else 1
    return KernelForm(
        source="aes_table",
        name=name,
        defines={
            "ROUNDS": key_bits // 32 + 6,
            "TABLES": tables,
            "INVERSE": int(inverse),
            "WHOLE": int(whole),
        },
        threads=THREADS,
        shared_bytes=tables * TABLE_BYTES,
        items="whole block of 16 bytes",
        bytes_per_item=32,
        payload_per_item=16,
        items_per_loop=turns,
        inner_turns=[*([turns] if turns > 1 else []), *([] if whole else [0])],
    )


KERNELS: Sequence[KernelForm] = [
    made
    for tables in (4, 2)
    for key_bits in (128, 192, 256)
    for made in (
        form("aes_ecb", key_bits, tables),
        form("aes_ecb", key_bits, tables, inverse=True),
        form("aes_ctr", key_bits, tables),
        form("aes_ctr", key_bits, tables, whole=False),
        form("aes_ctr_long", key_bits, tables),
        form("aes_ctr_long", key_bits, tables, whole=False),
    )
]


def table(*, inverse: bool) -> NDArray[np.uint32]:
    """``uint32[256]``: the column that byte b of row 0 adds in a round, its row r in bits 8r ... 8r + 7."""
    box = inverse_sbox() if inverse else sbox()
    rows = [[multiply(byte, factor) for factor in FACTORS[inverse]] for byte in box]
    return np.array(rows, np.uint8).view("<u4")[:, 0]


@lru_cache(maxsize=64)
def round_keys(key: bytes, *, inverse: bool) -> NDArray[np.void]:
    """One ``RoundKeys`` of the kernels, in the order of the rounds.

    The inverse cipher is the equivalent one (FIPS 197 §5.3.5), with its columns in reverse.
    """
    keys = expand_key(key)
    if inverse:
        keys = [keys[-1], *map(_unmixed, keys[-2:0:-1]), keys[0]]
    words = np.frombuffer(b"".join(keys), "<u4").reshape(-1, 4)
    ordered = np.ascontiguousarray(words[:, ::-1] if inverse else words).reshape(-1)
    return ordered.view([("word", "<u4", ordered.size)])


def _unmixed(state: bytes) -> bytes:
    """InvMixColumns (FIPS 197 §5.3.3)."""
    columns = [state[i : i + 4] for i in range(0, 16, 4)]
    return bytes(
        reduce(xor, (multiply(column[j], FACTORS[True][(i - j) % 4]) for j in range(4)))
        for column in columns
        for i in range(4)
    )


def _tables(lane: CudaLane) -> int:
    """How many tables fit: with two, the others' columns are rotations of theirs."""
    return 4 if lane.gpu.shared_bytes_a_block >= 4 * TABLE_BYTES else 2


def _compiled(lane: CudaLane, made: KernelForm) -> Kernel:
    return lane.kernel(made.source, made.name, defines=made.defines, shared_bytes=made.shared_bytes)


def _grid(lane: CudaLane, warps: int) -> int:
    """Blocks for so many warps of work: tables are filled once in each, so no more than run at once."""
    return min(lane.gpu.multiprocessors, warps)


def _constants(lane: CudaLane, key: bytes, *, inverse: bool) -> tuple[Any, NDArray[np.void]]:
    of_lane = lane.table(("aes_table", inverse), partial(table, inverse=inverse))
    return of_lane, round_keys(key, inverse=inverse)


def _ecb(job: EcbJob, *, inverse: bool) -> Prepared:
    lane = job.lane
    kernel = _compiled(lane, form("aes_ecb", job.params.key_bits, _tables(lane), inverse=inverse))
    constants = _constants(lane, job.inputs.key, inverse=inverse)

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        blocks = inputs.data.nbytes // 16
        arguments = inputs.data, outputs.data, *constants, np.uint64(blocks)
        return partial(kernel, _grid(lane, -(-blocks // LANES)), THREADS, *arguments)

    return prepared(job, bind)


@backend.implements(AES_ECB_ENCRYPT, version=1, constant_time="no")
def aes_ecb_encrypt(job: EcbJob) -> Prepared:
    """A thread a block: 160, 192 or 224 look-ups of shared memory, which bounds it. Source: FIPS 197 §5.1."""
    return _ecb(job, inverse=False)


@backend.implements(AES_ECB_DECRYPT, version=1, constant_time="no")
def aes_ecb_decrypt(job: EcbJob) -> Prepared:
    """As encryption, with tables and keys of the equivalent inverse cipher. Source: FIPS 197 §5.3.5."""
    return _ecb(job, inverse=True)


@backend.implements(AES_CTR, version=1, constant_time="no")
def aes_ctr(job: CtrJob) -> Prepared:
    """A thread a block of the keystream; within long messages, 256 counters share most of two rounds.

    Source: SP 800-38A §6.5; counter caching is of Bernstein and Schwabe 2008.
    """
    lane, size = job.lane, job.params.message_bytes
    blocks = -(-size // 16)
    constants = _constants(lane, job.inputs.key, inverse=False)

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        messages = len(inputs.data)
        groups = messages * -(-(blocks + GROUP - 1) // GROUP)
        long = blocks >= SHORTEST_LONG and groups >= BUSY_WARPS * lane.gpu.multiprocessors
        name, warps = ("aes_ctr_long", groups) if long else ("aes_ctr", -(-messages * blocks // LANES))
        kernel = _compiled(lane, form(name, job.params.key_bits, _tables(lane), whole=size % 16 == 0))
        arguments = inputs.data, outputs.data, inputs.counters, *constants
        sizes = np.uint64(messages), np.uint64(size)
        return partial(kernel, _grid(lane, warps), THREADS, *arguments, *sizes)

    return prepared(job, bind)
