"""Codes by name."""

import pytest

from benchsuite.workloads.codes import CODES, code


def test_every_code_is_found_under_its_name_with_its_check_matrix() -> None:
    for name, known in CODES.items():
        assert code(name) is known
        assert known.name == name == f"hsiao-{known.n}-{known.k}"
        assert len(known.columns) == known.n
        assert known.columns[known.k :] == tuple(1 << row for row in range(known.n - known.k))


def test_the_parameters_of_a_code_suit_both_of_its_workloads() -> None:
    for known in CODES.values():
        for workload in (known.encode, known.decode):
            params = workload.params(**known.params, codewords=3)
            assert (params.n, params.k) == (known.n, known.k)


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no code 'hsiao-72': known are .*; nearest is hsiao-72-64"):
        code("hsiao-72")
