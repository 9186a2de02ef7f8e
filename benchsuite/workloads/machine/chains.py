"""What the rates of arithmetic share: many chains of steps, each of which needs the one before.

Knows no operation: each is a ``Chain``, which says what a state is and what many steps make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import prod
from random import Random
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.params import preset_cases, require_positive
from benchsuite.workloads.streams import Bytes, canonical_bytes, case_key, random_bytes, renewed
from benchsuite.workloads.vectors import load

States: TypeAlias = npt.NDArray[Any]

MOST_STEPS = 2**14
"""Beyond, a sum of doubles that counts them would not be exact."""
CONSTANT_BYTES = 1024  # random, of which constants are made
TOGETHER = 2**18  # steps of all chains that the check takes at a time


@dataclass(frozen=True)
class MachineChainsParams:
    """Raises ValueError for no chain, no step, or more steps than stay exact."""

    chains: int = 64
    """Independent of one another."""
    steps: int = 16
    """Of each chain, one after the other."""

    def __post_init__(self) -> None:
        require_positive("chains", self.chains)
        require_positive("steps", self.steps)
        if self.steps > MOST_STEPS:
            raise ValueError(f"steps must be at most {MOST_STEPS}, not {self.steps}: give more chains")


@dataclass(frozen=True, eq=False)
class MachineChainsInputs:
    start: States
    """The first state of each chain, a row each."""
    constant: bytes
    """What every step of every chain takes beside the state; of (params, seed), so that slots share it."""


@dataclass(frozen=True, eq=False)
class MachineChainsOutputs:
    end: States
    """The last state of each chain, a row each."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One operation of the machine."""

    operation: str
    """As in the workload's id: ``wide-multiply``."""
    dtype: npt.DTypeLike
    start: tuple[int, ...]
    """Shape of a chain's first state."""
    end: tuple[int, ...]
    """Shape of what is put out of its last one."""
    drawn: npt.DTypeLike
    """Numbers of this type are drawn at random for first states."""
    constant: Callable[[Bytes], bytes]
    """The constant, from ``CONSTANT_BYTES`` random bytes."""
    after: Callable[[States, bytes, int], States]
    """(first states, constant, steps) -> last states: by a shorter way, where there is one."""
    core: MachineChainsParams
    """A case that a core ends in milliseconds."""
    gpu: MachineChainsParams
    """One that fills the largest GPU for so long that what it moves is small beside it."""


ChainWorkload: TypeAlias = Workload[MachineChainsParams, MachineChainsInputs, MachineChainsOutputs]


def workload_of(chain: Chain) -> ChainWorkload:
    """The workload ``machine-OPERATION``."""
    long = [chain.core, chain.gpu]
    cases = {"smoke": [], "quick": [], "standard": long, "publication": long}
    workload: ChainWorkload = Workload(
        id=f"machine-{chain.operation}",
        version=1,
        params=MachineChainsParams,
        label=partial(_label, chain),
        presets=lambda preset: preset_cases(preset, cases),
        inputs=lambda params, seed, slot: _inputs(chain, case_key(workload, params), params, seed, slot),
        outputs=lambda params: MachineChainsOutputs(end=np.zeros((params.chains, *chain.end), chain.dtype)),
        vary=partial(_vary, chain),
        work=partial(_work, chain),
        check=partial(_check, chain),
        canonical=canonical_bytes,
        vectors=lambda: _vectors(chain),
    )
    return workload


def power(table: Bytes, exponent: int) -> Bytes:
    """``uint8[256]``: the table looked up ``exponent`` times in a row, by repeated squaring."""
    result = np.arange(256, dtype=np.uint8)
    while exponent:
        if exponent & 1:
            result = table[result]
        table, exponent = table[table], exponent >> 1
    return result


def _label(chain: Chain, params: MachineChainsParams) -> str:
    return f"machine {chain.operation.replace('-', ' ')}, {params.chains} chains of {params.steps}"


def _inputs(chain: Chain, key: str, params: MachineChainsParams, seed: int, slot: int) -> MachineChainsInputs:
    shape, drawn = (params.chains, *chain.start), np.dtype(chain.drawn)
    numbers = random_bytes(f"{key} start", seed, slot, prod(shape) * drawn.itemsize).view(drawn)
    return MachineChainsInputs(
        start=numbers.reshape(shape).astype(chain.dtype, copy=False),
        constant=chain.constant(random_bytes(f"{key} constant", seed, 0, CONSTANT_BYTES)),
    )


def _vary(
    chain: Chain, params: MachineChainsParams, inputs: MachineChainsInputs, rng: Random, count: int | None
) -> Items:
    every = range(params.chains)
    chosen = every if count is None else rng.sample(every, min(count, params.chains))
    rows = slice(None) if count is None else chosen
    numbers = inputs.start[rows].astype(chain.drawn)
    noisy = renewed(numbers.view(np.uint8).reshape(len(chosen), -1), rng)
    inputs.start[rows] = noisy.view(chain.drawn).reshape(numbers.shape)
    return [(item, None) for item in chosen]


def _check(
    chain: Chain,
    params: MachineChainsParams,
    inputs: MachineChainsInputs,
    outputs: MachineChainsOutputs,
    items: Items,
) -> None:
    chains = [item for item, _ in items]
    together = max(1, TOGETHER // params.steps)
    for first in range(0, len(chains), together):
        some = chains[first : first + together]
        expected = chain.after(inputs.start[some], inputs.constant, params.steps)
        got = outputs.end[some]
        wrong = np.flatnonzero(~(expected == got).reshape(len(some), -1).all(axis=1))
        if wrong.size:
            at = wrong[0]
            raise Mismatch(some[at], expected[at].tolist(), got[at].tolist())


def _work(chain: Chain, params: MachineChainsParams) -> Work:
    into, out = (
        params.chains * prod(shape) * np.dtype(chain.dtype).itemsize for shape in (chain.start, chain.end)
    )
    return Work(items=params.chains, unit="chain", payload_bytes=into, bytes_in=into, bytes_out=out)


def _vectors(
    chain: Chain,
) -> Iterable[Vector[MachineChainsParams, MachineChainsInputs, MachineChainsOutputs]]:
    def states(text: str, shape: tuple[int, ...]) -> States:
        return np.array(
            [np.frombuffer(bytes.fromhex(state), chain.dtype).reshape(shape) for state in text.split()]
        )

    for record in load(f"machine-{chain.operation}.txt"):
        start, end = states(record["start"], chain.start), states(record["end"], chain.end)
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=MachineChainsParams(chains=len(start), steps=int(record["steps"])),
            inputs=MachineChainsInputs(start=start, constant=bytes.fromhex(record["constant"])),
            outputs=MachineChainsOutputs(end=end),
        )
