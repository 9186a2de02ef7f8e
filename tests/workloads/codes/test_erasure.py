"""Erasure codes: every loss within the guarantee is rebuilt, as galois does it too; nonsense is refused."""

import warnings
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.api import Mismatch
from benchsuite.workloads.codes import ERASURE_ENCODE, ERASURE_REBUILD, ERASURE_UPDATE
from benchsuite.workloads.codes.erasure import combined, update_matrix
from benchsuite.workloads.codes.erasure_params import (
    NAMED,
    EncodeParams,
    RebuildParams,
    UpdateParams,
    loss_probability,
    parse,
)
from benchsuite.workloads.reference import erasure
from benchsuite.workloads.reference.erasure import parity_matrix, rebuild_matrix, survivors

every_named = pytest.mark.parametrize("name", NAMED)


@pytest.fixture(scope="module")
def field() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import galois
    return galois.GF(2**8, irreducible_poly=0x11D)


@every_named
def test_every_set_of_as_many_lost_shards_as_parities_is_rebuilt(name: str) -> None:
    """All C(14, 4), C(9, 3), C(20, 3) sets: the code is maximum distance separable."""
    n, k = NAMED[name].values()
    data = np.random.default_rng(1).integers(0, 256, (1, k, 5), np.uint8)
    stripe = np.concatenate([data, combined(parity_matrix(n, k), data)], axis=1)
    for lost in combinations(range(n), n - k):
        found = combined(rebuild_matrix(n, k, lost), stripe[:, list(survivors(n, k, lost))])
        np.testing.assert_array_equal(found, stripe[:, list(lost)])


@settings(max_examples=30)
@given(st.data())
def test_any_loss_within_the_guarantee_of_any_code_is_rebuilt(drawn: st.DataObject) -> None:
    n = drawn.draw(st.integers(2, 60))
    k = drawn.draw(st.integers(1, n - 1))
    lost = drawn.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n - k).map(sorted).map(tuple))
    data = np.array(drawn.draw(st.lists(st.binary(min_size=2, max_size=2).map(list), min_size=k, max_size=k)))
    shards = [*data.tolist(), *erasure.product(parity_matrix(n, k), data.tolist())]
    there = [shards[shard] for shard in survivors(n, k, lost)]
    assert erasure.product(rebuild_matrix(n, k, lost), there) == [shards[shard] for shard in lost]


@pytest.mark.parametrize(("n", "k"), [(14, 10), (20, 17), (255, 223), (255, 1), (2, 1)])
def test_the_matrix_and_its_products_are_those_of_galois(field: Any, n: int, k: int) -> None:
    i, j = np.mgrid[k:n, :k]
    matrix = np.array(parity_matrix(n, k))
    np.testing.assert_array_equal(np.array(field(1) / field((i ^ j).astype(np.uint8))), matrix)
    data = np.random.default_rng(2).integers(0, 256, (k, 4), np.uint8)
    wanted = np.array(field(matrix.astype(np.uint8)) @ field(data))
    np.testing.assert_array_equal(combined(parity_matrix(n, k), data[None])[0], wanted)


@pytest.mark.parametrize("lost", [(0,), (2, 5, 9, 13), (0, 1, 2, 3), (10, 11, 12, 13), (9, 10)])
def test_a_rebuild_is_galois_inverse_of_the_rows_that_are_left(field: Any, lost: tuple[int, ...]) -> None:
    whole = field(np.concatenate([np.eye(10, dtype=np.uint8), np.array(parity_matrix(14, 10), np.uint8)]))
    wanted = whole[list(lost)] @ np.linalg.inv(whole[list(survivors(14, 10, lost))])
    np.testing.assert_array_equal(np.array(rebuild_matrix(14, 10, lost)), np.array(wanted))


def test_a_matrix_without_an_inverse_is_said_to_have_none() -> None:
    with pytest.raises(ZeroDivisionError):
        erasure.inverse(((1, 2), (1, 2)))
    assert erasure.inverse(((0, 1), (2, 0))) == ((0, 142), (1, 0))


