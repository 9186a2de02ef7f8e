"""BCH codes as workloads: sizes by name, what is corrected, and the known counts of what is not."""

from itertools import combinations
from math import comb
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.codes import BCH_DECODE, BCH_ENCODE, CLEAN, CODES, CORRECTED, DETECTED, bulk, code
from benchsuite.workloads.codes.analysis import weight_distribution
from benchsuite.workloads.codes.bch import BCH, SIZES, bch_columns
from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear import answer
from benchsuite.workloads.reference.bch import bch_code, check_bits

WIDE = [(63, 45), (64, 45), (255, 191)]
"""With more check bits than their syndromes are tabulated by, or patterns than are listed."""

MISCORRECTED_TRIPLES = {
    "bch-15-7": 180,
    "bch-31-21": 1860,
    "bch-63-51": 18900,
    "bch-127-113": 160020,
    "bch-255-239": 1349460,
    "bch-78-64": 13450,
    "bch-79-64": 0,
}


def received(n: int, k: int, patterns: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(data sent, data and check bits received), a row for each pattern of flipped bits."""
    params = BCH_ENCODE.params(n=n, k=k, codewords=len(patterns))
    sent = BCH_ENCODE.inputs(params, 3, 0).data
    check = bulk.check_bits(bch_columns(n, k), k, sent)
    data = sent.copy()
    rows = np.repeat(np.arange(len(patterns)), [len(pattern) for pattern in patterns])
    bulk.flip(k, data, check, rows, np.array([bit for pattern in patterns for bit in pattern], np.int64))
    return sent, data, check


def judged(n: int, k: int, data: np.ndarray, check: np.ndarray):
    return answer(BCH, BCH_DECODE.params(n=n, k=k), data, check)


@pytest.mark.parametrize(("n", "k"), [*SIZES, *WIDE])
def test_check_bits_are_those_of_the_division(n: int, k: int) -> None:
    params = BCH_ENCODE.params(n=n, k=k, codewords=10)
    data = BCH_ENCODE.inputs(params, 1, 0).data
    found = bulk.check_bits(bch_columns(n, k), k, data)
    words = [int.from_bytes(row.tobytes(), "little") for row in data]
    expected = [check_bits(bch_code(n, k), word) for word in words]
    assert [int.from_bytes(row.tobytes(), "little") for row in found] == expected


@pytest.mark.parametrize(("n", "k"), [(15, 7), (15, 5), (16, 7), (31, 21), (32, 21), (20, 10)])
def test_every_error_within_the_guarantee_is_corrected_or_detected(n: int, k: int) -> None:
    made = code(f"bch-{n}-{k}").linear
    for flips in range(made.distance - made.corrects):
        patterns = list(combinations(range(n), flips))
        sent, data, check = received(n, k, patterns)
        said = judged(n, k, data, check)
        if flips <= made.corrects:
            assert (said.outcome == (CORRECTED if flips else CLEAN)).all()
            np.testing.assert_array_equal(said.data, sent)
        else:
            assert (said.outcome == DETECTED).all()
            np.testing.assert_array_equal(said.data, data)


@pytest.mark.parametrize(("n", "k"), [*SIZES, *WIDE])
def test_random_errors_within_the_guarantee_are_corrected_or_detected(n: int, k: int) -> None:
    made, rng = code(f"bch-{n}-{k}").linear, Random(1)
    numbers = [flips for flips in range(made.distance - made.corrects) for _ in range(5)]
    sent, data, check = received(n, k, [tuple(rng.sample(range(n), flips)) for flips in numbers])
    said = judged(n, k, data, check)
    within = np.array(numbers) <= made.corrects
    assert said.outcome.tolist() == [
        CLEAN if not flips else CORRECTED if flips <= made.corrects else DETECTED for flips in numbers
    ]
    np.testing.assert_array_equal(said.data, np.where(within[:, None], sent, data))


@pytest.mark.parametrize(("name", "count"), MISCORRECTED_TRIPLES.items())
def test_as_many_triples_are_miscorrected_as_are_known(name: str, count: int) -> None:
    known = CODES[name].linear
    listed = leaders(known)
    assert listed is not None
    columns = np.array(known.columns)
    pairs = np.array(list(combinations(range(known.n), 2)))
    # every pair with every column after it
    sums = [columns[pairs[pairs[:, 1] < last]] for last in range(known.n)]
    found = [listed.find(some[:, 0] ^ some[:, 1] ^ columns[last]) >= 0 for last, some in enumerate(sums)]
    assert sum(map(len, found)) == comb(known.n, 3)
    assert sum(int(some.sum()) for some in found) == count


def test_a_distance_called_exact_is_one_and_any_other_a_bound() -> None:
    exact = 0
    for n in (7, 8, 12, 15, 16, 20, 31):
        for k in range(1, n):
            if n - k > 10 and k > 6:
                continue
            try:
                known = code(f"bch-{n}-{k}").linear
            except ValueError:
                continue
            weights = (
                weight_distribution(known.columns, n - k)
                if n - k <= 10
                else np.bincount([w.bit_count() for w in _codewords(n, k)], minlength=n + 1)
            )
            least = next(weight for weight in range(1, n + 1) if weights[weight])
            assert known.distance <= least
            assert known.distance == least or not known.exact_distance
            exact += known.exact_distance
    assert exact > 20


def _codewords(n: int, k: int) -> list[int]:
    return [data | check_bits(bch_code(n, k), data) << k for data in range(2**k)]


@pytest.mark.parametrize("name", [f"bch-{n}-{k}" for n, k in SIZES])
def test_the_distances_of_the_named_codes_are_exact(name: str) -> None:
    known = CODES[name].linear
    assert (known.distance, known.exact_distance, known.corrects) == (
        6 if name == "bch-79-64" else 5,
        True,
        2,
    )


@pytest.mark.parametrize(("n", "k"), [(15, 7), (79, 64), (64, 45)])
@settings(max_examples=30)
@given(data=st.data())
def test_any_bits_at_all_are_decoded(n: int, k: int, data: st.DataObject) -> None:
    made = code(f"bch-{n}-{k}").linear
    word = data.draw(st.integers(0, 2**n - 1))
    sent = np.array([list((word % 2**k).to_bytes(-(-k // 8), "little"))], np.uint8)
    check = np.array([list((word >> k).to_bytes(-(-(n - k) // 8), "little"))], np.uint8)
    said = judged(n, k, sent, check)
    assert made.oracle is not None
    pattern = made.oracle(word)
    expected = DETECTED if pattern is None else CORRECTED if pattern else CLEAN
    assert said.outcome[0] == expected
    assert int.from_bytes(said.data.tobytes(), "little") == (word ^ (pattern or 0)) % 2**k


def test_further_codes_are_found_by_name_and_refused_with_what_there_is() -> None:
    assert code("bch-63-45").linear.corrects == 3
    assert code("bch-1024-923").linear.corrects == 10
    with pytest.raises(ValueError, match=r"no BCH \(78,60\): with n = 78, k is one of 71, 70, 64, 63, 57, "):
        code("bch-78-60")
    for name in ("bch-063-45", "bch-63", "bch-63-45-3", "bch-99999-1", "bch--1-1"):
        with pytest.raises(ValueError, match=f"no code '{name}'"):
            code(name)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"codewords": 0}, "codewords must be a whole number of at least 1, not 0"),
        ({"n": 78.0}, "n must be a whole number of at least 1, not 78.0"),
        ({"n": 255, "k": 0}, "k must be a whole number of at least 1, not 0"),
        ({"n": 255, "k": 240}, r"no BCH \(255,240\): with n = 255, k is one of 247, 246, 239, 238, "),
        ({"n": 5000, "k": 64}, r"no BCH \(5000,64\): n is 4 to 1024"),
    ],
)
@pytest.mark.parametrize("workload", [BCH_ENCODE, BCH_DECODE], ids=lambda workload: workload.id)
def test_nonsense_is_refused_with_value_and_rule(workload, wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        workload.params(**wrong)


def test_labels_and_presets() -> None:
    (encode,) = BCH_ENCODE.presets("standard")
    assert BCH_ENCODE.label(encode) == "bch (255,239) encode, 1912 KiB"
    assert [case.wrong for case in BCH_DECODE.presets("standard")] == [0.0, 0.01]
    assert {(case.n, case.k) for case in BCH_ENCODE.presets("publication")} == set(SIZES)
    assert not [*BCH_ENCODE.presets("quick"), *BCH_DECODE.presets("smoke")]
