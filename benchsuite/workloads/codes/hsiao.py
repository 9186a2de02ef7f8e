"""Hsiao's odd-weight-column codes: one flipped bit is corrected, two are always detected (Hsiao 1970).

Codeword positions are the data bits, then the check bits; bit i is in byte i // 8, least significant first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from random import Random

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.reference.hsiao import OUTCOMES
from benchsuite.workloads.streams import (
    Bytes,
    Positions,
    below,
    canonical_bytes,
    case_key,
    random_bytes,
    renewed,
)
from benchsuite.workloads.vectors import load

SIZES = ((72, 64),)
"""The (n, k) that the workloads take; the build makes others too."""

PRESETS = {
    "smoke": (2**14,),
    "quick": (2**18,),
    "standard": (2**11, 2**18, 2**20),
    "publication": (2**11, 2**18, 2**20),
}
"""Preset -> numbers of codewords: 16 KiB (first cache), 2 MiB, 8 MiB of data at 64 bits."""


@functools.cache
def hsiao_columns(n: int, k: int) -> tuple[int, ...]:
    """The check matrix by columns in codeword order: k data columns, then the identity; bit i is row i.

    Whole classes of weight 3, 5, 7, ... in increasing order while they fit; from the last one, again and
    again the column that keeps the row weights most even. Raises ValueError where odd columns do not suffice.

    >>> hsiao_columns(13, 8)
    (7, 25, 14, 19, 28, 11, 21, 22, 1, 2, 4, 8, 16)
    """
    r = n - k
    if not (k >= 1 and r >= 1 and k <= 2 ** (r - 1) - r):
        raise ValueError(
            f"no Hsiao ({n},{k}): {r} check bits protect at most {2 ** max(r - 1, 0) - r} data bits"
        )
    chosen: list[int] = []
    for weight in range(3, r + 1, 2):
        unused = sorted(sum(1 << row for row in rows) for rows in combinations(range(r), weight))
        if len(unused) <= k - len(chosen):
            chosen += unused
            continue
        while len(chosen) < k:
            row_weights = [sum(column >> row & 1 for column in chosen) for row in range(r)]
            chosen.append(_most_even(unused, row_weights))
            unused.remove(chosen[-1])
        break
    return (*chosen, *(1 << row for row in range(r)))


def _most_even(unused: list[int], row_weights: list[int]) -> int:
    """The column that adds least to the sum of the squares of the row weights, of equal ones the smallest."""
    return min(
        unused,
        key=lambda column: (sum(2 * w + 1 for row, w in enumerate(row_weights) if column >> row & 1), column),
    )


@dataclass(frozen=True)
class HsiaoEncodeParams:
    """Raises ValueError for a size that does not exist, or no codeword."""

    n: int = 72
    k: int = 64
    codewords: int = 1024

    def __post_init__(self) -> None:
        _require_size(self.n, self.k)
        require_positive("codewords", self.codewords)


@dataclass(frozen=True)
class HsiaoDecodeParams:
    """Raises ValueError for a size that does not exist, no codeword, or a fraction outside 0 ... 1."""

    n: int = 72
    k: int = 64
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""

    def __post_init__(self) -> None:
        _require_size(self.n, self.k)
        require_positive("codewords", self.codewords)
        if type(self.wrong) not in (int, float) or not 0 <= self.wrong <= 1:
            raise ValueError(
                f"wrong is a fraction of the codewords, 0 ... 1, not {self.wrong!r}: such as 0.01"
            )
        object.__setattr__(self, "wrong", abs(float(self.wrong)))  # 1 is 1.0 and -0.0 is 0.0 in every key


def _require_size(n: object, k: object) -> None:
    require_positive("n", n)
    require_positive("k", k)
    if (n, k) not in SIZES:
        known = ", ".join(f"({n},{k})" for n, k in SIZES)
        raise ValueError(f"no workload for hsiao ({n},{k}): choose n and k of {known}")


@dataclass(frozen=True, eq=False)
class EncodeInputs:
    data: Bytes
    """``uint8[codewords, k / 8]``."""


@dataclass(frozen=True, eq=False)
class EncodeOutputs:
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``."""


