import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from itertools import pairwise
from math import comb

import numpy as np
import pytest

from benchsuite.inject.campaign import exact
from benchsuite.inject.models import Model
from benchsuite.inject.rig import BLOCK, Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.workloads.codes import Code

ALL = 2**64 - 1


def philox(key: tuple[int, int], trial: int, block: int) -> list[int]:
    """Philox4x64-10 of the counter (trial, block, 0, 0), after Salmon et al. 2011."""
    a, b, c, d = trial, block, 0, 0
    for turn in range(10):
        left, right = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        key_a = key[0] + turn * 0x9E3779B97F4A7C15 & ALL
        key_b = key[1] + turn * 0xBB67AE8584CAA73B & ALL
        a, b, c, d = right >> 64 ^ b ^ key_a, right & ALL, left >> 64 ^ d ^ key_b, left & ALL
    return [a, b, c, d]


def outcome_of(code: Code, flips: int, seed: int, trial: int) -> str:
    """One trial, read off the design: key, stream, Floyd's algorithm, decoding by syndrome."""
    identity = ["hsiao-decode", 1, {}, f"flips:{flips}", seed]
    digest = blake2b(json.dumps(identity, separators=(",", ":")).encode(), digest_size=16).digest()
    key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
    sent = philox(key, trial, 2**62)[0]
    positions: set[int] = set()
    for i, j in enumerate(range(code.n - flips, code.n)):
        drawn = philox(key, trial, i // 4)[i % 4] * (j + 1) >> 64
        positions.add(j if drawn in positions else drawn)
    check = 0
    for bit in range(64):
        check ^= code.columns[bit] * (sent >> bit & 1)
    received = (sent | check << 64) ^ sum(1 << position for position in positions)
    syndrome = 0
    for bit in range(72):
        syndrome ^= code.columns[bit] * (received >> bit & 1)
    if syndrome == 0:
        return "undetected"
    if syndrome not in code.columns:
        return "detected"
    mended = received ^ 1 << code.columns.index(syndrome)
    return "corrected" if mended & ALL == sent else "miscorrected"


@pytest.mark.parametrize("flips", [1, 2, 3, 5])
def test_a_plain_reading_of_the_design_gives_the_same_trials(
    rig: Rig, hsiao: Code, draws: Callable[..., Draws], flips: int
) -> None:
    for first in (0, 2**40):
        expected = Counter(outcome_of(hsiao, flips, 7, first + trial) for trial in range(200))
        counts = count_outcomes(rig, draws(f"flips:{flips}", 7), first, 200)
        assert {name: count for name, count in counts.items() if count} == expected


@pytest.mark.parametrize("model", ["flips:3", "flips:0"])
def test_trials_are_the_same_in_one_chunk_or_many(rig: Rig, draws: Callable[..., Draws], model: str) -> None:
    total = BLOCK + 1000
    whole = count_outcomes(rig, draws(model), 0, total)
    cuts = [0, 1, 99, BLOCK - 1, BLOCK, BLOCK + 7, total]
    parts: Counter[str] = Counter()
    for first, end in pairwise(cuts):
        parts.update(count_outcomes(rig, draws(model), first, end - first))
    assert sum(whole.values()) == total
    assert parts == whole


def test_another_seed_makes_other_trials(draws: Callable[..., Draws]) -> None:
    assert not np.array_equal(draws("flips:3", 1).positions(0, 99), draws("flips:3", 2).positions(0, 99))
    assert not np.array_equal(draws("flips:3", 1).data(0, 99), draws("flips:3", 2).data(0, 99))


@pytest.mark.parametrize("flips", [0, 1, 2, 3])
def test_every_pattern_gives_the_exact_counts(
    rig: Rig, hsiao: Code, draws: Callable[..., Draws], flips: int
) -> None:
    every = draws(f"flips:{flips}", exhaustive=True)
    formula = exact(hsiao, every.model)
    assert formula is not None
    counts = count_outcomes(rig, every, 0, comb(hsiao.n, flips))
    assert {int(below) for _, below, _ in formula.values()} == {comb(hsiao.n, flips)}
    assert {name: counts[name] for name in formula} == {
        name: int(above) for name, (above, *_) in formula.items()
    }


def test_one_flip_is_always_corrected_and_two_are_always_detected(
    rig: Rig, draws: Callable[..., Draws]
) -> None:
    assert count_outcomes(rig, draws("flips:1"), 0, 5000)["corrected"] == 5000
    assert count_outcomes(rig, draws("flips:2"), 0, 5000)["detected"] == 5000


def test_nothing_flipped_is_clean_or_where_the_model_meant_to_flip_not_injected(
    rig: Rig, draws: Callable[..., Draws]
) -> None:
    none = draws("flips:0")
    assert count_outcomes(rig, none, 0, 50) == {"clean": 50, "false_alarm": 0}
    kind = replace(
        none.model.kind, positions=lambda arguments, n, words: words(0, 1).astype(np.int64) % 2 - 1
    )
    counts = count_outcomes(rig, replace(none, model=Model(kind, "0")), 0, 1000)
    assert 0 < counts["not_injected"] < 1000
    assert counts["corrected"] == 1000 - counts["not_injected"]


@pytest.mark.parametrize("positions", [[[72]], [[-2]], [0], [[1], [2]]])
def test_positions_that_are_none_are_refused(draws: Callable[..., Draws], positions: list[object]) -> None:
    none = draws("flips:0")
    kind = replace(none.model.kind, positions=lambda arguments, n, words: np.array(positions))
    with pytest.raises(ValueError, match=r"must be int64\[1, flips\] below 72"):
        replace(none, model=Model(kind, "0")).positions(0, 1)
