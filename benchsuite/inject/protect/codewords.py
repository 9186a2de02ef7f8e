"""Any code of the suite: the object is cut into codewords, one behind another, the last one shortened."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from benchsuite.api import Workload
from benchsuite.host.engine import Engine
from benchsuite.host.proof import Wrong
from benchsuite.inject.protect.code_theory import theory
from benchsuite.inject.protect.scheme import Cases, Flags, Scheme
from benchsuite.inject.protect.step import Route, Step, flip
from benchsuite.workloads.codes import CLEAN, DETECTED, Code
from benchsuite.workloads.codes import code as code_called
from benchsuite.workloads.streams import Bytes, Positions

MOST_CODEWORDS = 4096  # of an object, as of an access


def scheme(name: str, data_bytes: int) -> Scheme:
    """The code of that name. Raises ValueError for none, and for objects that it does not take."""
    code = code_called(name)
    if code.k % 8:
        raise ValueError(f"codewords of {name} carry {code.k} data bits, no whole bytes: take another code")
    words = -(-8 * data_bytes // code.k)
    if words > MOST_CODEWORDS:
        most = MOST_CODEWORDS * code.k // 8
        raise ValueError(
            f"{data_bytes} bytes take {words} codewords of {name}, more than {MOST_CODEWORDS}: "
            f"give objects of at most {most} bytes, or a longer code"
        )

    def params(workload: Workload[Any, Any, Any], objects: int, **others: float) -> Any:
        known = {field.name for field in fields(workload.params)}
        chosen = {name: value for name, value in {**code.params, **others}.items() if name in known}
        return workload.params(**chosen, codewords=objects * words)

    def reads(objects: int) -> Cases:
        return [(code.decode, params(code.decode, objects))]

    def writes(objects: int) -> Cases:
        return [(code.encode, params(code.encode, objects))]

    def repairs(objects: int) -> Cases:
        return [(code.decode, params(code.decode, objects, wrong=1.0))] if code.corrects else []

    return Scheme(
        name=name,
        data_bytes=data_bytes,
        stored_bits=words * code.n - (words * code.k - 8 * data_bytes),
        writes=writes,
        reads=reads,
        repairs=repairs,
        guard=lambda engine, route, objects: CodeGuard(
            engine, route, code, data_bytes, writes(objects), reads(objects)
        ),
        theory=lambda model: theory(code, data_bytes, model),
    )


class CodeGuard:
    """See ``scheme.Guard``. The data that the last codeword lacks are zeros, which are not stored.

    A correction in what is not stored is none: it is reported, as every decoder of a shortened code does.
    """

    def __init__(
        self, engine: Engine, route: Route, code: Code, data_bytes: int, writes: Cases, reads: Cases
    ) -> None:
        self._code, self._size = code, data_bytes
        self._words = -(-8 * data_bytes // code.k)
        objects = writes[0][1].codewords // self._words
        self._encode = Step(engine, route.way(*writes[0]), objects)
        self._decode = Step(engine, route.way(*reads[0]), objects)
        # a code that is only checked delivers the data as received
        self._delivered = self._decode.outputs if code.family.corrects else self._decode.inputs
        last = 8 * data_bytes - (self._words - 1) * code.k
        kept = [bit for bit in code.bits if bit < last or bit >= code.k]
        self._bits = np.concatenate([np.tile(code.bits, self._words - 1), kept]).astype(np.int64)

    def store(self, first: int, data: Bytes) -> None:
        for step in (self._encode, self._decode):
            sent = step.inputs.data.reshape(-1, self._words * self._code.k // 8)
            sent[: len(data), : self._size], sent[:, self._size :] = data, 0
        self._encode.run(first)
        self._decode.inputs.check[...] = self._encode.outputs.check

    def flip(self, objects: Positions, places: Positions) -> None:
        row, bit = objects * self._words + places // self._code.n, self._bits[places]
        is_data = bit < self._code.k
        flip(self._decode.inputs.data, row[is_data], bit[is_data])
        flip(self._decode.inputs.check, row[~is_data], bit[~is_data] - self._code.k)

    def read(self, first: int, data: Bytes) -> tuple[Flags, Flags]:
        self._decode.run(first)
        count, words = len(data), self._words
        outcome = self._decode.outputs.outcome.reshape(-1, words)[:count]
        if outcome.max(initial=CLEAN) > DETECTED:
            raise Wrong(f"{self._code.decode.id}, object {first}: an outcome is none of the three")
        delivered = self._delivered.data.reshape(len(self._delivered.data) // words, -1)[:count]
        detected = outcome == DETECTED
        detected[:, -1] |= delivered[:, self._size :].any(axis=1)
        same = np.ones((count, words * self._code.k // 8), np.bool_)
        np.equal(delivered[:, : self._size], data, out=same[:, : self._size])
        right = same.reshape(count, words, -1).all(axis=2)
        return detected.any(axis=1), (~detected & ~right).any(axis=1)

    def close(self) -> None:
        self._encode.close()
        self._decode.close()
