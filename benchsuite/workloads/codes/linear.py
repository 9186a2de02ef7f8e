"""What all systematic binary linear codes share: a family is its sizes and columns, the rest is here.

Data and check bits are kept apart, bit i in byte i // 8, least significant first; bits beyond the last one
are zero and mean nothing. ``columns`` are those of the check matrix: k data columns, then the identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from random import Random
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.params import binary_size, preset_cases, require_positive
from benchsuite.workloads.reference.linear import OUTCOMES
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

CODEWORDS = 2**18
"""Of every size at the longer presets: 2 MiB of data at 64 bits."""

DEFAULT_SIZE_CODEWORDS = (2**11, 2**18, 2**20)
"""Of a family's default size there: 16 KiB (first cache), 2 MiB and 8 MiB of data at 64 bits."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of code, by functions of (n, k) for each of its ``sizes``."""

    name: str
    sizes: Sequence[tuple[int, int]]
    columns: Callable[[int, int], tuple[int, ...]]
    """k data columns of the check matrix, then the identity; bit i of a column is row i."""
    matrix: Callable[[int, int], tuple[int, ...]]
    """The check matrix by columns in codeword order: any one with the same codewords."""
    bits: Callable[[int, int], tuple[int, ...]] = lambda n, k: tuple(range(n))
    """Which bit is at each position of the codeword: i is data bit i, k + i check bit i."""
    corrects: int = 1
    """Flipped bits that are corrected: 1, or 0 for a code that is only checked."""

    def require(self, params: EncodeParams) -> None:
        """Raise ValueError for a size that is none of the family's, or no codeword."""
        require_positive("n", params.n)
        require_positive("k", params.k)
        if (params.n, params.k) not in self.sizes:
            known = ", ".join(f"({n},{k})" for n, k in self.sizes)
            raise ValueError(
                f"no workload for {self.name} ({params.n},{params.k}): choose n and k of {known}"
            )
        require_positive("codewords", params.codewords)

    def require_received(self, params: DecodeParams) -> None:
        """Raise ValueError as ``require`` does, and for a fraction outside 0 ... 1; make it a float."""
        self.require(params)
        if type(params.wrong) not in (int, float) or not 0 <= params.wrong <= 1:
            raise ValueError(
                f"wrong is a fraction of the codewords, 0 ... 1, not {params.wrong!r}: such as 0.01"
            )
        # 1 is 1.0 and -0.0 is 0.0 in every key
        object.__setattr__(params, "wrong", abs(float(params.wrong)))


