#!/usr/bin/env python3
"""Claim: every error model flips what docs/reference/error-models.md says, and as often as its formula says.

- A reading of that page in plain Python, with Philox and nothing of the suite but the codes' matrices, gives
  the positions of every trial, of codewords and of accesses.
- Sampled through a backend, the 99.99 % interval of every outcome covers its exact probability (seeded, so no
  chance is left); where a model's patterns can be gone through, their shares are the exact ones.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from hashlib import blake2b
from math import comb, factorial

from benchsuite.analyse.rates import rate_interval
from benchsuite.analyse.tallies import LOST, count_of
from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, UsageError, discover
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.inject.campaign import exact
from benchsuite.inject.erasures import decoding
from benchsuite.inject.models import Model, parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import Code, code

BACKEND = "numpy"
SEED = 11
TRIALS = 50_000
READ = 25
CONFIDENCE = 0.9999
MODELS = (
    *(
        "flips:0",
        "flips:1",
        "flips:3",
        "bsc:0.001",
        "bsc:0.05",
        "awgn:2dB",
        "awgn:6.5dB",
        "burst:1",
        "burst:5",
    ),
    *(
        "adjacent:3",
        "at:0,3,10",
        "symbol:4:1",
        "symbol:8:1",
        "symbol:5:2",
        "device:x4:uniform",
        "device:x8:ones",
    ),
    *(
        "device:x8:one",
        "pin:x4",
        "stuck-at:0:1",
        "stuck-at:1:3",
        "asymmetric:0.001:0.02",
        "asymmetric:0.03:0",
    ),
    *(
        "mix:flips:1=812+adjacent:2=43+at:0,1,5=7",
        "mix:stuck-at:0:2=3+asymmetric:0:0.1=2+symbol:4:1=1+bsc:0.01=1",
    ),
)
CODES = {"hsiao-72-64": (1, 8), "extended-hamming-39-32": (1,), "bch-15-7": (1,), "chipkill-18-16": (1, 2)}
"""Code -> codewords of a trial."""
CASES = [(name, words, model) for name, sizes in CODES.items() for words in sizes for model in MODELS]
CASES += [("chipkill-18-16", words, f"erasures:{count}") for words in (1, 2) for count in (1, 2, 3)]

Word = Callable[[int], int]
ALL = 2**64 - 1


def philox(key: list[int], trial: int, block: int) -> list[int]:
    """Philox4x64-10 of the counter (trial, block, 0, 0)."""
    a, b, c, d = trial, block, 0, 0
    for turn in range(10):
        left, right = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        first, second = (key[0] + turn * 0x9E3779B97F4A7C15) & ALL, (key[1] + turn * 0xBB67AE8584CAA73B) & ALL
        a, b, c, d = (right >> 64) ^ b ^ first, right & ALL, (left >> 64) ^ d ^ second, left & ALL
    return [a, b, c, d]


def below(word: int, bound: int) -> int:
    return word * bound >> 64


def distinct(words: list[int], bound: int) -> list[int]:
    taken: list[int] = []
    for j, word in enumerate(words, start=bound - len(words)):
        p = below(word, j + 1)
        taken.append(j if p in taken else p)
    return taken


def channel_flips(word: int, n: int, p: Fraction) -> int:
    reached, flips = Fraction(0), 0
    for flips in range(n + 1):
        reached += comb(n, flips) * p**flips * (1 - p) ** (n - flips)
        if int(reached * 2**64) > word:
            break
    return flips


def channel(decibels: str, rate: Fraction) -> Fraction:
    """Half of erfc, by the alternating series of erf."""
    with localcontext() as context:
        context.prec = 100
        ratio = Decimal(10) ** (Decimal(decibels) / 10)
        x = (ratio * rate.numerator / rate.denominator).sqrt()
        terms = ((-1) ** i * x ** (2 * i + 1) / (factorial(i) * (2 * i + 1)) for i in range(200))
        pi = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862")
        return Fraction((Decimal("0.5") - sum(terms) / pi.sqrt()).quantize(Decimal("1e-15")))


class Target:
    """n bits in so many codewords, k of them data, what is stored, and the devices they lie on."""

    def __init__(self, of: Code, codewords: int, stored: list[int]) -> None:
        self.n, self.k, self.stored = of.n * codewords, of.k * codewords, stored
        self._one, self._words, self._symbol = of.n, codewords, of.linear.symbol_bits

    def devices(self, width: int) -> list[list[int]]:
        size = max(width, self._symbol)
        starts = range(0, self._one, size)
        each = [range(start, min(start + size, self._one)) for start in starts]
        return [[self._one * word + bit for word in range(self._words) for bit in bits] for bits in each]

    def pins(self, width: int) -> list[list[int]]:
        return [
            [bit for bit in device if bit % self._one % width == pin]
            for device in self.devices(width)
            for pin in range(min(width, len(device) // self._words))
        ]


def flips(count: str, word: Word, on: Target) -> list[int]:
    return distinct([word(i) for i in range(int(count))], on.n)


def bsc(p: str, word: Word, on: Target) -> list[int]:
    return distinct([word(1 + i) for i in range(channel_flips(word(0), on.n, Fraction(p)))], on.n)


def awgn(decibels: str, word: Word, on: Target) -> list[int]:
    return bsc(str(channel(decibels[:-2], Fraction(on.k, on.n))), word, on)


def burst(size: str, word: Word, on: Target) -> list[int]:
    length = int(size)
    s = below(word(0), on.n - length + 1)
    return [*{s, s + length - 1}, *(s + 1 + i for i in range(length - 2) if word(1 + i // 64) >> i % 64 & 1)]


def adjacent(size: str, word: Word, on: Target) -> list[int]:
    s = below(word(0), on.n - int(size) + 1)
    return list(range(s, s + int(size)))


def at(positions: str, word: Word, on: Target) -> list[int]:
    return [int(p) for p in positions.split(",")]


def symbol(arguments: str, word: Word, on: Target) -> list[int]:
    size, count = map(int, arguments.split(":"))
    found = []
    for i, q in enumerate(distinct([word(i) for i in range(count)], -(-on.n // size))):
        b = min(size, on.n - q * size)
        v = 1 + below(word(count + i), 2**b - 1)
        found += [q * size + j for j in range(b) if v >> j & 1]
    return found


def some_of(part: list[int], word: Word) -> list[int]:
    """A pattern other than none, from word 1 on."""
    b = len(part)
    long = sum(word(1 + i) << 64 * i for i in range(-(-b // 64)))
    pattern = 1 + below(word(1), 2**b - 1) if b <= 32 else long
    return [p for j, p in enumerate(part) if pattern >> j & 1] or part[:1]


def device(arguments: str, word: Word, on: Target) -> list[int]:
    width, kind = arguments.split(":")
    every = on.devices(int(width[1:]))
    mine = every[below(word(0), len(every))]
    if kind == "uniform":
        return some_of(mine, word)
    return mine if kind == "ones" else [mine[below(word(1), len(mine))]]


def pin(width: str, word: Word, on: Target) -> list[int]:
    every = on.pins(int(width[1:]))
    return some_of(every[below(word(0), len(every))], word)


def erasures(number: str, word: Word, on: Target) -> list[int]:
    every, count = on.devices(1), int(number)
    each = -(-len(every[0]) // 64)
    return [
        p
        for i, s in enumerate(distinct([word(i) for i in range(count)], len(every)))
        for j, p in enumerate(every[s])
        if word(count + i * each + j // 64) >> j % 64 & 1
    ]


def stuck_at(arguments: str, word: Word, on: Target) -> list[int]:
    value, count = arguments.split(":")
    return [p for p in flips(count, word, on) if on.stored[p] != int(value)]


def asymmetric(arguments: str, word: Word, on: Target) -> list[int]:
    rates = [Fraction(p) for p in arguments.split(":")]
    most, least = max(rates), min(rates)
    places = distinct([word(1 + 2 * i) for i in range(channel_flips(word(0), on.n, most))], on.n)
    spared = int(2**64 * least / most)
    return [p for i, p in enumerate(places) if rates[on.stored[p]] == most or word(2 + 2 * i) < spared]


def mix(arguments: str, word: Word, on: Target) -> list[int]:
    parts = [part.rpartition("=") for part in arguments.split("+")]
    total, reached = sum(int(weight) for _, _, weight in parts), 0
    for inner, _, weight in parts:
        reached += int(weight)
        if reached == total or word(0) < (reached << 64) // total:
            return flipped(inner, lambda j: word(4 + j), on)
    raise AssertionError("the last part reaches the total")


READINGS = (flips, bsc, awgn, burst, adjacent, at, symbol, device, pin, erasures, stuck_at, asymmetric, mix)


def flipped(model: str, word: Word, on: Target) -> list[int]:
    """The page, model by model."""
    name, _, arguments = model.partition(":")
    (reading,) = (reading for reading in READINGS if reading.__name__ == name.replace("-", "_"))
    return reading(arguments, word, on)


def codeword(of: Code, data: int) -> list[int]:
    """Bits by position: the check bits are the sum of the columns of the data bits that are 1."""
    check = 0
    for bit in range(of.k):
        check ^= of.linear.columns[bit] * (data >> bit & 1)
    return [(data | check << of.k) >> bit & 1 for bit in of.bits]


def reads_alike(of: Code, model: Model, codewords: int) -> bool:
    """Whether the plain reading gives the positions of some trials, early and late ones."""
    default = of.decode.params()
    params = {name: value for name, value in of.params.items() if getattr(default, name) != value}
    text = json.dumps(
        [of.decode.id, of.decode.version, params, model.text, SEED], separators=(",", ":"), sort_keys=True
    )
    digest = blake2b(text.encode(), digest_size=16).digest()
    key = [int.from_bytes(half, "little") for half in (digest[:8], digest[8:])]
    draws = Draws(code=of, model=model, seed=SEED, codewords=codewords)
    for first in (0, 2**40):
        for trial, row in enumerate(draws.positions(first, READ).tolist(), start=first):

            def word(j: int, block: int = 0, trial: int = trial) -> int:
                return philox(key, trial, block + j // 4)[j % 4]

            data = sum(word(j, 2**62) << 64 * j for j in range(-(-of.k * codewords // 64)))
            each = [data >> of.k * i & (1 << of.k) - 1 for i in range(codewords)]
            stored = [bit for one in each for bit in codeword(of, one)]
            flips = [position for position in row if position >= 0]
            if sorted(flips) != sorted(flipped(model.text, word, Target(of, codewords, stored))):
                return False
    return True


def agrees(engine: Engine, registry: Registry, of: Code, model: Model, codewords: int) -> tuple[bool, str]:
    """Whether sampled shares, and those of all patterns, are the exact ones; and what was compared."""
    formula = exact(of, model, codewords)
    if formula is None:
        return True, "no formula is known"
    way = find_way(registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
    assert not isinstance(way, NoWay), way.reason
    rig, draws = Rig(engine, of, way), Draws(code=of, model=model, seed=SEED, codewords=codewords)
    trials = TRIALS // codewords
    counts = count_outcomes(rig, draws, 0, trials)
    known = {*formula, *(LOST if "lost" in formula else ())}
    good = {outcome for outcome, count in counts.items() if count} <= known
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(count_of(counts, outcome), trials, CONFIDENCE)
        good &= low <= probability <= high
    try:
        number = pattern_count(model, draws.n, draws.layouts)
    except UsageError:
        return good, "sampled as the formula"
    if number > 10 * TRIALS // codewords:
        return good, "sampled as the formula"
    every = Draws(code=of, model=model, seed=SEED, exhaustive=True, codewords=codewords)
    counts = count_outcomes(rig, every, 0, number)
    for outcome, (above, under, _) in formula.items():
        good &= count_of(counts, outcome) * int(under) == int(above) * number
    return good, f"sampled and all {number} patterns as the formula"


def main() -> int:
    """0 where the claim holds."""
    registry = discover()
    engine, good = Engine(origin(registry, BACKEND).request()), True
    assert {model.partition(":")[0] for _, _, model in CASES} == set(BUILT_IN)
    for name, codewords, text in CASES:
        model = parse_model(text, registry)
        of = decoding(code(name), model.kind)
        alike = reads_alike(of, model, codewords)
        exactly, how = agrees(engine, registry, of, model, codewords)
        good &= alike and exactly
        print(
            f"{name} x {codewords} {text}: positions of {2 * READ} trials "
            f"{'equal' if alike else 'DIFFERENT'}, "
            f"{how}{'' if exactly else ': NOT AS THE FORMULA'}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
