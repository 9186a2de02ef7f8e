"""The built-in error models, objects of the kind that plugins bring.

Word 0 of a trial's stream is the first of block 0; positions that are not flipped are -1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from benchsuite.api import ErrorModel, Target
from benchsuite.inject.cells import ASYMMETRIC, STUCK_AT
from benchsuite.inject.devices import (
    PARTS,
    layouts_of,
    parse_device,
    parse_pin,
    part_positions,
)
from benchsuite.inject.erasures import ERASURES
from benchsuite.inject.mix import Mixture
from benchsuite.workloads.codes import Code
from benchsuite.workloads.codes.analysis import (
    BinarySymmetric,
    Box,
    Boxes,
    Kind,
    adjacent,
    burst,
    flips,
    known_outcomes,
    symbols,
    within_one,
)
from benchsuite.workloads.codes.awgn import flip_probability, parse_awgn
from benchsuite.workloads.codes.errors import (
    Draw,
    bsc_positions,
    flip_positions,
    flips_of,
    is_whole,
    parse_bsc,
    parse_flips,
)
from benchsuite.workloads.codes.layout import Parts
from benchsuite.workloads.streams import Positions, Words, below, distinct_positions

MAX_SYMBOL_BITS = 32  # a pattern is drawn from one word


def _flip_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    count = flips_of(arguments, code.n)
    found = known_outcomes(code.linear, flips(code.n, count))
    return _without_clean(found) if count else {"clean": found["clean"]}


FLIPS = ErrorModel(
    name="flips",
    syntax="flips:K",
    help="K distinct bits, every set equally likely",
    parse=parse_flips,
    positions=flip_positions,
    exact=_flip_outcomes,
)


def _bsc_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    found = known_outcomes(code.linear, BinarySymmetric(code.n, Fraction(arguments)))
    return {"not_injected" if name == "clean" else name: count for name, count in found.items()}


BSC = ErrorModel(
    name="bsc",
    syntax="bsc:P",
    help="a binary symmetric channel: every bit flips with probability P, on its own",
    parse=parse_bsc,
    positions=bsc_positions,
    exact=_bsc_outcomes,
)


def _awgn_positions(arguments: str, target: Target, words: Draw) -> Positions:
    return bsc_positions(flip_probability(arguments, Fraction(target.k, target.n)), target.n, words)


def _awgn_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return _bsc_outcomes(flip_probability(arguments, Fraction(code.k, code.n)), code)


AWGN = ErrorModel(
    name="awgn",
    syntax="awgn:XdB",
    help="white noise of Eb/N0 = X dB on BPSK with hard decisions: a bsc, by the rate of the code",
    parse=parse_awgn,
    on_target=_awgn_positions,
    exact=_awgn_outcomes,
)


def _parse_at(arguments: str) -> str:
    places = arguments.split(",")
    if not all(map(is_whole, places)) or len(set(map(int, places))) < len(places):
        raise ValueError(
            f"at:P,P,... needs the distinct positions that flip, as in at:0,1,5, not {arguments!r}"
        )
    return ",".join(map(str, sorted(map(int, places))))


def pattern_of(arguments: str, n: int) -> tuple[int, ...]:
    """The positions; raises ValueError for one beyond the n bits of a codeword."""
    found = tuple(map(int, arguments.split(",")))
    if found[-1] >= n:
        raise ValueError(f"at:{arguments} lies beyond the {n} bits of a codeword: give positions below {n}")
    return found


def _at_positions(arguments: str, n: int, words: Draw) -> Positions:
    return np.tile(np.array(pattern_of(arguments, n)), (len(words(0, 1)), 1))


def _at_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return _without_clean(known_outcomes(code.linear, Boxes((Box(fixed=pattern_of(arguments, code.n)),))))


AT = ErrorModel(
    name="at",
    syntax="at:P,P,...",
    help="always these positions",
    parse=_parse_at,
    positions=_at_positions,
    exact=_at_outcomes,
)


def _parse_burst(arguments: str) -> str:
    if not is_whole(arguments) or int(arguments) == 0:
        raise ValueError(
            f"burst:L needs the length of the burst in bits, at least 1, as in burst:4, not {arguments!r}"
        )
    return str(int(arguments))


def burst_length(arguments: str, n: int) -> int:
    """L; raises ValueError where it is longer than the n bits of a codeword."""
    length = int(arguments)
    if length > n:
        raise ValueError(f"burst:{length} is longer than the {n} bits of a codeword: give 1 to {n}")
    return length


def positions_of_bits(first: Positions, values: Words, bits: int) -> Positions:
    """``int64[trials, bits]``: ``first + i`` where bit i of ``values: uint64[trials]`` is set, else -1."""
    at = np.arange(bits)
    is_set = (values[:, None] >> at.astype(np.uint64) & np.uint64(1)).astype(np.bool_)
    return np.where(is_set, first[:, None] + at, -1)


def _burst_positions(arguments: str, n: int, words: Draw) -> Positions:
    """Word 0 says where the burst begins, the bits of words 1, 2, ... what flips inside."""
    length = burst_length(arguments, n)
    inside = max(length - 2, 0)
    drawn = words(0, 1 + -(-inside // 64))
    first = below(drawn[:, 0], n - length + 1)
    interior = [
        positions_of_bits(first + 1 + bit, drawn[:, 1 + bit // 64], min(64, inside - bit))
        for bit in range(0, inside, 64)
    ]
    ends = [first[:, None], first[:, None] + length - 1][: min(length, 2)]
    return np.concatenate([*ends, *interior], axis=1)


def _burst_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return _without_clean(known_outcomes(code.linear, burst(code.n, burst_length(arguments, code.n))))


def _without_clean(found: Mapping[str, tuple[int, int]]) -> Mapping[str, tuple[int, int]]:
    return {name: count for name, count in found.items() if name != "clean"}


BURST = ErrorModel(
    name="burst",
    syntax="burst:L",
    help="a window of L bits, all equally likely: both ends flip, each bit inside with probability 1/2",
    parse=_parse_burst,
    positions=_burst_positions,
    exact=_burst_outcomes,
)


def _parse_adjacent(arguments: str) -> str:
    if not is_whole(arguments) or int(arguments) == 0:
        raise ValueError(
            f"adjacent:L needs how many neighbours flip, at least 1, as in adjacent:2, not {arguments!r}"
        )
    return str(int(arguments))


def adjacent_length(arguments: str, n: int) -> int:
    """L; raises ValueError for more than the n bits of a codeword."""
    length = int(arguments)
    if length > n:
        raise ValueError(f"adjacent:{length} flips more bits than the {n} of a codeword: give 1 to {n}")
    return length


def _adjacent_positions(arguments: str, n: int, words: Draw) -> Positions:
    """Word 0 says where the neighbours begin."""
    length = adjacent_length(arguments, n)
    return below(words(0, 1), n - length + 1) + np.arange(length)


def _adjacent_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return _without_clean(known_outcomes(code.linear, adjacent(code.n, adjacent_length(arguments, code.n))))


ADJACENT = ErrorModel(
    name="adjacent",
    syntax="adjacent:L",
    help="L neighbours, all of them, every place equally likely; they do not go on at the other end",
    parse=_parse_adjacent,
    positions=_adjacent_positions,
    exact=_adjacent_outcomes,
)


def _parse_symbol(arguments: str) -> str:
    bits, _, count = arguments.partition(":")
    if not (is_whole(bits) and is_whole(count) and 1 <= int(bits) <= MAX_SYMBOL_BITS and int(count)):
        raise ValueError(
            f"symbol:BITS:COUNT needs the bits of a symbol, 1 to {MAX_SYMBOL_BITS}, and how many symbols are "
            f"wrong, at least 1, as in symbol:4:1, not {arguments!r}"
        )
    return f"{int(bits)}:{int(count)}"


def symbol_shape(arguments: str, n: int) -> tuple[int, int]:
    """(bits, count); raises ValueError for more symbols than a codeword of n bits has."""
    bits, count = map(int, arguments.split(":"))
    there = -(-n // bits)
    if count > there:
        raise ValueError(
            f"symbol:{arguments} is more than the {there} symbols of {bits} bits in a codeword of {n}: "
            f"give a COUNT of 1 to {there}"
        )
    return bits, count


def _symbol_positions(arguments: str, n: int, words: Draw) -> Positions:
    """Words 0 ... COUNT - 1 say which symbols, by Floyd's algorithm; the next COUNT their patterns."""
    bits, count = symbol_shape(arguments, n)
    drawn = words(0, 2 * count)
    chosen = distinct_positions(drawn[:, :count], -(-n // bits), count)
    flipped = []
    for symbol, word in zip(chosen.T, drawn[:, count:].T, strict=True):
        values = below(word, 2**bits - 1)
        if n % bits:  # the last symbol is short
            values = np.where(symbol == n // bits, below(word, 2 ** (n % bits) - 1), values)
        flipped.append(positions_of_bits(bits * symbol, values.astype(np.uint64) + np.uint64(1), bits))
    return np.concatenate(flipped, axis=1)


def _symbol_outcomes(arguments: str, code: Code) -> Mapping[str, tuple[int, int]]:
    return _without_clean(known_outcomes(code.linear, symbols(code.n, *symbol_shape(arguments, code.n))))


SYMBOL = ErrorModel(
    name="symbol",
    syntax="symbol:BITS:COUNT",
    help="COUNT different symbols of BITS aligned bits, in each a pattern other than none",
    parse=_parse_symbol,
    positions=_symbol_positions,
    exact=_symbol_outcomes,
)


def part_outcomes(code: Code, parts: Parts, kind: Kind) -> Mapping[str, tuple[int, int]]:
    """Outcome -> (numerator, denominator) of a codeword of which one of ``parts`` goes wrong."""
    return _without_clean(known_outcomes(code.linear, within_one(parts, kind)))


def _of_parts(name: str, syntax: str, help_: str, parse: Callable[[str], str]) -> ErrorModel:
    parts = PARTS[name]
    return ErrorModel(
        name=name,
        syntax=syntax,
        help=help_,
        parse=parse,
        on_layout=lambda arguments, layouts, words: part_positions(*parts(arguments, layouts), words),
        exact=lambda arguments, code: part_outcomes(code, *parts(arguments, layouts_of(code))),
    )


DEVICE = _of_parts(
    "device",
    "device:WIDTH:KIND",
    "one device: in what it carries a pattern other than none (uniform), all bits (ones) or one",
    parse_device,
)
PIN = _of_parts(
    "pin", "pin:WIDTH", "one pin of one device: a pattern other than none in what it carries", parse_pin
)

MIXTURE = Mixture(
    {
        model.name: model
        for model in (FLIPS, BSC, AWGN, BURST, ADJACENT, AT, SYMBOL, DEVICE, PIN, STUCK_AT, ASYMMETRIC)
    }
)
"""Of all others but erasures, of which the decoder has to be told."""

MIX = MIXTURE.model()

CHANNELS = (BSC, AWGN, ASYMMETRIC)
"""Of which every bit flips or not on its own."""

BUILT_IN: Mapping[str, ErrorModel] = {**MIXTURE.models, "erasures": ERASURES, "mix": MIX}
