"""``reed-solomon-decode-erasures``: Reed-Solomon words of which it is known that some symbols mean nothing.

With e erased symbols, v others may be wrong where 2 v + e <= n - k: a symbol whose place is known costs half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.linear import DecodeOutputs, LinearCode
from benchsuite.workloads.codes.reed_solomon import CODEWORDS, REED_SOLOMON
from benchsuite.workloads.params import binary_size, preset_cases
from benchsuite.workloads.reference.galois_field import field
from benchsuite.workloads.reference.linear import CLEAN, CORRECTED, DETECTED, OUTCOMES
from benchsuite.workloads.reference.reed_solomon import error_word
from benchsuite.workloads.streams import Bytes, Words, below, canonical_bytes, case_key, random_bytes, renewed
from benchsuite.workloads.vectors import load

ASKED = 32
"""Words called detected that the oracle decodes again in a check: nothing but it proves that none is near."""


@dataclass(frozen=True)
class ErasuresParams:
    """Raises ValueError for a code that does not exist, no codeword, a fraction or number out of range."""

    n: int = 255
    """Symbols of a codeword."""
    k: int = 223
    """Data symbols."""
    symbol_bits: int = 8
    codewords: int = 1024
    wrong: float = 0.0
    """Fraction of the codewords that are wrong: ``erasures`` symbols are random and said to be, and as many
    others are wrong as can then be found, or fewer; above 0, at least one codeword is."""
    erasures: int = 16
    """Of each wrong codeword; 0 ... n - k."""

    def __post_init__(self) -> None:
        REED_SOLOMON.require_received(self)
        if type(self.erasures) is not int or not 0 <= self.erasures <= self.n - self.k:
            raise ValueError(
                f"erasures must be 0 ... {self.n - self.k}, as many as check symbols, not {self.erasures!r}"
            )


@dataclass(frozen=True, eq=False)
class ErasedInputs:
    data: Bytes
    """``uint8[codewords, ceil(k / 8)]``, k in bits, as received."""
    check: Bytes
    """``uint8[codewords, ceil(r / 8)]``, r in bits, as received."""
    erased: Bytes
    """``uint8[codewords, n]``: 1 for a symbol that is known to mean nothing, else 0."""


def _packed(symbols: npt.NDArray[np.int64], symbol_bits: int) -> Bytes:
    """``uint8[rows, bytes]`` of symbols, one after another."""
    bits = (symbols[:, :, None] >> np.arange(symbol_bits) & 1).astype(np.uint8)
    return np.packbits(bits.reshape(len(symbols), symbols.shape[1] * symbol_bits), axis=1, bitorder="little")


def _symbols(data: Bytes, check: Bytes, code: LinearCode) -> npt.NDArray[np.int64]:
    """``int64[rows, n]``: the symbols of codewords."""
    bits = np.concatenate(
        [
            np.unpackbits(data, axis=1, count=code.k, bitorder="little"),
            np.unpackbits(check, axis=1, count=code.r, bitorder="little"),
        ],
        axis=1,
    ).reshape(len(data), code.symbols, code.symbol_bits)
    symbols: npt.NDArray[np.int64] = (bits.astype(np.int64) << np.arange(code.symbol_bits)).sum(axis=2)
    return symbols


def _errors(
    params: ErasuresParams, drawn: Words, beyond: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], Bytes]:
    """(errors, erased), both ``[words, n]``, of ``drawn: uint64[words, 1 + 2 n]``.

    Word 0 says how many symbols are wrong beside the erased: one more than can be found where ``beyond``; the
    next n put the symbols in an order: the first are erased, the next wrong; the last n are the errors.
    """
    n, values = params.n, 2**params.symbol_bits
    most = (n - params.k - params.erasures) // 2
    wrong = np.where(beyond, most + 1, below(drawn[:, 0], most + 1))[:, None]
    rank = drawn[:, 1 : 1 + n].argsort(axis=1).argsort(axis=1)
    erased = rank < params.erasures
    anything, not_zero = (
        below(drawn[:, 1 + n :], values),
        1 + below(drawn[:, 1 + n :], values - 1),
    )
    errors = np.where(erased, anything, np.where(rank < params.erasures + wrong, not_zero, 0))
    return errors, erased.astype(np.uint8)


def _disturb(
    params: ErasuresParams, inputs: ErasedInputs, rows: npt.NDArray[np.int64], errors: object, erased: Bytes
) -> None:
    """Add ``errors`` to these codewords, in place, and say what is erased."""
    symbols = np.asarray(errors, np.int64)
    inputs.data[rows] ^= _packed(symbols[:, : params.k], params.symbol_bits)
    inputs.check[rows] ^= _packed(symbols[:, params.k :], params.symbol_bits)
    inputs.erased[rows] = erased


def _inputs(params: ErasuresParams, seed: int, slot: int) -> ErasedInputs:
    case, code = case_key(REED_SOLOMON_DECODE_ERASURES, params), REED_SOLOMON.code(params)
    size = -(-code.k // 8)
    data = random_bytes(f"{case} data", seed, slot, params.codewords * size).reshape(-1, size)
    data[:, -1] &= 0xFF >> -code.k % 8
    check = bulk.check_bits(code.columns, code.k, data)
    inputs = ErasedInputs(data, check, np.zeros((params.codewords, params.n), np.uint8))
    number = max(round(params.wrong * params.codewords), 1) if params.wrong else 0
    lots = random_bytes(f"{case} wrong", seed, slot, 8 * params.codewords).view("<u8")
    rows = np.sort(lots.argsort(kind="stable")[:number])
    drawn = random_bytes(f"{case} errors", seed, slot, 8 * number * (1 + 2 * params.n)).view("<u8")
    drawn = drawn.reshape(number, 1 + 2 * params.n)
    _disturb(params, inputs, rows, *_errors(params, drawn, np.zeros(number, np.bool_)))
    return inputs


def _vary(params: ErasuresParams, inputs: ErasedInputs, rng: Random, count: int | None) -> Items:
    """New codewords, one of four right, one with too many errors; the first has a data symbol to mend."""
    every, code = range(params.codewords), REED_SOLOMON.code(params)
    rows = np.array(every if count is None else rng.sample(every, min(count, params.codewords)), np.int64)
    inputs.data[rows] = renewed(inputs.data[rows], rng, last=0xFF >> -code.k % 8)
    inputs.check[rows] = bulk.check_bits(code.columns, code.k, inputs.data[rows])
    drawn = random_bytes("varied", rng.getrandbits(128), 0, 8 * len(rows) * (1 + 2 * params.n)).view("<u8")
    kind = np.array([rng.randrange(4) for _ in rows])
    kind[:1] = 0
    errors, erased = _errors(params, drawn.reshape(len(rows), -1), kind == 3)
    errors[kind == 2] = 0
    if not errors[0].any():
        errors[0, erased[0].argmax()] = 1
    turned = int((errors[0] != 0).argmax())
    errors[0], erased[0] = np.roll(errors[0], -turned), np.roll(erased[0], -turned)
    _disturb(params, inputs, rows, errors, erased)
    return [(row, None) for row in rows.tolist()]


def answer(params: ErasuresParams, inputs: ErasedInputs, rows: npt.NDArray[np.int64]) -> DecodeOutputs:
    """What a decoder answers of these codewords, by the oracle, one word at a time."""
    code, gf = REED_SOLOMON.code(params), field(params.symbol_bits)
    data, outcome = inputs.data[rows], np.full(len(rows), CLEAN, np.uint8)
    check = inputs.check[rows]
    failing = np.flatnonzero((bulk.check_bits(code.columns, code.k, data) != check).any(axis=1))
    words = _symbols(data[failing], check[failing], code)
    for row, word in zip(failing.tolist(), words.tolist(), strict=True):
        error = error_word(gf, params.n - params.k, word, np.flatnonzero(inputs.erased[rows[row]]).tolist())
        outcome[row] = DETECTED if error is None else CORRECTED
        if error is not None:
            data[row] ^= _packed(np.array([error[: params.k]]), params.symbol_bits)[0]
    return DecodeOutputs(data, outcome)


def _unproven(
    params: ErasuresParams, inputs: ErasedInputs, outputs: DecodeOutputs, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Those of ``rows`` whose answers must be compared with the oracle's.

    Left out are codewords called clean, and what was mended to a codeword that is near enough, of which there
    is no second. Of the detected some are asked for, drawn by the system.
    """
    code = REED_SOLOMON.code(params)
    data, outcome, erased = outputs.data[rows], outputs.outcome[rows], inputs.erased[rows] != 0
    errors = data ^ inputs.data[rows], bulk.check_bits(code.columns, code.k, data) ^ inputs.check[rows]
    wrong = _symbols(*errors, code) != 0
    cost = 2 * (wrong & ~erased).sum(axis=1) + erased.sum(axis=1)
    clean = (outcome == CLEAN) & ~wrong.any(axis=1)
    corrected = (outcome == CORRECTED) & wrong.any(axis=1) & (cost <= params.n - params.k)
    given_up = np.flatnonzero((outcome == DETECTED) & ~errors[0].any(axis=1))
    proven = clean | corrected
    proven[np.random.default_rng().permutation(given_up)[ASKED:]] = True
    asked: npt.NDArray[np.int64] = rows[~proven]
    return asked


