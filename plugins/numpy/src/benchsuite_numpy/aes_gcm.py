"""AES-GCM: counter mode from the block that masks the tag on, and GHASH, both over batches of messages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.aes.gcm import (
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
    TAG_BYTES,
    AesGcmDecryptOutputs,
    AesGcmDecryptParams,
    AesGcmEncryptOutputs,
    AesGcmEncryptParams,
    AesGcmInputs,
)
from benchsuite_numpy.aes import U8, encryption
from benchsuite_numpy.aes_blocks import Batch, crypt, pieces, shared, together
from benchsuite_numpy.aes_ctr import Keystream, schedule
from benchsuite_numpy.backend import backend
from benchsuite_numpy.ghash import Hash

EncryptJob = Job[AesGcmEncryptParams, AesGcmInputs, AesGcmEncryptOutputs, HostLane]
DecryptJob = Job[AesGcmDecryptParams, AesGcmInputs, AesGcmDecryptOutputs, HostLane]

MOST_TOGETHER = 4096
"""Messages at a time: so many fill the buffers of GHASH with one block of each."""


@lru_cache(maxsize=64)
def _subkey(key: bytes) -> bytes:
    block = np.zeros((1, 16), np.uint8)
    cipher = encryption(key)
    crypt(Batch(1), cipher, cipher.columns(block), cipher.columns(block))
    return block.tobytes()


_ONE = np.array([0, 0, 0, 1], np.uint8)


class Room:
    """Buffers for what belongs to a message, beside its text."""

    def __init__(self, messages: int) -> None:
        self.counters: U8 = np.empty((messages, 16), np.uint8)
        self.masks: U8 = np.empty((messages, TAG_BYTES), np.uint8)
        self.differs: NDArray[np.bool_] = np.empty((messages, TAG_BYTES), np.bool_)
        self.wrong: NDArray[np.bool_] = np.empty(messages, np.bool_)


class Messages:
    """Messages that are crypted and hashed together, from ``text`` to ``answer: uint8[messages, bytes]``.

    ``ciphertext`` is the one of the two that is hashed. Views and tables are made once a slot.
    """

    def __init__(
        self, lane: HostLane, inputs: AesGcmInputs, rows: slice, text: U8, answer: U8, ciphertext: U8
    ) -> None:
        messages, size = text.shape
        subkey, nonces = _subkey(inputs.key), inputs.nonces[rows]
        self.room = shared(lane, Room, messages)
        self._schedule = schedule(inputs.key)
        self._nonces = nonces
        nothing = nonces[:, :0]
        self._hashed_nonces = None if nonces.shape[1] == 12 else Hash(lane, subkey, nothing, nonces)
        self._hashed_text = Hash(lane, subkey, inputs.associated_data[rows], ciphertext)
        self._mask: U8 = nothing
        self._parts: list[tuple[Keystream, U8, U8, U8]] = []
        for _, blocks in pieces(messages, 1 - -size // 16):
            count = blocks.stop - blocks.start
            keystream = Keystream(lane, self.room.counters, blocks.start, count, wrap_at_32=True)
            start, stop = max(0, 16 * blocks.start - 16), min(16 * blocks.stop - 16, size)
            stream = keystream.stream
            if not blocks.start:  # the first block masks the tag
                self._mask, stream = stream[:, :16], stream[:, 16:]
            place = slice(start, stop)
            self._parts.append((keystream, stream[:, : stop - start], text[:, place], answer[:, place]))

    def crypt(self) -> None:
        """Write ``answer``, and to ``room.masks`` what masks the tags."""
        self._count_from_nonces()
        for i, (keystream, stream, text, answer) in enumerate(self._parts):
            keystream.run(self._schedule)
            if i == 0:
                np.copyto(self.room.masks, self._mask)
            np.bitwise_xor(text, stream, out=answer)

    def _count_from_nonces(self) -> None:
        """The pre-counter blocks (SP 800-38D §7.1, step 2)."""
        counters = self.room.counters
        if self._hashed_nonces is None:
            counters[:, :12] = self._nonces
            counters[:, 12:] = _ONE
        else:
            self._hashed_nonces.run()
            np.copyto(counters, self._hashed_nonces.digest)

    def make_tags(self) -> U8:
        """The right tags ``uint8[messages, 16]``, after ``crypt``; in place of the masks."""
        self._hashed_text.run()
        np.bitwise_xor(self._hashed_text.digest, self.room.masks, out=self.room.masks)
        return self.room.masks


def _groups(params: AesGcmEncryptParams | AesGcmDecryptParams) -> Iterator[slice]:
    blocks = 1 - -params.message_bytes // 16 - -params.associated_bytes // 16
    return together(params.messages, blocks, MOST_TOGETHER)


@backend.implements(AES_GCM_ENCRYPT, version=1, constant_time="no")
def aes_gcm_encrypt(job: EncryptJob) -> Prepared:
    """Counter mode as ``aes-ctr``; a product with H as 16 look-ups in tables of 256 blocks.

    Bound: beside counter mode, a block takes 16 look-ups of 16 bytes in 64 KiB (0.6 ns each) and as many
    element-wise passes: 25 ns. Source: SP 800-38D; tables by Shoup 1996, eight bits at a time.
    """
    size, inputs, output = job.params.message_bytes, job.inputs, job.outputs.data
    parts = []
    for rows in _groups(job.params):
        answer, tags = output[rows, :size], output[rows, size:]
        parts.append((Messages(job.lane, inputs, rows, inputs.data[rows], answer, answer), tags))

    def run() -> None:
        for messages, tags in parts:
            messages.crypt()
            np.copyto(tags, messages.make_tags())

    return Prepared(run=run)


@backend.implements(AES_GCM_DECRYPT, version=1, constant_time="no")
def aes_gcm_decrypt(job: DecryptJob) -> Prepared:
    """As ``aes_gcm_encrypt``; the answers of rejected messages are overwritten with zeros."""
    size, inputs, outputs = job.params.message_bytes, job.inputs, job.outputs
    parts = []
    for rows in _groups(job.params):
        text, received, answer = inputs.data[rows, :size], inputs.data[rows, size:], outputs.data[rows]
        messages = Messages(job.lane, inputs, rows, text, answer, text)
        parts.append((messages, received, answer, outputs.ok[rows]))

    def run() -> None:
        for messages, received, answer, ok in parts:
            room = messages.room
            messages.crypt()
            np.not_equal(messages.make_tags(), received, out=room.differs)
            np.logical_or.reduce(room.differs, axis=1, out=room.wrong)
            np.equal(room.wrong, False, out=ok, casting="unsafe")
            if room.wrong.any():
                answer[room.wrong] = 0

    return Prepared(run=run)
