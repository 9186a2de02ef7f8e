"""The workloads of all systematic linear codes: a family is its codes, the rest is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes import bulk, claims
from benchsuite.workloads.codes.family import (
    CheckOutputs,
    DecodeInputs,
    DecodeOutputs,
    DecodeParams,
    EncodeInputs,
    EncodeOutputs,
    EncodeParams,
    Family,
    Received,
    SizedFamily,
    sized,
)
from benchsuite.workloads.codes.linear_code import LinearCode
from benchsuite.workloads.codes.received import random_data, received, vary_data, vary_received
from benchsuite.workloads.params import binary_size, preset_cases
from benchsuite.workloads.reference.linear import OUTCOMES
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key
from benchsuite.workloads.vectors import load

__all__ = [
    "CheckOutputs",
    "DecodeInputs",
    "DecodeOutputs",
    "DecodeParams",
    "EncodeInputs",
    "EncodeOutputs",
    "EncodeParams",
    "Family",
    "LinearCode",
    "Received",
    "SizedFamily",
    "answer",
    "decoder",
    "encoder",
    "sized",
]

CODEWORDS = 2**18
"""Of every code at the longer presets: 2 MiB of data at 64 bits."""

DEFAULT_CODE_CODEWORDS = (2**11, 2**18, 2**20)
"""Of a family's default code there: 16 KiB (first cache), 2 MiB and 8 MiB of data at 64 bits."""

E = TypeVar("E", bound=EncodeParams)
D = TypeVar("D", bound=DecodeParams)


