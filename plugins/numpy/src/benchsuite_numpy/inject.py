"""Injection into Hsiao codes: by syndrome alone, or composed of this engine's own encoder and decoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads import HSIAO_INJECT
from benchsuite.workloads.codes.hsiao import HSIAO, HsiaoDecodeParams, HsiaoEncodeParams, hsiao_columns
from benchsuite.workloads.codes.inject import (
    Flips,
    HsiaoInjectInputs,
    HsiaoInjectOutputs,
    HsiaoInjectParams,
    flips,
)
from benchsuite.workloads.codes.linear import DecodeInputs, DecodeOutputs, EncodeInputs, EncodeOutputs
from benchsuite.workloads.codes.outcomes import OUTCOMES, trial_outcomes
from benchsuite.workloads.streams import DATA_BLOCK, words
from benchsuite_numpy import linear
from benchsuite_numpy.backend import backend

Indices = NDArray[np.intp]
InjectJob = Job[HsiaoInjectParams, HsiaoInjectInputs, HsiaoInjectOutputs, HostLane]

BLOCK = 8192
"""Trials at a time: 256 KiB of words, which stay in a second-level cache with all that comes of them."""

PIECE = 1024
"""Trials drawn at a time: numpy's Philox gives new memory, 32 KiB of it."""

MOST_TALLIES = 512
"""Of a block: their counts are new memory too, 28 KiB."""

LONGEST = max(n for n, _ in HSIAO.sizes)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


class Block(NamedTuple):
    """Trials ``offset ... offset + trials - 1`` of some tallies; row i is of the tally ``i // trials``."""

    tallies: slice
    offset: int
    trials: int
    rows: int


def blocks(params: HsiaoInjectParams) -> Iterator[Block]:
    """Whole tallies while they fit, else parts of one."""
    together = max(1, min(BLOCK // params.trials, MOST_TALLIES))
    for first in range(0, params.tallies, together):
        tallies = slice(first, min(first + together, params.tallies))
        for offset in range(0, params.trials, BLOCK):
            trials = min(BLOCK, params.trials - offset)
            yield Block(tallies, offset, trials, trials * (tallies.stop - first))


class Scratch:
    """The buffers of one lane, for a block of trials; shared by its slots."""

    def __init__(self) -> None:
        self.words: NDArray[np.uint64] = np.empty((BLOCK, 4), np.uint64)
        self.low: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)
        self.bound: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)
        self.flips: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)
        self.chosen: NDArray[np.uint64] = np.empty((LONGEST, BLOCK), np.uint64)
        self.same: NDArray[np.bool_] = np.empty(BLOCK, np.bool_)
        self.taken: NDArray[np.bool_] = np.empty(BLOCK, np.bool_)
        self.syndrome: NDArray[np.uint16] = np.empty(BLOCK, np.uint16)
        self.part: NDArray[np.uint64] = np.empty(BLOCK, np.uint64)
        self.index: Indices = np.empty(BLOCK, np.intp)
        self.kind: Indices = np.empty(BLOCK, np.intp)


_SCRATCH: WeakKeyDictionary[HostLane, Scratch] = WeakKeyDictionary()


def draw(inputs: HsiaoInjectInputs, block: Block, number: int, out: NDArray[np.uint64]) -> None:
    """Block ``number`` of the streams of a block's trials to ``out: uint64[rows, 4]``."""
    row = 0
    pairs = zip(inputs.key[block.tallies].tolist(), inputs.first[block.tallies].tolist(), strict=True)
    for (k0, k1), first in pairs:
        for start in range(0, block.trials, PIECE):
            count = min(PIECE, block.trials - start)
            out[row : row + count] = words((k0, k1), first + block.offset + start, count, number)
            row += count