@dataclass(frozen=True, eq=False)
class DecodeInputs:
    data: Bytes
    """``uint8[codewords, k / 8]``, as received."""
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``, as received."""


@dataclass(frozen=True, eq=False)
class DecodeOutputs:
    data: Bytes
    """``uint8[codewords, k / 8]``: one flipped bit mended; as received where an error is only detected."""
    outcome: Bytes
    """``uint8[codewords]``: 0 clean, 1 corrected (a check bit too), 2 detected."""


Params = HsiaoEncodeParams | HsiaoDecodeParams


def _columns(params: Params) -> tuple[int, ...]:
    return hsiao_columns(params.n, params.k)


def _bytes_per_word(params: Params) -> tuple[int, int]:
    """Bytes of data and of check bits in a codeword."""
    return -(-params.k // 8), -(-(params.n - params.k) // 8)


def _title(params: Params, operation: str) -> str:
    size = binary_size(params.codewords * _bytes_per_word(params)[0])
    return f"hsiao ({params.n},{params.k}) {operation}, {size}"


def _decode_label(params: HsiaoDecodeParams) -> str:
    return f"{_title(params, 'decode')}, {_fraction(params.wrong)}"


def _fraction(wrong: float) -> str:
    if wrong == 0:
        return "no error"
    _, digits, exponent = Decimal(repr(wrong)).normalize().as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{first}{'.' if rest else ''}{rest}e{int(exponent) + len(rest)} wrong"


def _data(params: Params, case: str, seed: int, slot: int) -> Bytes:
    size = _bytes_per_word(params)[0]
    return random_bytes(f"{case} data", seed, slot, params.codewords * size).reshape(-1, size)


def _encode_inputs(params: HsiaoEncodeParams, seed: int, slot: int) -> EncodeInputs:
    return EncodeInputs(data=_data(params, case_key(HSIAO_ENCODE, params), seed, slot))


def _decode_inputs(params: HsiaoDecodeParams, seed: int, slot: int) -> DecodeInputs:
    case = case_key(HSIAO_DECODE, params)
    data = _data(params, case, seed, slot)
    check = bulk.check_bits(_columns(params), params.k, data)
    bulk.flip(params.k, data, check, *_single_flips(params, _wrong_words(params), case, seed, slot))
    return DecodeInputs(data=data, check=check)


def _wrong_words(params: HsiaoDecodeParams) -> int:
    return max(round(params.wrong * params.codewords), 1 if params.wrong else 0)


def _single_flips(
    params: HsiaoDecodeParams, number: int, label: str, seed: int, slot: int
) -> tuple[Positions, Positions]:
    """(codewords, positions): ``number`` distinct codewords, a uniform position in each."""
    if not number:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lots = random_bytes(f"{label} wrong", seed, slot, 8 * params.codewords).view("<u8")
    drawn = random_bytes(f"{label} positions", seed, slot, 8 * number).view("<u8")
    return np.sort(np.argpartition(lots, number - 1)[:number]), below(drawn, params.n)


def _vary_encode(params: HsiaoEncodeParams, inputs: EncodeInputs, rng: Random, count: int | None) -> Items:
    rows = _varied_rows(params, rng, count)
    inputs.data[rows] = renewed(inputs.data[rows], rng)
    return [(row, None) for row in rows]


def _vary_decode(params: HsiaoDecodeParams, inputs: DecodeInputs, rng: Random, count: int | None) -> Items:
    """New codewords; the first wrong one has a flipped data bit, so that copying the data is wrong."""
    rows = _varied_rows(params, rng, count)
    inputs.data[rows] = renewed(inputs.data[rows], rng)
    inputs.check[rows] = bulk.check_bits(_columns(params), params.k, inputs.data[rows])
    if count is None:
        flipped, positions = _single_flips(
            params, max(1, _wrong_words(params)), "varied", rng.getrandbits(128), 0
        )
        positions[0] = rng.randrange(params.k)
    else:
        drawn = [(row, at) for i, row in enumerate(rows) for at in _drawn_flips(params, rng, first=i == 0)]
        flipped, positions = np.array(drawn, np.int64).reshape(-1, 2).T
    bulk.flip(params.k, inputs.data, inputs.check, flipped, positions)
    return [(row, None) for row in rows]


def _varied_rows(params: Params, rng: Random, count: int | None) -> list[int]:
    every = range(params.codewords)
    return list(every) if count is None else rng.sample(every, min(count, params.codewords))


def _drawn_flips(params: HsiaoDecodeParams, rng: Random, *, first: bool) -> list[int]:
    """One data bit (always so in the first word), one check bit, two bits, or none."""
    kinds: list[Callable[[], list[int]]] = [
        lambda: [rng.randrange(params.k)],
        lambda: [rng.randrange(params.k, params.n)],
        lambda: rng.sample(range(params.n), 2),
        list,
    ]
    return kinds[0 if first else rng.randrange(4)]()


def _check_encode(
    params: HsiaoEncodeParams, inputs: EncodeInputs, outputs: EncodeOutputs, items: Items
) -> None:
    rows = np.fromiter((item for item, _ in items), np.int64, len(items))
    expected, got = bulk.check_bits(_columns(params), params.k, inputs.data[rows]), outputs.check[rows]
    wrong = np.flatnonzero((expected != got).any(axis=1))
    if wrong.size:
        at = wrong[0]
        raise Mismatch(int(rows[at]), f"check {expected[at].tobytes().hex()}", got[at].tobytes().hex())


def _check_decode(
    params: HsiaoDecodeParams, inputs: DecodeInputs, outputs: DecodeOutputs, items: Items
) -> None:
    rows = np.fromiter((item for item, _ in items), np.int64, len(items))
    data, outcome = bulk.decode(_columns(params), params.k, inputs.data[rows], inputs.check[rows])
    got_data, got_outcome = outputs.data[rows], outputs.outcome[rows]
    wrong = np.flatnonzero((data != got_data).any(axis=1) | (outcome != got_outcome))
    if wrong.size:
        at = wrong[0]
        raise Mismatch(int(rows[at]), _said(data[at], outcome[at]), _said(got_data[at], got_outcome[at]))


def _said(data: Bytes, outcome: int) -> str:
    name = OUTCOMES[outcome] if outcome < len(OUTCOMES) else f"outcome {outcome}"
    return f"{name} {data.tobytes().hex()}"


def _encode_work(params: HsiaoEncodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(params))
    return Work(params.codewords, "codeword", payload_bytes=data, bytes_in=data, bytes_out=check)


def _decode_work(params: HsiaoDecodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(params))
    outcome = params.codewords
    return Work(
        params.codewords, "codeword", payload_bytes=data, bytes_in=data + check, bytes_out=data + outcome
    )


def _encode_presets(preset: str) -> Iterable[HsiaoEncodeParams]:
    return [HsiaoEncodeParams(codewords=codewords) for codewords in preset_cases(preset, PRESETS)]


def _decode_presets(preset: str) -> Iterable[HsiaoDecodeParams]:
    fractions = (0.01,) if preset == "smoke" else (0.0, 0.01)
    sizes = preset_cases(preset, PRESETS)
    return [HsiaoDecodeParams(codewords=codewords, wrong=wrong) for codewords in sizes for wrong in fractions]


def _encode_vectors() -> Iterable[Vector[HsiaoEncodeParams, EncodeInputs, EncodeOutputs]]:
    for record in load("hsiao.txt"):
        if record["outcome"] == "clean":
            yield Vector(
                name=record["name"],
                source=record["source"],
                params=HsiaoEncodeParams(n=int(record["n"]), k=int(record["k"]), codewords=1),
                inputs=EncodeInputs(data=_row(record["data"])),
                outputs=EncodeOutputs(check=_row(record["check"])),
            )


def _decode_vectors() -> Iterable[Vector[HsiaoDecodeParams, DecodeInputs, DecodeOutputs]]:
    for record in load("hsiao.txt"):
        outcome = np.array([OUTCOMES.index(record["outcome"])], np.uint8)
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=HsiaoDecodeParams(n=int(record["n"]), k=int(record["k"]), codewords=1),
            inputs=DecodeInputs(data=_row(record["data"]), check=_row(record["check"])),
            outputs=DecodeOutputs(data=_row(record["decoded"]), outcome=outcome),
        )


def _row(codeword: str) -> Bytes:
    return np.array([list(bytes.fromhex(codeword))], np.uint8)


HSIAO_ENCODE = Workload(
    id="hsiao-encode",
    version=1,
    params=HsiaoEncodeParams,
    label=lambda params: _title(params, "encode"),
    presets=_encode_presets,
    inputs=_encode_inputs,
    outputs=lambda params: EncodeOutputs(
        check=np.zeros((params.codewords, _bytes_per_word(params)[1]), np.uint8)
    ),
    vary=_vary_encode,
    work=_encode_work,
    check=_check_encode,
    canonical=canonical_bytes,
    vectors=_encode_vectors,
)
"""The check bits of every word of data."""

HSIAO_DECODE = Workload(
    id="hsiao-decode",
    version=1,
    params=HsiaoDecodeParams,
    label=_decode_label,
    presets=_decode_presets,
    inputs=_decode_inputs,
    outputs=lambda params: DecodeOutputs(
        data=np.zeros((params.codewords, _bytes_per_word(params)[0]), np.uint8),
        outcome=np.zeros(params.codewords, np.uint8),
    ),
    vary=_vary_decode,
    work=_decode_work,
    check=_check_decode,
    canonical=canonical_bytes,
    vectors=_decode_vectors,
)
"""Every received codeword mended, with its outcome: clean, corrected or detected."""