def test_an_update_gives_the_parity_of_the_new_data() -> None:
    params = UpdateParams(n=9, k=6, shard_bytes=20, stripes=3, shard=4)
    data = np.random.default_rng(3).integers(0, 256, (3, 6, 20), np.uint8)
    before = combined(parity_matrix(9, 6), data)
    new = ERASURE_UPDATE.inputs(params, 0, 0).data
    found = before ^ combined(update_matrix(params), (data[:, 4] ^ new)[:, None])
    data[:, 4] = new
    np.testing.assert_array_equal(found, combined(parity_matrix(9, 6), data))


@pytest.mark.parametrize(("n", "k"), [(3, 1), (4, 2), (5, 3)])
def test_the_probability_of_a_loss_is_that_of_all_sets_of_shards(n: int, k: int) -> None:
    p = Fraction(1, 7)
    total = Fraction(0)
    for states in product((0, 1), repeat=n):
        if sum(states) > n - k:
            total += p ** sum(states) * (1 - p) ** (n - sum(states))
    assert loss_probability(n, k, p) == total


def test_names_are_parsed_up_to_the_size_of_the_field() -> None:
    assert {name: parse(name) for name in NAMED} == {name: dict(code) for name, code in NAMED.items()}
    assert parse("erasure-255-254") == {"n": 255, "k": 254}
    for name in ("erasure-256-10", "erasure-10-10", "erasure-4-0", "erasure-04-2", "hsiao-72-64", "erasure"):
        assert parse(name) is None


def test_a_byte_that_was_varied_is_checked_at_its_place_in_every_answer() -> None:
    params = EncodeParams(n=6, k=4, shard_bytes=1000, stripes=2)
    inputs, outputs = ERASURE_ENCODE.inputs(params, 0, 0), ERASURE_ENCODE.outputs(params)
    outputs.parity[...] = combined(parity_matrix(6, 4), inputs.data)
    items = ERASURE_ENCODE.vary(params, inputs, Random(1), 3)
    assert all(byte is not None for _, byte in items)
    for item in items:
        with pytest.raises(Mismatch, match=rf"item {item[0]}: expected row 0, byte {item[1] % 1000}: "):
            ERASURE_ENCODE.check(params, inputs, outputs, [item])
    outputs.parity[...] = combined(parity_matrix(6, 4), inputs.data)
    ERASURE_ENCODE.check(params, inputs, outputs, [*items, (0, None), (1, None)])


@pytest.mark.parametrize(
    ("params", "wrong", "rule"),
    [
        (EncodeParams, {"n": 256}, "n must be k . 1 ... 255 shards, not 256 with k=10"),
        (EncodeParams, {"k": 14}, "not 14 with k=14: give both"),
        (EncodeParams, {"k": 0}, "k must be a whole number of at least 1, not 0"),
        (UpdateParams, {"stripes": 0}, "stripes must be"),
        (RebuildParams, {"shard_bytes": 0}, "shard_bytes must be"),
        (UpdateParams, {"shard": 10}, "shard must be one of the data, 0 ... 9, not 10"),
        *((RebuildParams, {"lost": lost}, r"lost must be 1 ... 4 shards of 0 ... 13, .*not ")
          for lost in ("", "14", "3+0", "0+0", "00", "0,3", "0+1+2+3+4", "-1", "x", " 0", "٣")),
        (RebuildParams, {"lost": 0}, "lost must be"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_value_and_rule(params: Any, wrong: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        params(**wrong)


def test_standard_has_one_code_and_publication_every_named_one() -> None:
    for workload, of_a_size in ((ERASURE_ENCODE, 1), (ERASURE_REBUILD, 2), (ERASURE_UPDATE, 1)):
        assert {(p.n, p.k) for p in workload.presets("standard")} == {(14, 10)}
        assert len(list(workload.presets("standard"))) == of_a_size
        named = {(code["n"], code["k"]) for code in NAMED.values()}
        assert {(p.n, p.k) for p in workload.presets("publication")} == named
