"""A code's encoder and decoder as one backend prepared them: codewords in, claims out, answers checked."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Scope, Workload
from benchsuite.host.engine import Engine, Way
from benchsuite.host.proof import Wrong, run_once
from benchsuite.inject.outcomes import Fates, classify
from benchsuite.workloads.codes import Code
from benchsuite.workloads.streams import Bytes, Positions

BLOCK = 1 << 15  # codewords at a time: with their words and positions a few MB, in the last cache
CHECKED = 256  # answers of a block: one wrong in a thousand outlasts 20 blocks with probability 0.6 %


@dataclass(frozen=True, kw_only=True)
class Through:
    """How a backend does both halves of a code: the device and the scope, and the variant of each half."""

    device: str
    scope: Scope
    encode: str
    decode: str
    fused: str | None = None
    """The variant that injects by itself, without a codeword leaving the device; None where none does."""


class Answers(NamedTuple):
    """Of an encoder and a decoder, codeword by codeword."""

    check: Bytes
    received_data: Bytes
    received_check: Bytes
    """What the decoder was given."""
    delivered: Bytes
    """The data that it gave."""
    claims: Bytes


class Half:
    """One workload of the code, prepared."""

    def __init__(self, engine: Engine, way: Way, inputs: Any, outputs: Any) -> None:
        self.way, self.inputs, self.outputs = way, inputs, outputs
        self._prepared = engine.prepare(way, inputs, outputs)
        self._lane = engine.lane(way.device)
        self.close = self._prepared.close

    def run(self) -> Any:
        """Fill the outputs; returns the inputs that they answer."""
        inputs = deepcopy(self.inputs) if self._prepared.in_place else self.inputs
        run_once(self._prepared, self._lane)
        return inputs

    def run_checked(self, *, first: int, count: int, whole: bool, codewords: int) -> Any:
        """``run``; compare the ``whole`` block, or random items of it, with the reference.

        ``first`` is the number of the block's first trial, each of ``codewords``. Raises Wrong, naming it.
        """
        inputs = self.run()
        # drawn by the system: a plugin cannot know which answers are looked at
        chosen = np.arange(count) if whole else np.random.default_rng().integers(count, size=CHECKED)
        items: Items = [(item, None) for item in chosen.tolist()]
        try:
            self.way.workload.check(self.way.params, inputs, self.outputs, items)
        except Mismatch as mismatch:
            raise _wrong(self.way, first, codewords, mismatch) from None
        return inputs


def _wrong(way: Way, first: int, codewords: int, mismatch: Mismatch) -> Wrong:
    trial = first + mismatch.item // codewords
    return Wrong(f"{way.workload.id}, trial {trial}: expected {mismatch.expected}, got {mismatch.got}")


def _masks(bits: Sequence[int], first: int, count: int) -> Bytes:
    """``uint8[n + 1, ceil(count / 8)]``: what a flip of each position changes in bits from ``first`` on.

    ``bits`` says which bit is at each position. The last row, that of position -1, changes nothing.
    """
    masks = np.zeros((len(bits) + 1, -(-count // 8)), np.uint8)
    for position, bit in enumerate(bits):
        if first <= bit < first + count:
            masks[position, (bit - first) // 8] = 1 << (bit - first) % 8
    return masks


class Rig:
    """Both halves, prepared once for BLOCK codewords; a shorter block leaves the rest as it was.

    Raises Unsupported, or whatever the plugin's ``prepare`` raises.
    """

    def __init__(self, engine: Engine, code: Code, through: Through) -> None:
        self._encoder, self._decoder = (
            Half(engine, way, way.workload.inputs(way.params, 0, 0), way.workload.outputs(way.params))
            for way in ways(code, through)
        )
        # a code that is only checked delivers the data as received
        self._delivered = self._decoder.outputs if code.family.corrects else self._decoder.inputs
        self._data_masks = _masks(code.bits, 0, code.k)
        self._check_masks = _masks(code.bits, code.k, code.n - code.k)
        self._received = self._decoder.inputs
        self._fresh = True

    def close(self) -> None:
        """Let both halves go."""
        self._encoder.close()
        self._decoder.close()

    def encode(self, first: int, data: Bytes, *, codewords: int = 1) -> Bytes:
        """The check bits, ``uint8[count, ...]``, of ``data: uint8[count, ...]``; count is at most BLOCK.

        ``first`` is the number of the first trial, which has so many ``codewords``. Raises Wrong.
        """
        count = len(data)
        self._encoder.inputs.data[:count] = data
        self._encoder.run_checked(first=first, count=count, whole=self._fresh, codewords=codewords)
        check: Bytes = self._encoder.outputs.check[:count]
        return check

    def deliver(self, first: int, data: Bytes, check: Bytes, *, codewords: int = 1) -> tuple[Bytes, Bytes]:
        """(data, claims) of the decoder on ``data`` and ``check`` as received. Raises Wrong."""
        count, decoder = len(data), self._decoder
        decoder.inputs.data[:count] = data
        decoder.inputs.check[:count] = check
        self._received = decoder.run_checked(first=first, count=count, whole=self._fresh, codewords=codewords)
        self._fresh = False
        return self._delivered.data[:count], decoder.outputs.outcome[:count]

    def decode(
        self,
        first: int,
        data: Bytes,
        check: Bytes,
        positions: Positions,
        *,
        codewords: int = 1,
        erased: Bytes | None = None,
    ) -> Fates:
        """Flip ``positions: int64[count, flips]`` of what ``encode`` was given and gave, decode, classify.

        -1 flips nothing. ``erased: uint8[count, symbols]`` is told a decoder that takes erasures. Raises
        Wrong.
        """
        count, decoder = len(data), self._decoder
        decoder.inputs.data[:count] = data
        decoder.inputs.check[:count] = check
        if erased is not None:
            decoder.inputs.erased[:count] = erased
        for column in np.ascontiguousarray(positions.T):
            decoder.inputs.data[:count] ^= self._data_masks.take(column, axis=0, mode="wrap")
            decoder.inputs.check[:count] ^= self._check_masks.take(column, axis=0, mode="wrap")
        self._received = decoder.run_checked(first=first, count=count, whole=self._fresh, codewords=codewords)
        self._fresh = False
        try:
            return classify(
                (positions >= 0).sum(axis=1, dtype=np.int32),
                decoder.outputs.outcome[:count],
                same_rows(self._delivered.data[:count], data),
                injecting=positions.shape[1] > 0,
                codewords=codewords,
            )
        except Mismatch as mismatch:
            raise _wrong(decoder.way, first, codewords, mismatch) from None

    def answers(self, count: int) -> Answers:
        """To the first ``count`` codewords of the last block."""
        return Answers(
            check=self._encoder.outputs.check[:count],
            received_data=self._received.data[:count],
            received_check=self._received.check[:count],
            delivered=self._delivered.data[:count],
            claims=self._decoder.outputs.outcome[:count],
        )


def same_rows(left: Bytes, right: Bytes) -> npt.NDArray[np.bool_]:
    """Whether rows are equal: word by word, as eight-byte rows are far quicker than rows of eight bytes."""
    words = f"<u{np.gcd(left.shape[1], 8)}"
    same = np.ones(len(left), np.bool_)
    for mine, other in zip(left.view(words).T, right.view(words).T, strict=True):
        same &= mine == other
    return same


def block_params(code: Code, workload: Workload[Any, Any, Any]) -> Any:
    """The parameters of one half, for BLOCK codewords: a decoder may have some that the encoder has not."""
    known = {field.name for field in fields(workload.params)}
    chosen = {name: value for name, value in code.params.items() if name in known}
    return workload.params(**chosen, codewords=BLOCK)


def ways(code: Code, through: Through) -> tuple[Way, Way]:
    """The encoder's and the decoder's way, for BLOCK codewords."""
    halves = ((code.encode, through.encode), (code.decode, through.decode))
    encode, decode = (
        Way(
            workload=workload,
            params=block_params(code, workload),
            variant=variant,
            device=through.device,
            scope=through.scope,
        )
        for workload, variant in halves
    )
    return encode, decode