def choose(inputs: HsiaoInjectInputs, block: Block, n: int, wanted: Flips, to: Scratch) -> int:
    """Leave the flips of every trial in ``to.flips`` and their positions in the first rows of ``to.chosen``.

    Gives how many rows: the most flips of a trial. n stands for none where a trial flips fewer.
    """
    drawn, rows = to.words[: block.rows], slice(block.rows)
    number, same, taken = to.flips[rows], to.same[rows], to.taken[rows]
    draw(inputs, block, 0, drawn)
    number.fill(wanted.number)
    for threshold in wanted.thresholds:
        np.greater_equal(drawn[:, 0], threshold, out=same)
        if not same.any():
            break
        np.add(number, np.uint64(1), out=number, where=same)
    most = int(number.max())
    used = 1 if wanted.thresholds.size else 0
    # Floyd: the i-th is below n - number + i + 1, and that number less one if it was drawn before
    bound, low = to.bound[rows], to.low[rows]
    np.subtract(np.uint64(n), number, out=bound)
    for i in range(most):
        if (used + i) % 4 == 0 and i:
            draw(inputs, block, (used + i) // 4, drawn)
        word, position = drawn[:, (used + i) % 4], to.chosen[i, rows]
        bound += np.uint64(1)
        np.bitwise_and(word, LOW, out=low)
        low *= bound
        low >>= HALF
        np.right_shift(word, HALF, out=position)
        position *= bound
        position += low
        position >>= HALF
        taken.fill(False)
        for earlier in to.chosen[:i, rows]:
            np.equal(earlier, position, out=same)
            taken |= same
        np.subtract(bound, np.uint64(1), out=low)
        np.copyto(position, low, where=taken)
        np.less_equal(number, np.uint64(i), out=same)
        np.copyto(position, np.uint64(n), where=same)
    return most


def kinds(wanted: Flips) -> Indices:
    """``intp[12]``: the outcome of 6 flipped + 3 right + the decoder's claim."""
    flipped, right, claims = np.array(list(product((0, 1), (0, 1), range(3)))).T
    injecting = wanted.number > 0 or wanted.thresholds.size > 0
    found = trial_outcomes(flipped, claims.astype(np.uint8), right.astype(bool), injecting=injecting)
    return found.astype(np.intp)


def syndrome_kinds(columns: tuple[int, ...], wanted: Flips) -> Indices:
    """``intp[3, 2^r]``: the outcome of 0, 1 or more flips that leave such a syndrome.

    Nothing but one flip is mended rightly: a single column that equals a sum of others is never one of them.
    """
    table, by_kind = np.empty((3, 2 * columns[-1]), np.intp), kinds(wanted)
    claims = np.full(table.shape[1], linear.DETECTED)
    claims[list(columns)] = linear.CORRECTED
    claims[0] = linear.CLEAN
    for flipped in range(3):
        table[flipped] = by_kind[6 * (flipped > 0) + 3 * (flipped < 2) + claims]
    return table


class Counter(NamedTuple):
    """Counts outcomes into the tallies of a slot."""

    counts: NDArray[np.uint64]
    base: Indices
    """``intp[BLOCK]``: where the counts of each row's tally begin, seen from the block's first tally."""

    def add(self, block: Block, kind: Indices) -> None:
        """Count ``kind: intp[rows]``, which this changes."""
        kind += self.base[: block.rows]
        counts = self.counts[block.tallies].reshape(-1)
        counts += np.bincount(kind, minlength=counts.size).view(np.uint64)


def repeated(job: InjectJob, kinds_of: Callable[[Block, int, Scratch], Indices]) -> Prepared:
    """A slot that draws block by block and counts the kinds ``kinds_of(block, most flips, scratch)``."""
    params, to = job.params, _SCRATCH.setdefault(job.lane, Scratch())
    wanted, every = flips(params), tuple(blocks(params))
    counter = Counter(job.outputs.counts, len(OUTCOMES) * (np.arange(BLOCK) // params.trials))

    def run() -> None:
        counter.counts.fill(0)
        for block in every:
            most = choose(job.inputs, block, params.n, wanted, to)
            counter.add(block, kinds_of(block, most, to))

    return Prepared(run=run)


@backend.implements(HSIAO_INJECT, version=1, constant_time="no")
def by_syndrome(job: InjectJob) -> Prepared:
    """No data: in a linear code what happens depends on the flipped bits alone.

    Bound: numpy's Philox (four words a trial), then some twenty passes a flip over numbers in the
    second-level cache. Source: Hsiao 1970, decoding by syndrome.
    """
    columns = hsiao_columns(job.params.n, job.params.k)
    table, wide = syndrome_kinds(columns, flips(job.params)).reshape(-1), np.uint64(2 * columns[-1])
    with_none: NDArray[np.uint16] = np.array([*columns, 0], np.uint16)

    def kinds_of(block: Block, most: int, to: Scratch) -> Indices:
        rows = slice(block.rows)
        syndrome, part = to.syndrome[rows], to.part.view(np.uint16)[rows]
        syndrome.fill(0)
        for position in to.chosen[:most, rows].view(np.intp):
            with_none.take(position, out=part, mode="wrap")
            syndrome ^= part
        index, several = to.index[rows], to.low[rows]
        np.copyto(index, syndrome)
        np.minimum(to.flips[rows], np.uint64(2), out=several)
        several *= wide
        index += several.view(np.intp)
        return table.take(index, out=to.kind[rows], mode="wrap")

    return repeated(job, kinds_of)


@backend.implements(HSIAO_INJECT, version=1, variant="composed", constant_time="no")
def composed(job: InjectJob) -> Prepared:
    """Data drawn, encoded, flipped and decoded by this engine's ``hsiao-encode`` and ``hsiao-decode``.

    Bound: as by syndrome, and the words of the data, an encoder, a decoder in which every word is wrong, and
    two look-ups a flip.
    """
    n, k = job.params.n, job.params.k
    encoded = EncodeInputs(blank(k)), EncodeOutputs(blank(n - k))
    received, decoded = DecodeInputs(blank(k), blank(n - k)), DecodeOutputs(blank(k), blank(8)[:, 0])
    encode = linear.encode(HSIAO)(_of_a_block(job, HsiaoEncodeParams(n=n, k=k, codewords=BLOCK), *encoded))
    decode = linear.decode(HSIAO)(
        _of_a_block(job, HsiaoDecodeParams(n=n, k=k, codewords=BLOCK), received, decoded)
    )
    sent, check = encoded[0].data, encoded[1].check
    masks = *flip_masks(n, 0, k), *flip_masks(n, k, n)
    targets = *as_words(received.data), *as_words(received.check)
    by_kind = kinds(flips(job.params))

    def kinds_of(block: Block, most: int, to: Scratch) -> Indices:
        rows = slice(block.rows)
        draw(job.inputs, block, DATA_BLOCK, to.words[rows])
        sent[rows] = to.words[rows].view(np.uint8)[:, : sent.shape[1]]
        encode.run()
        np.copyto(received.data, sent)
        np.copyto(received.check, check)
        for position in to.chosen[:most, rows].view(np.intp):
            for target, mask in zip(targets, masks, strict=True):
                part = to.part.view(mask.dtype)[rows]
                mask.take(position, out=part, mode="wrap")
                np.bitwise_xor(target[rows], part, out=target[rows])
        decode.run()
        right, same, index = to.taken[rows], to.same[rows], to.index[rows]
        right.fill(True)
        for got, wanted in zip(as_words(decoded.data), as_words(sent), strict=True):
            right &= np.equal(got[rows], wanted[rows], out=same)
        np.copyto(index, decoded.outcome[rows])
        kind = to.kind[rows]
        for weight, yes in ((3, right), (6, np.greater(to.flips[rows], 0, out=same))):
            np.copyto(kind, yes)
            kind *= weight
            index += kind
        return by_kind.take(index, out=kind, mode="wrap")

    return repeated(job, kinds_of)


def blank(bits: int) -> linear.U8:
    """``uint8[BLOCK, ceil(bits / 8)]`` of zeros."""
    return np.zeros((BLOCK, -(-bits // 8)), np.uint8)


def _of_a_block(job: InjectJob, params: Any, inputs: Any, outputs: Any) -> Job[Any, Any, Any, HostLane]:
    return Job(
        params=params, device=job.device, lane=job.lane, scope=job.scope, inputs=inputs, outputs=outputs
    )


def as_words(rows: linear.U8) -> Sequence[linear.Words]:
    """The columns of ``uint8[rows, bytes]`` by the longest integer of which a row is a whole number."""
    return tuple(rows.view(f"<u{np.gcd(rows.shape[1], 8)}").T)


def flip_masks(n: int, start: int, stop: int) -> Sequence[linear.Words]:
    """What a flip of each position, none being n, changes in each word of bits ``start ... stop - 1``."""
    masks = np.zeros((n + 1, -(-(stop - start) // 8)), np.uint8)
    for bit in range(stop - start):
        masks[start + bit, bit // 8] = 1 << bit % 8
    return tuple(np.ascontiguousarray(mask) for mask in as_words(masks))
