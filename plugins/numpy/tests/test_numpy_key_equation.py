"""Decoding many words by algebra, against the oracle, a word at a time."""

import numpy as np
import pytest
from benchsuite_numpy.galois_field import field
from benchsuite_numpy.key_equation import locate, values

from benchsuite.workloads.reference import galois_field as reference
from benchsuite.workloads.reference.reed_solomon import error_word

SIZES = [(3, 7, 4), (3, 6, 4), (4, 13, 7), (8, 19, 3), (8, 36, 4), (8, 60, 17), (9, 40, 6)]
"""m, n, r."""


def errors(m: int, n: int, r: int, words: int, *, erasing: bool) -> tuple[np.ndarray, np.ndarray]:
    """(errors, erasures) of each word: from what is mended easily to a little more than can be."""
    rng = np.random.default_rng(m * n + r)
    error, erased = np.zeros((words, n), field(m).exp.dtype), np.zeros((words, n), bool)
    for word in range(words):
        known = int(rng.integers(0, r + 2)) if erasing else 0
        wrong = int(rng.integers(0, r // 2 + 2))
        places = rng.choice(n, min(n, known + wrong), replace=False)
        erased[word, places[:known]] = True
        error[word, places[:known]] = rng.integers(0, 2**m, len(places[:known]))
        error[word, places[known:]] = rng.integers(1, 2**m, len(places[known:]))
    return error, erased


@pytest.mark.parametrize("erasing", [False, True])
@pytest.mark.parametrize(("m", "n", "r"), SIZES)
def test_every_word_is_mended_or_given_up_as_the_oracle_has_it(m: int, n: int, r: int, erasing: bool) -> None:
    gf, exponents = field(m), np.arange(n)[::-1].copy()
    error, erased = errors(m, n, r, 120, erasing=erasing)
    powers = np.outer(np.arange(1, r + 1), exponents) % gf.order
    syndromes = np.bitwise_xor.reduce(gf.power(gf.log[error] + powers[:, None]), axis=2)
    failing = syndromes.any(axis=0)
    error, erased, syndromes = error[failing], erased[failing], syndromes[:, failing]
    located = locate(gf, syndromes, exponents, erased if erasing else None)
    found = np.zeros_like(error)
    found[located.word, located.position] = values(gf, syndromes, exponents, located)
    for word in range(len(error)):
        expected = error_word(
            reference.field(m), r, error[word].tolist(), np.flatnonzero(erased[word]).tolist()
        )
        assert located.mended[word] == (expected is not None)
        assert found[word].tolist() == (expected or [0] * n)


def test_products_and_quotients_of_arrays_are_those_of_the_oracle() -> None:
    gf, oracle = field(5), reference.field(5)
    a, b = (np.arange(1024) // 32).astype(np.uint8), (np.arange(1024) % 32).astype(np.uint8)
    assert gf.multiply(a, b).tolist() == [oracle.multiply(int(x), int(y)) for x, y in zip(a, b, strict=True)]
    a, b = a[b > 0], b[b > 0]
    assert gf.divide(a, b).tolist() == [oracle.divide(int(x), int(y)) for x, y in zip(a, b, strict=True)]
