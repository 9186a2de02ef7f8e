"""Codes by name."""

import pytest

from benchsuite.workloads.codes import CODES, SINGLE_BIT, bulk, code


def test_every_code_is_found_under_its_name_with_its_check_matrix() -> None:
    for name, known in CODES.items():
        assert code(name) is known
        assert known.name == name
        assert name.startswith(known.encode.id.removesuffix("-encode"))
        assert len(known.columns) == known.n
        assert sorted(known.bits) == list(range(known.n))


def test_every_encoded_word_is_a_codeword_of_the_check_matrix() -> None:
    for known in CODES.values():
        params = known.encode.params(**known.params, codewords=30)
        inputs = known.encode.inputs(params, 1, 0)
        check = bulk.check_bits(known.linear.columns, known.k, inputs.data)
        for data, bits in zip(inputs.data, check, strict=True):
            stored = int.from_bytes(data.tobytes(), "little")
            stored |= int.from_bytes(bits.tobytes(), "little") << known.k
            syndrome = 0
            for column, bit in zip(known.columns, known.bits, strict=True):
                syndrome ^= column * (stored >> bit & 1)
            assert syndrome == 0, known.name


def test_all_codes_of_the_families_are_there() -> None:
    sizes = [(family.name, n, k) for family, _, _ in SINGLE_BIT for n, k in family.sizes]
    assert {f"{name}-{n}-{k}" for name, n, k in sizes} <= CODES.keys()
    assert len(set(sizes)) == 30
    assert {f"hamming-{2**r - 1}-{2**r - 1 - r}" for r in range(2, 9)} <= CODES.keys()


def test_the_parameters_of_a_code_suit_both_of_its_workloads() -> None:
    for known in CODES.values():
        for workload in (known.encode, known.decode):
            params = workload.params(**known.params, codewords=3)
            assert known.family.code(params) is known.linear


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"no code 'hsiao-72': nearest is hsiao-72-64; benchsuite list codes"
    ):
        code("hsiao-72")