def _check(params: ErasuresParams, inputs: ErasedInputs, outputs: DecodeOutputs, items: Items) -> None:
    rows = np.fromiter((item for item, _ in items), np.int64, len(items))
    rows = _unproven(params, inputs, outputs, rows)
    expected = answer(params, inputs, rows)
    different = (expected.data != outputs.data[rows]).any(axis=1) | (
        expected.outcome != outputs.outcome[rows]
    )
    if different.any():
        at = int(different.argmax())
        found = outputs.outcome[rows[at]]
        name = OUTCOMES[found] if found < len(OUTCOMES) else f"outcome {found}"
        raise Mismatch(
            int(rows[at]),
            f"{OUTCOMES[expected.outcome[at]]} {expected.data[at].tobytes().hex()}",
            f"{name} {outputs.data[rows[at]].tobytes().hex()}",
        )


def _work(params: ErasuresParams) -> Work:
    code = REED_SOLOMON.code(params)
    data, check = (params.codewords * -(-bits // 8) for bits in (code.k, code.r))
    return Work(
        params.codewords,
        "codeword",
        payload_bytes=-(-params.codewords * code.k // 8),
        bytes_in=data + check + params.codewords * params.n,
        bytes_out=data + params.codewords,
    )


def _label(params: ErasuresParams) -> str:
    payload = binary_size(_work(params).payload_bytes or 0)
    title = f"{REED_SOLOMON.title(params)} decode, {payload}"
    return f"{title}, {params.wrong:.3g} wrong with {params.erasures} erasures"


def _outputs(params: ErasuresParams) -> DecodeOutputs:
    size = -(-REED_SOLOMON.code(params).k // 8)
    return DecodeOutputs(np.zeros((params.codewords, size), np.uint8), np.zeros(params.codewords, np.uint8))


def _vectors() -> Iterable[Vector[ErasuresParams, ErasedInputs, DecodeOutputs]]:
    for record in load("reed-solomon-erasures.txt"):
        params = ErasuresParams(
            **{name: int(record[name]) for name in ("n", "k", "symbol_bits", "erasures")}, codewords=1
        )
        data, check, decoded = (
            np.array([list(bytes.fromhex(record[name]))], np.uint8) for name in ("data", "check", "decoded")
        )
        erased = np.zeros((1, params.n), np.uint8)
        erased[0, [int(position) for position in record["erased"].split()]] = 1
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=params,
            inputs=ErasedInputs(data, check, erased),
            outputs=DecodeOutputs(decoded, np.array([OUTCOMES.index(record["outcome"])], np.uint8)),
        )


_STANDARD = (ErasuresParams(codewords=CODEWORDS, wrong=0.01),)
_CASES = {
    "smoke": (),
    "quick": (),
    "standard": _STANDARD,
    "publication": (
        *_STANDARD,
        ErasuresParams(codewords=CODEWORDS, wrong=0.01, erasures=32),
        ErasuresParams(n=15, k=11, symbol_bits=4, codewords=CODEWORDS, wrong=0.01, erasures=2),
    ),
}

REED_SOLOMON_DECODE_ERASURES: Workload[ErasuresParams, ErasedInputs, DecodeOutputs] = Workload(
    id="reed-solomon-decode-erasures",
    version=1,
    params=ErasuresParams,
    label=_label,
    presets=lambda preset: preset_cases(preset, _CASES),
    inputs=_inputs,
    outputs=_outputs,
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""Every received codeword mended, its erased symbols too, with its outcome: clean, corrected or detected."""
