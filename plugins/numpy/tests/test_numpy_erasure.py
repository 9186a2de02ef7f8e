"""Erasure codes against the tables of the suite, at every edge of a block, and the schedule by itself."""

from typing import Any

import numpy as np
import pytest
from benchsuite_numpy.erasure import BLOCK, MOST_SHARED, schedule
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.erasure import ERASURE, ERASURE_ENCODE, ERASURE_REBUILD, ERASURE_UPDATE
from benchsuite.workloads.codes.erasure_params import EncodeParams, RebuildParams, UpdateParams
from benchsuite.workloads.reference.erasure import parity_matrix


def check(prepare: Any, workload: Any, params: Any, seed: int = 0) -> None:
    inputs, outputs = workload.inputs(params, seed, 0), workload.outputs(params)
    for name in vars(outputs):
        getattr(outputs, name)[...] = 0xA5
    received = {name: value.copy() for name, value in vars(inputs).items()}
    run = prepare(workload, params, inputs, outputs).run
    for _ in range(2):  # what the first leaves in the buffers must not count in the second
        run()
        workload.check(params, inputs, outputs, [(stripe, None) for stripe in range(params.stripes)])
    for name, value in received.items():
        np.testing.assert_array_equal(getattr(inputs, name), value)


def test_the_answers_of_isal_hold(prepare: Any) -> None:
    for workload in ERASURE:
        for vector in workload.vectors():
            outputs = workload.outputs(vector.params)
            prepare(workload, vector.params, vector.inputs, outputs).run()
            assert workload.canonical(outputs) == workload.canonical(vector.outputs), vector.name


@given(st.data())
def test_any_code_and_size_equal_the_tables(prepare: Any, drawn: st.DataObject) -> None:
    n = drawn.draw(st.integers(2, 40))
    k = drawn.draw(st.integers(1, n - 1))
    size = {"shard_bytes": drawn.draw(st.integers(1, 70)), "stripes": drawn.draw(st.integers(1, 6))}
    lost = drawn.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n - k).map(sorted))
    check(prepare, ERASURE_ENCODE, EncodeParams(n=n, k=k, **size))
    check(prepare, ERASURE_REBUILD, RebuildParams(n=n, k=k, lost="+".join(map(str, lost)), **size))
    check(prepare, ERASURE_UPDATE, UpdateParams(n=n, k=k, shard=drawn.draw(st.integers(0, k - 1)), **size))


@pytest.mark.parametrize(
    ("shard_bytes", "stripes"),
    [
        *((BLOCK + add, 2) for add in (-1, 0, 1)),
        (2 * BLOCK + 7, 1),
        (BLOCK // 2, 3),
        (BLOCK // 2 + 1, 3),
        (64, BLOCK // 64 + 1),
        (1, 1000),
    ],
)
def test_sizes_around_the_edges_of_a_block_equal_the_tables(
    prepare: Any, shard_bytes: int, stripes: int
) -> None:
    size = {"n": 6, "k": 4, "shard_bytes": shard_bytes, "stripes": stripes}
    check(prepare, ERASURE_ENCODE, EncodeParams(**size))
    check(prepare, ERASURE_REBUILD, RebuildParams(**size, lost="1+4"))
    check(prepare, ERASURE_UPDATE, UpdateParams(**size, shard=3))


@pytest.mark.parametrize(("n", "k"), [(14, 10), (9, 6), (4, 1), (60, 40)])
def test_a_schedule_adds_what_the_matrix_asks_for(n: int, k: int) -> None:
    """Terms are followed as sets of (column, doublings); those of all sums together spell the elements."""
    matrix = parity_matrix(n, k)
    plan = schedule(matrix)
    terms = [{(j, bit)} for bit in range(plan.doublings + 1) for j in range(k)]
    for a, b in plan.shared:
        terms.append(terms[a] ^ terms[b])
    assert (len(plan.shared) > 0) == (1 < k * (n - k) <= MOST_SHARED)
    for i, row in enumerate(matrix):
        found: set[tuple[int, int]] = set()
        for plane in plan.sums:
            found = {(j, bit + 1) for j, bit in found}
            for term in plane[i]:
                found ^= terms[term]
        assert found == {(j, bit) for j in range(k) for bit in range(8) if row[j] >> bit & 1}
