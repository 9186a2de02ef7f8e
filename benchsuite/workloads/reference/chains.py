"""The steps of the workloads ``machine-…`` by their definitions, one chain at a time in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

Step: TypeAlias = Callable[[list[int], bytes], list[int]]
"""(state, constant) -> the next state."""


def wide_multiply(state: list[int], constant: bytes) -> list[int]:
    """x + (the upper 32 bits of x) * factor, modulo 2^64."""
    (x,) = state
    return [(x + (x >> 32) * int.from_bytes(constant, "little")) % 2**64]


def logic(state: list[int], constant: bytes) -> list[int]:
    """w[i] ^= w[i + 1] | w[i + 5], for one word after the other."""
    words = list(state)
    for i in range(8):
        words[i] ^= words[(i + 1) % 8] | words[(i + 5) % 8]
    return words


def lookup(state: list[int], constant: bytes) -> list[int]:
    """The entry of the table."""
    return [constant[state[0]]]


def binary_product(state: list[int], constant: bytes) -> list[int]:
    """m[r][c] + sum over w of popcount(a[r][w] & m[c][w]), modulo 2^32; the state row by row."""
    a = [int.from_bytes(constant[at : at + 4], "little") for at in range(0, 512, 4)]
    return [
        (state[8 * r + c] + sum((a[8 * r + w] & state[8 * c + w]).bit_count() for w in range(8))) % 2**32
        for r in range(16)
        for c in range(8)
    ]


def fused_multiply(state: list[int], constant: bytes) -> list[int]:
    """The value by its difference, the difference by the second one."""
    value, difference, second = state
    return [value + difference * constant[0], difference + second * constant[0], second]


STEPS: Mapping[str, Step] = {
    "machine-wide-multiply": wide_multiply,
    "machine-logic": logic,
    "machine-lookup": lookup,
    "machine-binary-product": binary_product,
    "machine-fused-multiply": fused_multiply,
}
"""Workload id -> its step."""


def run(workload: str, start: Sequence[int], constant: bytes, steps: int) -> list[int]:
    """The state after ``steps`` steps; raises KeyError for a workload that is none of chains."""
    state = list(start)
    for _ in range(steps):
        state = STEPS[workload](state, constant)
    return state
