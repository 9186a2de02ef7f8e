#!/usr/bin/env python3
"""Claim: every named code keeps its promises in a real engine.

Round trip; every error of up to t symbols is corrected, and none of up to d - 1 - t is ever taken for another
codeword: all of them for codewords of up to 40 bits, random ones for longer; any bits whatever get an outcome
that the reference gives too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
from benchsuite_numpy import backend

from benchsuite.api import Job
from benchsuite.workloads.codes import CLEAN, CODES, CORRECTED, DETECTED, Code, bulk, code
from benchsuite.workloads.codes.linear_code import LinearCode

EVERY = 40  # bits of a codeword of which all errors are tried
RANDOM = 400  # errors of each number of symbols, of a longer one
ANY = 300
MORE = ("bch-60-36", "reed-solomon-20-12", "reed-solomon-10-6:4", "matrix:hexacode")
"""By name, not by the list: shortened ones, and a matrix."""

Error = list[int]
"""The bits that flip: data bits, then check bits."""


def errors(of: LinearCode, symbols: int, rng: np.random.Generator) -> Iterator[Error]:
    """Of exactly so many wrong symbols."""
    values = range(1, 2**of.symbol_bits)
    if of.n <= EVERY:
        for chosen in combinations(range(of.symbols), symbols):
            for added in product(values, repeat=symbols):
                yield flipped(of, chosen, added)
    else:
        for _ in range(RANDOM):
            chosen = rng.choice(of.symbols, symbols, replace=False).tolist()
            yield flipped(of, chosen, rng.integers(1, len(values) + 1, symbols).tolist())


def flipped(of: LinearCode, chosen: Any, added: Any) -> Error:
    pairs = zip(chosen, added, strict=True)
    return [
        at * of.symbol_bits + bit for at, value in pairs for bit in range(of.symbol_bits) if value >> bit & 1
    ]


def through(workload: Any, params: Any, inputs: Any) -> Any:
    """What the engine answers to ``inputs``."""
    (device,) = backend.probe()
    outputs = workload.outputs(params)
    with ExitStack() as stack:
        (lane,) = stack.enter_context(device.lanes(1))
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        prepared = backend.implementations[workload.id, ""].prepare(job)
        stack.callback(prepared.close)
        prepared.run()
        lane.sync()
    return outputs


def encoded(known: Code, number: int, seed: int) -> tuple[Any, Any]:
    """(data, check) of ``number`` random codewords, encoded by the engine."""
    params = known.encode.params(**known.params, codewords=number)
    inputs = known.encode.inputs(params, seed, 0)
    return inputs.data, through(known.encode, params, inputs).check


def decoded(known: Code, data: Any, check: Any) -> tuple[Any, Any]:
    """(data, outcome) by the engine, which agrees with the reference."""
    params = known.decode.params(**known.params, codewords=len(data))
    inputs = known.decode.inputs(params, 0, 0)
    inputs.data[...], inputs.check[...] = data, check
    outputs = through(known.decode, params, inputs)
    known.decode.check(params, inputs, outputs, [(word, None) for word in range(len(data))])
    return getattr(outputs, "data", inputs.data), outputs.outcome


def holds(known: Code, rng: np.random.Generator) -> int:
    """How many words were tried; raises AssertionError where one breaks a promise."""
    of, tried = known.linear, 0
    for wrong in range(max(of.corrects, of.detects) + 1):
        some = list(errors(of, wrong, rng)) if wrong else [[]] * RANDOM
        assert (
            of.n > EVERY
            or not wrong
            or len(some) == comb(of.symbols, wrong) * (2**of.symbol_bits - 1) ** wrong
        )
        sent, check = encoded(known, len(some), wrong)
        data = sent.copy()
        rows = np.repeat(np.arange(len(some)), [len(error) for error in some])
        bulk.flip(of.k, data, check, rows, np.array([bit for error in some for bit in error], np.int64))
        got, outcome = decoded(known, data, check)
        expected = CLEAN if not wrong else CORRECTED if wrong <= of.corrects else DETECTED
        assert (outcome == expected).all(), f"{known.name}: {wrong} wrong symbols"
        assert wrong > of.corrects or (got == sent).all(), f"{known.name}: {wrong} wrong symbols, wrong data"
        tried += len(some)
    any_data, _ = encoded(known, ANY, 10**6)
    _, any_check = encoded(known, ANY, 10**6 + 1)
    _, outcome = decoded(known, any_data, any_check)
    assert (outcome <= DETECTED).all()
    return tried + ANY


def main() -> int:
    rng, good, tried = np.random.default_rng(1), 0, 0
    every = [*CODES.values(), *map(code, MORE)]
    for known in every:
        try:
            tried += holds(known, rng)
            good += 1
        except Exception as error:  # noqa: BLE001  the next code is tried all the same
            print(f"{known.name}: {type(error).__name__}: {error}")
    print(f"{good} of {len(every)} codes keep their promises, in {tried} words")
    return 0 if good == len(every) else 1


if __name__ == "__main__":
    sys.exit(main())
