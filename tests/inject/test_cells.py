from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest

from benchsuite.analyse.rates import rate_interval
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import parse_model, require_fit
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig, Through
from benchsuite.inject.trials import Draws, blocks, count_trials
from benchsuite.workloads.codes import code
from benchsuite.workloads.reference.linear import encode_word

THROUGH = Through(device="cpu", scope="end-to-end", encode="", decode="")
TRIALS = 40_000


def draws(name: str, model: str, codewords: int = 1) -> Draws:
    return Draws(code=code(name), model=parse_model(model, Registry()), seed=3, codewords=codewords)


@pytest.mark.parametrize("name", ["hsiao-72-64", "extended-hamming-72-64", "hamming-12-8", "bch-15-7"])
def test_what_is_stored_is_the_codeword_of_the_trials_data(name: str) -> None:
    drawn = draws(name, "stuck-at:1:2")
    of = drawn.code.linear
    for data, bits in zip(drawn.data(5, 20), drawn.stored(5, 20), strict=True):
        word = int.from_bytes(data.tobytes(), "little")
        word |= encode_word(of.columns, of.k, word) << of.k
        assert bits.tolist() == [word >> bit & 1 for bit in of.bits]


def test_an_access_stores_its_codewords_one_after_another() -> None:
    drawn = draws("hsiao-72-64", "stuck-at:1:2", codewords=8)
    word = draws("hsiao-72-64", "stuck-at:1:2").code
    stored, data = drawn.stored(0, 3), drawn.data(0, 3)
    for trial, at in product(range(3), range(8)):
        bits = stored[trial, 72 * at : 72 * at + 72]
        assert np.packbits(bits[:64], bitorder="little").tolist() == data[8 * trial + at].tolist()
        columns = [c for c, bit in zip(word.columns, bits, strict=True) if bit]
        assert not np.bitwise_xor.reduce(columns)


@pytest.mark.parametrize("codewords", [1, 3])
@pytest.mark.parametrize("value", [0, 1])
def test_stuck_bits_flip_where_the_other_value_is_stored_and_nowhere_else(value: int, codewords: int) -> None:
    drawn = draws("hsiao-72-64", f"stuck-at:{value}:5", codewords)
    every = draws("hsiao-72-64", f"stuck-at:{1 - value}:5", codewords)
    for some in (drawn, every):
        held = int(some.model.arguments[0])
        stored = some.stored(0, 500)
        for bits, flips in zip(stored, some.positions(0, 500), strict=True):
            assert {int(bits[at]) for at in flips if at >= 0} <= {1 - held}
    shares = [(some.positions(0, 4000) >= 0).mean() for some in (drawn, every)]
    assert all(0.48 < share < 0.52 for share in shares)


@pytest.mark.parametrize(("up", "down"), [(0.02, 0.2), (0.3, 0.001), (0, 0.1), (0.1, 0.1)])
def test_each_value_flips_as_often_as_it_should(up: float, down: float) -> None:
    drawn = draws("hsiao-72-64", f"asymmetric:{up}:{down}")
    stored, flipped = drawn.stored(0, TRIALS), np.zeros((TRIALS, 72), np.bool_)
    trial, _ = np.nonzero((found := drawn.positions(0, TRIALS)) >= 0)
    flipped[trial, found[found >= 0]] = True
    for value, p in ((0, up), (1, down)):
        bits = int((stored == value).sum())
        low, high = rate_interval(int(flipped[stored == value].sum()), bits, 0.9999)
        assert low <= p <= high


CASES = [
    *product(
        ("hsiao-72-64", "hamming-12-8", "parity-9-8", "bch-15-7"),
        ("stuck-at:0:1", "stuck-at:1:4", "stuck-at:0:9", "asymmetric:0.001:0.02", "asymmetric:0:0.05"),
        (1,),
    ),
    ("chipkill-18-16", "stuck-at:1:3", 1),
    ("reed-solomon-255-223", "stuck-at:0:3", 1),
    ("hsiao-72-64", "stuck-at:1:6", 4),
    ("hsiao-72-64", "asymmetric:0.001:0.01", 4),
    ("hsiao-72-64", "mix:stuck-at:1:2=3+asymmetric:0:0.1=2", 2),
]


