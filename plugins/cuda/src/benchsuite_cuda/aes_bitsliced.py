"""AES without tables: 32 blocks a thread, bit by bit; no address and no branch depends on key or data.

The variant ``bitsliced`` of ECB encryption and of counter mode, of whole blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchsuite.api import Prepared
from benchsuite.workloads.aes.ctr import AES_CTR, AesCtrParams
from benchsuite.workloads.aes.ecb import AES_ECB_ENCRYPT
from benchsuite_cuda.aes import CtrJob, EcbJob, round_keys
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane, Kernel
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

THREADS, BLOCKS_OF_A_THREAD = 128, 32
"""As in the kernels."""


def form(name: str, key_bits: int) -> KernelForm:
    """Kernel ``name`` for a key size."""
    rounds = key_bits // 32 + 6
    return KernelForm(
        source="aes_bitsliced",
        name=name,
        defines={"ROUNDS": rounds},
        threads=THREADS,
        shared_bytes=0,
        items="block of 16 bytes",
        bytes_per_item=32,
        payload_per_item=16,
        items_per_loop=BLOCKS_OF_A_THREAD,
        inner_turns=[rounds + 1, rounds - 1],
        whole=True,
    )


KERNELS: Sequence[KernelForm] = [
    form(name, key_bits)
    for name in ("aes_ecb_bitsliced", "aes_ctr_bitsliced")
    for key_bits in (128, 192, 256)
]


def _compiled(lane: CudaLane, name: str, key_bits: int) -> Kernel:
    made = form(name, key_bits)
    return lane.kernel(made.source, made.name, defines=made.defines)


def _grid(blocks: int) -> int:
    return -(-blocks // (THREADS * BLOCKS_OF_A_THREAD))


@backend.implements(AES_ECB_ENCRYPT, version=1, variant="bitsliced", constant_time="yes")
def aes_ecb_encrypt(job: EcbJob) -> Prepared:
    """A register holds one bit of 32 blocks; the integer pipe bounds it.

    Source: FIPS 197 §5.1; the S-box is the circuit of Boyar and Peralta 2012 in functions of three bits.
    """
    kernel = _compiled(job.lane, "aes_ecb_bitsliced", job.params.key_bits)
    keys = round_keys(job.inputs.key, inverse=False)

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        blocks = inputs.data.nbytes // 16
        return partial(kernel, _grid(blocks), THREADS, inputs.data, outputs.data, keys, np.uint64(blocks))

    return prepared(job, bind)


def _needs_whole_blocks(params: AesCtrParams) -> str | None:
    if params.message_bytes % 16:
        return f"bitsliced takes messages of whole blocks of 16 bytes, not of {params.message_bytes} bytes"
    return None


@backend.implements(AES_CTR, version=1, variant="bitsliced", constant_time="yes", unless=_needs_whole_blocks)
def aes_ctr(job: CtrJob) -> Prepared:
    """As ``aes_ecb_encrypt``, of counters. Source: SP 800-38A §6.5."""
    kernel = _compiled(job.lane, "aes_ctr_bitsliced", job.params.key_bits)
    keys, size = round_keys(job.inputs.key, inverse=False), job.params.message_bytes

    def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
        messages = len(inputs.data)
        grid = _grid(messages * (size // 16))
        arguments = inputs.data, outputs.data, inputs.counters, keys, np.uint64(messages), np.uint64(size)
        return partial(kernel, grid, THREADS, *arguments)

    return prepared(job, bind)