def encoder(
    family: Family,
    params: type[E],
    *,
    smoke: Sequence[E] = (),
    quick: Sequence[E] = (),
    standard: Sequence[E] | None = None,
    publication: Sequence[E] | None = None,
) -> Workload[E, EncodeInputs, EncodeOutputs]:
    """The workload ``family-encode``: the check bits of every word of data.

    By default ``publication`` has every code of the family, ``standard`` its default code alone.
    """

    def inputs(params: E, seed: int, slot: int) -> EncodeInputs:
        case = case_key(workload, params)
        return EncodeInputs(data=random_data(family.code(params), params.codewords, case, seed, slot))

    def outputs(params: E) -> EncodeOutputs:
        return EncodeOutputs(check=np.zeros((params.codewords, -(-family.code(params).r // 8)), np.uint8))

    def vary(params: E, inputs: EncodeInputs, rng: Random, count: int | None) -> Items:
        return vary_data(family.code(params), params, inputs.data, rng, count)

    if publication is None:
        publication = list(_every(family, params))
    if standard is None:
        standard = [case for case in publication if family.code(case) is family.code(params())]
    cases = {"smoke": smoke, "quick": quick, "standard": standard, "publication": publication}
    workload: Workload[E, EncodeInputs, EncodeOutputs] = Workload(
        id=f"{family.name}-encode",
        version=1,
        params=params,
        label=lambda params: _title(family, params, "encode"),
        presets=lambda preset: preset_cases(preset, cases),
        inputs=inputs,
        outputs=outputs,
        vary=vary,
        work=partial(_encode_work, family),
        check=partial(_check_encoded, family),
        canonical=canonical_bytes,
        vectors=partial(_encode_vectors, family, params),
    )
    return workload


def decoder(
    family: Family,
    params: type[D],
    *,
    smoke: Sequence[D] = (),
    quick: Sequence[D] = (),
    standard: Sequence[D] | None = None,
    publication: Sequence[D] | None = None,
) -> Workload[D, DecodeInputs, Any]:
    """``family-decode`` (``DecodeOutputs``), or ``family-check`` of a family that corrects nothing.

    By default ``publication`` has every code of the family, clean and 1 % wrong, ``standard`` its default
    code alone.
    """
    operation = "decode" if family.corrects else "check"

    def vary(params: D, inputs: DecodeInputs, rng: Random, count: int | None) -> Items:
        return vary_received(family.code(params), params, inputs, rng, count)

    def outputs(params: D) -> Received:
        outcome = np.zeros(params.codewords, np.uint8)
        if not family.corrects:
            return CheckOutputs(outcome=outcome)
        data = np.zeros((params.codewords, -(-family.code(params).k // 8)), np.uint8)
        return DecodeOutputs(data=data, outcome=outcome)

    if publication is None:
        by_code = zip(_every(family, params, wrong=0.0), _every(family, params, wrong=0.01), strict=True)
        publication = [case for both in by_code for case in both]
    if standard is None:
        of_default = [case for case in publication if family.code(case) is family.code(params())]
        standard = [case for case in of_default if case.wrong or case.codewords > CODEWORDS]
    cases = {"smoke": smoke, "quick": quick, "standard": standard, "publication": publication}
    workload: Workload[D, DecodeInputs, Any] = Workload(
        id=f"{family.name}-{operation}",
        version=1,
        params=params,
        label=lambda params: f"{_title(family, params, operation)}, {_fraction(params.wrong)}",
        presets=lambda preset: preset_cases(preset, cases),
        inputs=lambda params, seed, slot: received(
            family.code(params), params, case_key(workload, params), seed, slot
        ),
        outputs=outputs,
        vary=vary,
        work=partial(_decode_work, family),
        check=partial(_check_received, family),
        canonical=canonical_bytes,
        vectors=partial(_decode_vectors, family, params),
    )
    return workload


def answer(family: Family, params: DecodeParams, data: Bytes, check: Bytes) -> Received:
    """What a decoder, or a check, of received codewords answers; neither argument is changed."""
    code = family.code(params)
    if family.corrects:
        return DecodeOutputs(*bulk.decode(code, data, check))
    return CheckOutputs(outcome=bulk.judge(code, data, check))


def _check_encoded(
    family: Family, params: Any, inputs: EncodeInputs, outputs: EncodeOutputs, items: Items
) -> None:
    code, rows = family.code(params), _rows(items)
    expected = bulk.check_bits(code.columns, code.k, inputs.data[rows])
    got = outputs.check[rows]
    wrong = np.flatnonzero((expected != got).any(axis=1))
    if wrong.size:
        at = wrong[0]
        raise Mismatch(int(rows[at]), f"check {expected[at].tobytes().hex()}", got[at].tobytes().hex())


def _encode_work(family: Family, params: EncodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(family.code(params)))
    payload = _payload(family, params)
    return Work(params.codewords, "codeword", payload_bytes=payload, bytes_in=data, bytes_out=check)


def _encode_vectors(family: Family, params: type[Any]) -> Iterable[Vector[Any, EncodeInputs, EncodeOutputs]]:
    for record in load(f"{family.name}.txt"):
        if record["outcome"] == "clean":
            yield Vector(
                name=record["name"],
                source=record["source"],
                params=_of(params, _picked(family, record), codewords=1),
                inputs=EncodeInputs(data=_row(record["data"])),
                outputs=EncodeOutputs(check=_row(record["check"])),
            )


def _check_received(
    family: Family, params: Any, inputs: DecodeInputs, outputs: Received, items: Items
) -> None:
    rows, code = _rows(items), family.code(params)
    data, bits = inputs.data[rows], inputs.check[rows]
    got = _take(outputs, rows)
    if isinstance(got, DecodeOutputs):
        some = claims.unproven(code, data, bits, got.data, got.outcome)
        rows, data, bits, got = rows[some], data[some], bits[some], _take(got, some)
    expected = answer(family, params, data, bits)
    wrong = np.flatnonzero(_differ(expected, got))
    if wrong.size:
        at = int(wrong[0])
        raise Mismatch(int(rows[at]), _said(expected, at), _said(got, at))


def _decode_work(family: Family, params: EncodeParams) -> Work:
    data, check = (params.codewords * size for size in _bytes_per_word(family.code(params)))
    return Work(
        params.codewords,
        "codeword",
        payload_bytes=_payload(family, params),
        bytes_in=data + check,
        bytes_out=(data if family.corrects else 0) + params.codewords,
    )


def _decode_vectors(family: Family, params: type[Any]) -> Iterable[Vector[Any, DecodeInputs, Any]]:
    for record in load(f"{family.name}.txt"):
        outcome = np.array([OUTCOMES.index(record["outcome"])], np.uint8)
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=_of(params, _picked(family, record), codewords=1),
            inputs=DecodeInputs(data=_row(record["data"]), check=_row(record["check"])),
            outputs=DecodeOutputs(data=_row(record["decoded"]), outcome=outcome)
            if family.corrects
            else CheckOutputs(outcome=outcome),
        )


def _of(params: type[Any], chosen: Mapping[str, object], **others: object) -> Any:
    return params(**chosen, **others)


def _picked(family: Family, record: Mapping[str, str]) -> Mapping[str, int | str]:
    """The parameters of a vector's code: named as ``code``, or by n and k."""
    if "code" not in record:
        return {"n": int(record["n"]), "k": int(record["k"])}
    found = family.codes.get(record["code"]) or family.parse(record["code"])
    assert found is not None, f"vector {record['name']} is of no code of {family.name}: {record['code']}"
    return found


def _every(family: Family, params: type[Any], **others: object) -> Iterable[Any]:
    """Of publication: every code, the default one small and large too."""
    default = family.code(params())
    for chosen in family.codes.values():
        is_default = family.code(_of(params, chosen)) is default
        for codewords in DEFAULT_CODE_CODEWORDS if is_default else (CODEWORDS,):
            yield _of(params, chosen, codewords=codewords, **others)


def _bytes_per_word(code: LinearCode) -> tuple[int, int]:
    """Bytes of data and of check bits in a codeword."""
    return -(-code.k // 8), -(-code.r // 8)


def _payload(family: Family, params: EncodeParams) -> int:
    """Bytes of user data: bits that only fill up a byte are none."""
    return -(-params.codewords * family.code(params).k // 8)


def _title(family: Family, params: EncodeParams, operation: str) -> str:
    return f"{family.title(params)} {operation}, {binary_size(_payload(family, params))}"


def _fraction(wrong: float) -> str:
    if wrong == 0:
        return "no error"
    _, digits, exponent = Decimal(repr(wrong)).normalize().as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{first}{'.' if rest else ''}{rest}e{int(exponent) + len(rest)} wrong"


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


def _take(outputs: Received, rows: Positions) -> Received:
    return type(outputs)(**{field.name: getattr(outputs, field.name)[rows] for field in fields(outputs)})


def _row(codeword: str) -> Bytes:
    return np.array([list(bytes.fromhex(codeword))], np.uint8)