class EncodeParams(Protocol):
    """The parameters of an encoder."""

    def __init__(self, *, n: int, k: int, codewords: int) -> None: ...
    @property
    def n(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def codewords(self) -> int: ...


class DecodeParams(EncodeParams, Protocol):
    """The parameters of a decoder, or of a check."""

    def __init__(self, *, n: int, k: int, codewords: int, wrong: float = 0.0) -> None: ...
    @property
    def wrong(self) -> float:
        """Fraction of the codewords that carry one flipped bit, data or check; above 0, at least one does."""


E = TypeVar("E", bound=EncodeParams)
D = TypeVar("D", bound=DecodeParams)


@dataclass(frozen=True, eq=False)
class EncodeInputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``."""


@dataclass(frozen=True, eq=False)
class EncodeOutputs:
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``."""


@dataclass(frozen=True, eq=False)
class DecodeInputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``, as received."""
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``, as received."""


@dataclass(frozen=True, eq=False)
class DecodeOutputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``: one flipped bit mended; as received where it is only detected."""
    outcome: Bytes
    """``uint8[codewords]``: 0 clean, 1 corrected (a check bit too), 2 detected."""


@dataclass(frozen=True, eq=False)
class CheckOutputs:
    outcome: Bytes
    """``uint8[codewords]``: 0 clean, 2 detected."""


Received = DecodeOutputs | CheckOutputs


def encoder(
    family: Family, params: type[E], *, smoke: Sequence[E] = (), quick: Sequence[E] = ()
) -> Workload[E, EncodeInputs, EncodeOutputs]:
    """The workload ``family-encode``: the check bits of every word of data."""

    def check(params: E, inputs: EncodeInputs, outputs: EncodeOutputs, items: Items) -> None:
        rows = _rows(items)
        expected = bulk.check_bits(family.columns(params.n, params.k), params.k, inputs.data[rows])
        got = outputs.check[rows]
        wrong = np.flatnonzero((expected != got).any(axis=1))
        if wrong.size:
            at = wrong[0]
            raise Mismatch(int(rows[at]), f"check {expected[at].tobytes().hex()}", got[at].tobytes().hex())

    def vary(params: E, inputs: EncodeInputs, rng: Random, count: int | None) -> Items:
        rows = _varied_rows(params, rng, count)
        inputs.data[rows] = renewed(inputs.data[rows], rng, last=_last_byte(params.k))
        return [(row, None) for row in rows]

    def vectors() -> Iterable[Vector[E, EncodeInputs, EncodeOutputs]]:
        for record in load(f"{family.name}.txt"):
            if record["outcome"] == "clean":
                yield Vector(
                    name=record["name"],
                    source=record["source"],
                    params=params(n=int(record["n"]), k=int(record["k"]), codewords=1),
                    inputs=EncodeInputs(data=_row(record["data"])),
                    outputs=EncodeOutputs(check=_row(record["check"])),
                )

    every = [params(n=n, k=k, codewords=count) for n, k, count in _every(family, params)]
    standard = [case for case in every if (case.n, case.k) == _default_size(params)]
    cases = {"smoke": smoke, "quick": quick, "standard": standard, "publication": every}
    workload: Workload[E, EncodeInputs, EncodeOutputs] = Workload(
        id=f"{family.name}-encode",
        version=1,
        params=params,
        label=lambda params: _title(family, params, "encode"),
        presets=lambda preset: preset_cases(preset, cases),
        inputs=lambda params, seed, slot: EncodeInputs(
            data=_data(params, case_key(workload, params), seed, slot)
        ),
        outputs=lambda params: EncodeOutputs(
            check=np.zeros((params.codewords, _bytes_per_word(params)[1]), np.uint8)
        ),
        vary=vary,
        work=_encode_work,
        check=check,
        canonical=canonical_bytes,
        vectors=vectors,
    )
    return workload


def decoder(
    family: Family, params: type[D], *, smoke: Sequence[D] = (), quick: Sequence[D] = ()
) -> Workload[D, DecodeInputs, Any]:
    """``family-decode`` (``DecodeOutputs``), or ``family-check`` of a family that corrects nothing."""
    operation = "decode" if family.corrects else "check"

    def check(params: D, inputs: DecodeInputs, outputs: Received, items: Items) -> None:
        rows = _rows(items)
        expected = answer(family, params, inputs.data[rows], inputs.check[rows])
        got = type(outputs)(**{field.name: getattr(outputs, field.name)[rows] for field in fields(outputs)})
        wrong = np.flatnonzero(_differ(expected, got))
        if wrong.size:
            at = int(wrong[0])
            raise Mismatch(int(rows[at]), _said(expected, at), _said(got, at))

    def vary(params: D, inputs: DecodeInputs, rng: Random, count: int | None) -> Items:
        return _vary_received(family, params, inputs, rng, count)

    def outputs(params: D) -> Received:
        outcome = np.zeros(params.codewords, np.uint8)
        if not family.corrects:
            return CheckOutputs(outcome=outcome)
        data = np.zeros((params.codewords, _bytes_per_word(params)[0]), np.uint8)
        return DecodeOutputs(data=data, outcome=outcome)

    def vectors() -> Iterable[Vector[D, DecodeInputs, Any]]:
        for record in load(f"{family.name}.txt"):
            outcome = np.array([OUTCOMES.index(record["outcome"])], np.uint8)
            yield Vector(
                name=record["name"],
                source=record["source"],
                params=params(n=int(record["n"]), k=int(record["k"]), codewords=1),
                inputs=DecodeInputs(data=_row(record["data"]), check=_row(record["check"])),
                outputs=DecodeOutputs(data=_row(record["decoded"]), outcome=outcome)
                if family.corrects
                else CheckOutputs(outcome=outcome),
            )

    every = [
        params(n=n, k=k, codewords=count, wrong=wrong)
        for n, k, count in _every(family, params)
        for wrong in (0.0, 0.01)
    ]
    standard = [case for case in every if case.wrong or case.codewords > CODEWORDS]
    cases = {"smoke": smoke, "quick": quick, "standard": standard, "publication": every}
    workload: Workload[D, DecodeInputs, Any] = Workload(
        id=f"{family.name}-{operation}",
        version=1,
        params=params,
        label=lambda params: f"{_title(family, params, operation)}, {_fraction(params.wrong)}",
        presets=lambda preset: preset_cases(preset, cases),
        inputs=lambda params, seed, slot: _received(family, params, case_key(workload, params), seed, slot),
        outputs=outputs,
        vary=vary,
        work=lambda params: _received_work(family, params),
        check=check,
        canonical=canonical_bytes,
        vectors=vectors,
    )
    return workload


def answer(family: Family, params: DecodeParams, data: Bytes, check: Bytes) -> Received:
    """What a decoder, or a check, of received codewords answers; neither argument is changed."""
    columns = family.columns(params.n, params.k)
    if family.corrects:
        return DecodeOutputs(*bulk.decode(columns, params.k, data, check))
    return CheckOutputs(outcome=bulk.judge(columns, params.k, data, check))


def _every(family: Family, params: type[Any]) -> Iterable[tuple[int, int, int]]:
    """(n, k, codewords) of publication: every size, the default one small and large too."""
    for n, k in family.sizes:
        counts = DEFAULT_SIZE_CODEWORDS if (n, k) == _default_size(params) else (CODEWORDS,)
        yield from ((n, k, count) for count in counts)


def _default_size(params: type[Any]) -> tuple[int, int]:
    default = params()
    return default.n, default.k


def _bytes_per_word(params: EncodeParams) -> tuple[int, int]:
    """Bytes of data and of check bits in a codeword."""
    return -(-params.k // 8), -(-(params.n - params.k) // 8)


def _payload(params: EncodeParams) -> int:
    """Bytes of user data: bits that only fill up a byte are none."""
    return -(-params.codewords * params.k // 8)


def _last_byte(k: int) -> int:
    """The bits of a word's last byte that are data."""
    return 0xFF >> -k % 8


def _title(family: Family, params: EncodeParams, operation: str) -> str:
    return f"{family.name} ({params.n},{params.k}) {operation}, {binary_size(_payload(params))}"


def _fraction(wrong: float) -> str:
    if wrong == 0:
        return "no error"
    _, digits, exponent = Decimal(repr(wrong)).normalize().as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{first}{'.' if rest else ''}{rest}e{int(exponent) + len(rest)} wrong"


def _data(params: EncodeParams, case: str, seed: int, slot: int) -> Bytes:
    size = _bytes_per_word(params)[0]
    data = random_bytes(f"{case} data", seed, slot, params.codewords * size).reshape(-1, size)
    data[:, -1] &= _last_byte(params.k)
    return data


def _received(family: Family, params: DecodeParams, case: str, seed: int, slot: int) -> DecodeInputs:
    data = _data(params, case, seed, slot)
    check = bulk.check_bits(family.columns(params.n, params.k), params.k, data)
    bulk.flip(params.k, data, check, *_single_flips(params, _wrong_words(params), case, seed, slot))
    return DecodeInputs(data=data, check=check)


def _wrong_words(params: DecodeParams) -> int:
    return max(round(params.wrong * params.codewords), 1 if params.wrong else 0)


def _single_flips(
    params: EncodeParams, number: int, label: str, seed: int, slot: int
) -> tuple[Positions, Positions]:
    """(codewords, bits): ``number`` distinct codewords, a uniform bit in each."""
    if not number:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lots = random_bytes(f"{label} wrong", seed, slot, 8 * params.codewords).view("<u8")
    drawn = random_bytes(f"{label} positions", seed, slot, 8 * number).view("<u8")
    return np.sort(np.argpartition(lots, number - 1)[:number]), below(drawn, params.n)


def _vary_received(
    family: Family, params: DecodeParams, inputs: DecodeInputs, rng: Random, count: int | None
) -> Items:
    """New codewords; the first wrong one has a flipped data bit, so that copying the data is wrong."""
    rows = _varied_rows(params, rng, count)
    inputs.data[rows] = renewed(inputs.data[rows], rng, last=_last_byte(params.k))
    columns = family.columns(params.n, params.k)
    inputs.check[rows] = bulk.check_bits(columns, params.k, inputs.data[rows])
    if count is None:
        flipped, bits = _single_flips(params, max(1, _wrong_words(params)), "varied", rng.getrandbits(128), 0)
        bits[0] = rng.randrange(params.k)
    else:
        drawn = [(row, at) for i, row in enumerate(rows) for at in _drawn_flips(params, rng, first=i == 0)]
        flipped, bits = np.array(drawn, np.int64).reshape(-1, 2).T
    bulk.flip(params.k, inputs.data, inputs.check, flipped, bits)
    return [(row, None) for row in rows]


def _varied_rows(params: EncodeParams, rng: Random, count: int | None) -> list[int]:
    every = range(params.codewords)
    return list(every) if count is None else rng.sample(every, min(count, params.codewords))


def _drawn_flips(params: EncodeParams, rng: Random, *, first: bool) -> list[int]:
    """One data bit (always so in the first word), one check bit, two bits, or none."""
    kinds: list[Callable[[], list[int]]] = [
        lambda: [rng.randrange(params.k)],
        lambda: [rng.randrange(params.k, params.n)],
        lambda: rng.sample(range(params.n), 2),
        list,
    ]
    return kinds[0 if first else rng.randrange(4)]()


def _rows(items: Items) -> Positions:
    return np.fromiter((item for item, _ in items), np.int64, len(items))


def _differ(one: Received, other: Received) -> npt.NDArray[np.bool_]:
    different: npt.NDArray[np.bool_] = one.outcome != other.outcome
    if isinstance(one, DecodeOutputs) and isinstance(other, DecodeOutputs):
        different |= (one.data != other.data).any(axis=1)
    return different


def _said(outputs: Received, at: int) -> str:
    outcome = outputs.outcome[at]
    name = OUTCOMES[outcome] if outcome < len(OUTCOMES) else f"outcome {outcome}"
    return f"{name} {outputs.data[at].tobytes().hex()}" if isinstance(outputs, DecodeOutputs) else name


def _encode_work(params: EncodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(params))
    return Work(params.codewords, "codeword", payload_bytes=_payload(params), bytes_in=data, bytes_out=check)


def _received_work(family: Family, params: DecodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(params))
    return Work(
        params.codewords,
        "codeword",
        payload_bytes=_payload(params),
        bytes_in=data + check,
        bytes_out=(data if family.corrects else 0) + params.codewords,
    )


def _row(codeword: str) -> Bytes:
    return np.array([list(bytes.fromhex(codeword))], np.uint8)