@pytest.mark.parametrize(("name", "model", "codewords"), CASES)
def test_sampled_rates_agree_with_the_exact_ones(
    engine: Engine, name: str, model: str, codewords: int
) -> None:
    drawn = draws(name, model, codewords)
    trials = TRIALS // 20 if name.startswith("reed") else TRIALS // codewords
    counts = count_trials(Rig(engine, drawn.code, THROUGH), drawn, 0, trials).outcomes
    formula = exact(drawn.code, drawn.model, codewords)
    assert formula is not None
    assert {outcome for outcome, count in counts.items() if count} <= formula.keys()
    for outcome, (_, _, probability) in formula.items():
        low, high = rate_interval(counts.get(outcome, 0), trials, 0.9999)
        assert low <= probability <= high


def test_a_model_sees_the_bits_that_the_encoder_stored(engine: Engine) -> None:
    drawn = draws("hsiao-72-64", "stuck-at:1:3")
    (struck,) = blocks(Rig(engine, drawn.code, THROUGH), drawn, 0, 100)
    stored = np.unpackbits(np.hstack([struck.data, struck.check]), axis=1, bitorder="little")
    assert np.array_equal(stored[:, list(drawn.code.bits)], drawn.stored(0, 100))


def test_an_access_of_two_small_codewords_is_what_all_of_them_give() -> None:
    """Each pair of codewords and each set of two stuck bits, for a decoder of one flip."""
    name, codewords = "hamming-3-1", 2
    found: dict[str, int] = {}
    for words in product((0b000, 0b111), repeat=2):
        for held in combinations(range(6), 2):
            flips = [sum(words[at // 3] >> at % 3 & 1 for at in held if at // 3 == word) for word in (0, 1)]
            outcome = ("not_injected", "corrected", "silent")[max(flips)]
            found[outcome] = found.get(outcome, 0) + 1
    formula = exact(code(name), parse_model("stuck-at:0:2", Registry()), codewords) or {}
    total = 4 * comb(6, 2)
    assert {o: Fraction(int(a), int(b)) for o, (a, b, p) in formula.items() if p} == {
        outcome: Fraction(count, total) for outcome, count in found.items()
    }


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("stuck-at:1:02", "stuck-at:1:2"),
        ("asymmetric:1e-3:.50", "asymmetric:0.001:0.5"),
        ("asymmetric:0:1e-15", "asymmetric:0:0.000000000000001"),
    ],
)
def test_cells_are_spelled_one_way(given: str, canonical: str) -> None:
    assert parse_model(given, Registry()).text == canonical
    assert parse_model(canonical, Registry()).text == canonical


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        *(
            (f"stuck-at:{a}", r"0 or 1, .* as in stuck-at:1:2")
            for a in ("", "1", "2:1", "1:0", "1:-1", "1:1:1")
        ),
        *(
            (f"asymmetric:{a}", r"below 1, not both 0 .* as in asymmetric:0\.001:1e-2")
            for a in ("", "0.1", "0:0", "1:0", "0:1", "0.1:0.1:0.1", "-0.1:0", "nan:0", "1e-16:0")
        ),
    ],
)
def test_nonsense_is_refused_with_what_to_write_instead(text: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy):
        parse_model(text, Registry())


def test_more_stuck_bits_than_there_are_and_going_through_them_are_refused() -> None:
    require_fit(parse_model("stuck-at:1:72", Registry()), code("hsiao-72-64"))
    with pytest.raises(UsageError, match="holds more bits than the 72 of a codeword: give 1 to 72"):
        require_fit(parse_model("stuck-at:1:73", Registry()), code("hsiao-72-64"))
    with pytest.raises(UsageError, match=r"depends on the data, .*: use --exact"):
        pattern_count(parse_model("stuck-at:1:2", Registry()), 72)
    with pytest.raises(UsageError, match="not equally likely"):
        pattern_count(parse_model("asymmetric:0:0.1", Registry()), 72)
