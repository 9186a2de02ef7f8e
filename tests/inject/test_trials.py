import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from hashlib import blake2b
from itertools import pairwise, product
from math import comb, floor
from operator import xor

import numpy as np
import pytest

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import Model, parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import BLOCK, Rig, Through
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.workloads.codes import Code, code

THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")

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


class Stream:
    """The words of one trial: word j is column j % 4 of block j // 4 of its Philox stream."""

    def __init__(self, code: Code, model: str, seed: int, trial: int) -> None:
        default = code.decode.params()
        params = {name: value for name, value in code.params.items() if getattr(default, name) != value}
        identity = [code.decode.id, 1, params, model, seed]
        text = json.dumps(identity, separators=(",", ":"), sort_keys=True)
        digest = blake2b(text.encode(), digest_size=16).digest()
        self._key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
        self._trial = trial

    def word(self, j: int, block: int = 0) -> int:
        return philox(self._key, self._trial, block + j // 4)[j % 4]

    def below(self, j: int, bound: int) -> int:
        return self.word(j) * bound >> 64

    def distinct(self, first: int, n: int, k: int) -> list[int]:
        """Floyd's algorithm on the words from ``first`` on."""
        chosen: list[int] = []
        for i, j in enumerate(range(n - k, n)):
            drawn = self.below(first + i, j + 1)
            chosen.append(j if drawn in chosen else drawn)
        return chosen


def flipped(stream: Stream, model: str, n: int) -> set[int]:
    """The positions that a trial flips, read off the design."""
    name, *arguments = model.split(":")
    if name == "flips":
        return set(stream.distinct(0, n, int(arguments[0])))
    if name == "bsc":
        p, k, reached = Fraction(arguments[0]), 0, Fraction(0)
        for k in range(n + 1):
            reached += comb(n, k) * p**k * (1 - p) ** (n - k)
            if stream.word(0) < floor(reached * 2**64):
                break
        return set(stream.distinct(1, n, k))
    if name == "burst":
        length = int(arguments[0])
        first = stream.below(0, n - length + 1)
        inside = (i for i in range(length - 2) if stream.word(1 + i // 64) >> i % 64 & 1)
        return {first, first + length - 1, *(first + 1 + i for i in inside)}
    if name == "adjacent":
        start = stream.below(0, n - int(arguments[0]) + 1)
        return set(range(start, start + int(arguments[0])))
    if name in ("device", "pin"):
        width = int(arguments[0][1:]) if name == "device" else 1
        device = stream.below(0, -(-n // width))
        bits = min(width, n - width * device)
        flips = {
            "ones": range(bits),
            "one": [stream.below(1, bits)],
            "uniform": [j for j in range(bits) if 1 + stream.below(1, 2**bits - 1) >> j & 1],
        }[arguments[1] if name == "device" else "uniform"]
        return {width * device + j for j in flips}
    bits, count = map(int, arguments)
    positions = set()
    for i, symbol in enumerate(stream.distinct(0, -(-n // bits), count)):
        pattern = 1 + stream.below(count + i, 2 ** min(bits, n - bits * symbol) - 1)
        positions |= {bits * symbol + bit for bit in range(bits) if pattern >> bit & 1}
    return positions


def total(columns: Iterable[int]) -> int:
    return reduce(xor, columns, 0)


def outcome_of(code: Code, model: str, seed: int, trial: int) -> str:
    """One trial in plain Python: key, stream, positions, encoding and decoding by the check matrix."""
    stream, r = Stream(code, model, seed, trial), code.n - code.k
    sent = sum(stream.word(j, 2**62) << 64 * j for j in range(-(-code.k // 64)))
    word = [sent >> bit & 1 if bit < code.k else 0 for bit in code.bits]
    due = total(column for column, bit in zip(code.columns, word, strict=True) if bit)
    checks = [position for position, bit in enumerate(code.bits) if bit >= code.k]
    for chosen in product((0, 1), repeat=r):  # the check bits that make it a codeword, by trying all
        if total(code.columns[p] for p, bit in zip(checks, chosen, strict=True) if bit) == due:
            break
    for position, bit in zip(checks, chosen, strict=True):
        word[position] = bit
    positions = flipped(stream, model, code.n)
    received = [bit ^ (position in positions) for position, bit in enumerate(word)]
    syndrome = total(column for column, bit in zip(code.columns, received, strict=True) if bit)
    if not positions:
        return "not_injected"
    if syndrome == 0:
        return "undetected"
    if not code.corrects or syndrome not in code.columns:
        return "detected"
    received[code.columns.index(syndrome)] ^= 1
    data = [position for position, bit in enumerate(code.bits) if bit < code.k]
    return "corrected" if all(received[p] == word[p] for p in data) else "miscorrected"


MODELS = [
    *("flips:1", "flips:2", "flips:3", "flips:5", "bsc:0.001", "bsc:0.02", "bsc:0.5"),
    *("burst:1", "burst:2", "burst:5", "burst:70"),
    *("adjacent:3", "device:x4:uniform", "device:x8:uniform", "device:x8:ones", "device:x4:one", "pin:x8"),
    *("symbol:1:2", "symbol:4:1", "symbol:8:2", "symbol:32:2", "symbol:5:3"),
]


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_reading_of_the_design_gives_the_same_trials(
    rig: Rig, hsiao: Code, draws: Callable[..., Draws], model: str
) -> None:
    for first in (0, 2**40):
        expected = Counter(outcome_of(hsiao, model, 7, first + trial) for trial in range(100))
        counts = count_outcomes(rig, draws(model, 7), first, 100)
        assert {name: count for name, count in counts.items() if count} == expected


@pytest.mark.parametrize("model", MODELS)
def test_every_trial_flips_the_positions_that_a_plain_reading_gives(
    hsiao: Code, draws: Callable[..., Draws], model: str
) -> None:
    positions = draws(model, 7).positions(2**40, 100)
    assert positions.shape[1] > 0
    for trial, row in enumerate(positions.tolist()):
        flips = [position for position in row if position >= 0]
        assert len(set(flips)) == len(flips)
        assert set(flips) == flipped(Stream(hsiao, model, 7, 2**40 + trial), model, 72)


KINDS = [
    *("parity-65-64", "parity-129-128", "hamming-3-1", "hamming-7-4", "hamming-12-8", "hamming-71-64"),
    *("extended-hamming-8-4", "extended-hamming-39-32", "extended-hamming-72-64", "hsiao-39-32"),
]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("model", ["flips:2", "bsc:0.05", "burst:3", "symbol:2:1", "device:x4:uniform"])
def test_a_plain_reading_gives_the_same_trials_on_every_kind_of_code(
    engine: Engine, name: str, model: str
) -> None:
    drawn = Draws(code=code(name), model=parse_model(model, Registry()), seed=3)
    expected = Counter(outcome_of(drawn.code, model, 3, 5 + trial) for trial in range(60))
    counts = count_outcomes(Rig(engine, drawn.code, THROUGH), drawn, 5, 60)
    assert {outcome: count for outcome, count in counts.items() if count} == expected


@pytest.mark.parametrize("name", ["hsiao-72-64", "extended-hamming-72-64", "hamming-38-32", "parity-33-32"])
@pytest.mark.parametrize(
    "model", ["bsc:0.01", "bsc:0.3", "burst:6", "burst:30", "symbol:4:1", "symbol:8:2", "device:x8:uniform"]
)
def test_sampled_rates_of_every_model_agree_with_the_exact_ones(
    engine: Engine, name: str, model: str
) -> None:
    drawn = Draws(code=code(name), model=parse_model(model, Registry()), seed=1)
    counts = count_outcomes(Rig(engine, drawn.code, THROUGH), drawn, 0, 100_000)
    formula = exact(drawn.code, drawn.model)
    assert formula is not None
    assert {outcome for outcome, count in counts.items() if count} <= formula.keys()
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(counts.get(outcome, 0), 100_000, 0.9999)
        assert low <= probability <= high


@pytest.mark.parametrize(
    ("name", "model"),
    [
        *product(
            ("hsiao-72-64", "extended-hamming-72-64", "hamming-12-8", "parity-9-8"),
            ("burst:2", "burst:4", "burst:8"),
        ),
        *product(("hsiao-72-64", "extended-hamming-72-64", "hamming-12-8"), ("symbol:4:1", "symbol:4:2")),
    ],
)
def test_every_burst_and_symbol_error_gives_the_exact_counts(engine: Engine, name: str, model: str) -> None:
    every = Draws(code=code(name), model=parse_model(model, Registry()), seed=1, exhaustive=True)
    number = pattern_count(every.model, every.code.n)
    counts = count_outcomes(Rig(engine, every.code, THROUGH), every, 0, number)
    formula = exact(every.code, every.model)
    assert formula is not None
    assert {outcome: str(counts[outcome]) for outcome in formula} == {
        outcome: above for outcome, (above, _, _) in formula.items()
    }


@pytest.mark.parametrize("model", ["flips:3", "flips:0", "bsc:0.002", "burst:66", "symbol:8:2"])
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


def test_a_block_in_which_no_trial_flips_anything_is_not_injected(
    rig: Rig, draws: Callable[..., Draws]
) -> None:
    counts = count_outcomes(rig, draws("bsc:0.000000001"), 0, 50)
    assert {name: count for name, count in counts.items() if count} == {"not_injected": 50}


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
