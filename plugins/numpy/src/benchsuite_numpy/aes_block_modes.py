"""AES-ECB and AES-CBC: table look-ups over batches of blocks; within a chain, over messages."""

from __future__ import annotations

import numpy as np

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.cbc import (
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AesCbcInputs,
    AesCbcOutputs,
    AesCbcParams,
)
from benchsuite.workloads.aes.ecb import (
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AesEcbInputs,
    AesEcbOutputs,
    AesEcbParams,
)
from benchsuite_numpy.aes import U8, U32, U64, Cipher, decryption, encryption
from benchsuite_numpy.aes_blocks import Batch, crypt, pieces, shared
from benchsuite_numpy.backend import backend

EcbJob = Job[AesEcbParams, AesEcbInputs, AesEcbOutputs, HostLane]
CbcJob = Job[AesCbcParams, AesCbcInputs, AesCbcOutputs, HostLane]

LONGEST_CHAIN = 4096
"""Blocks of a message that CBC encrypts one after the other: at 90 us each, a third of a second."""


class Piece:
    """Blocks to be crypted together, those of ``data`` and ``output: uint8[messages, bytes]``."""

    def __init__(self, lane: HostLane, cipher: Cipher, data: U8, output: U8) -> None:
        self._batch = shared(lane, Batch, data.size // 16)
        self._cipher = cipher
        self._data, self._output = (cipher.columns(rows.reshape(-1, 16)) for rows in (data, output))

    def run(self) -> None:
        """Crypt them."""
        crypt(self._batch, self._cipher, self._data, self._output)


def _ecb(job: EcbJob, cipher: Cipher) -> Prepared:
    data, output = (array.reshape(1, -1) for array in (job.inputs.data, job.outputs.data))
    places = [slice(16 * part.start, 16 * part.stop) for _, part in pieces(1, data.size // 16)]
    parts = [Piece(job.lane, cipher, data[:, place], output[:, place]) for place in places]

    def run() -> None:
        for part in parts:
            part.run()

    return Prepared(run=run)


@backend.implements(AES_ECB_ENCRYPT, version=1, constant_time="no")
def aes_ecb_encrypt(job: EcbJob) -> Prepared:
    """Two look-ups a column and round in tables of 65536 pairs of bytes.

    Bound: a block and round take 8 look-ups of 4 bytes in half a MiB of tables (0.6 ns each, half the time)
    and 8 element-wise passes over 16 bytes. Source: FIPS 197.
    """
    return _ecb(job, encryption(job.inputs.key))


@backend.implements(AES_ECB_DECRYPT, version=1, constant_time="no")
def aes_ecb_decrypt(job: EcbJob) -> Prepared:
    """As ``aes_ecb_encrypt``, by the equivalent inverse cipher (FIPS 197 §5.3.5)."""
    return _ecb(job, decryption(job.inputs.key))


class Unchained:
    """A piece of ciphertext to be decrypted, and what its answers meet: the ciphertext a block before."""

    def __init__(self, lane: HostLane, cipher: Cipher, data: U8, output: U8, before: U8) -> None:
        self._piece = Piece(lane, cipher, data, output)
        words: list[U64] = [array.view(np.uint64) for array in (data, output, before)]
        self._earlier, self._first, self._before = words[0][:, :-2], words[1][:, :2], words[2]
        self._later = words[1][:, 2:]

    def run(self) -> None:
        """Decrypt it."""
        self._piece.run()
        np.bitwise_xor(self._first, self._before, out=self._first)
        np.bitwise_xor(self._later, self._earlier, out=self._later)


@backend.implements(AES_CBC_DECRYPT, version=1, constant_time="no")
def aes_cbc_decrypt(job: CbcJob) -> Prepared:
    """As ``aes_ecb_decrypt``, then one pass over 16 bytes for the chain."""
    inputs, output, cipher = job.inputs, job.outputs.data, decryption(job.inputs.key)
    parts = []
    for rows, blocks in pieces(job.params.messages, job.params.message_bytes // 16):
        place = slice(16 * blocks.start, 16 * blocks.stop)
        start = place.start
        before = inputs.data[rows, start - 16 : start] if start else inputs.initial_vectors[rows]
        parts.append(Unchained(job.lane, cipher, inputs.data[rows, place], output[rows, place], before))

    def run() -> None:
        for part in parts:
            part.run()

    return Prepared(run=run)


class Chains:
    """Messages whose blocks are encrypted in step: one of each message at a time."""

    def __init__(self, lane: HostLane, cipher: Cipher, initial_vectors: U8, data: U8, output: U8) -> None:
        messages = len(data)
        self._batch = shared(lane, Batch, messages)
        self._cipher = cipher
        self._initial: U32 = initial_vectors.view("<u4").T
        self._data, self._output = (
            rows.view("<u4").reshape(messages, -1, 4).transpose(1, 2, 0) for rows in (data, output)
        )

    def run(self) -> None:
        """Encrypt them."""
        state, before = self._batch.state, self._initial
        for data, output in zip(self._data, self._output, strict=True):
            np.bitwise_xor(data, before, out=state)
            crypt(self._batch, self._cipher, state, output)
            before = output


def _unless_long(params: AesCbcParams) -> str | None:
    blocks = params.message_bytes // 16
    if blocks <= LONGEST_CHAIN:
        return None
    return (
        f"CBC encrypts {blocks} blocks one after the other, 90 us each in numpy: "
        f"choose message_bytes up to {16 * LONGEST_CHAIN}, and more messages"
    )


@backend.implements(AES_CBC_ENCRYPT, version=1, constant_time="no", unless=_unless_long)
def aes_cbc_encrypt(job: CbcJob) -> Prepared:
    """One block of every message at a time, for each block waits for the one before.

    Bound: 110 numpy calls a block of 10 rounds, 90 us, until some 500 messages share them; then as
    ``aes_ecb_encrypt``.
    """
    inputs, output, cipher = job.inputs, job.outputs.data, encryption(job.inputs.key)
    chains = [
        Chains(job.lane, cipher, inputs.initial_vectors[rows], inputs.data[rows], output[rows])
        for rows, _ in pieces(job.params.messages, 1)
    ]

    def run() -> None:
        for chain in chains:
            chain.run()

    return Prepared(run=run)
