"""The Reed-Solomon oracle against an independent library and against trying every codeword."""

from collections.abc import Sequence
from itertools import product
from random import Random

import pytest
import reedsolo

from benchsuite.workloads.reference.galois_field import field
from benchsuite.workloads.reference.reed_solomon import encode_word, error_word, generator, syndromes

SIZES = [(3, 7, 3), (4, 15, 11), (4, 13, 6), (8, 19, 16), (8, 36, 32), (8, 60, 43)]
"""m, n, k."""

every_size = pytest.mark.parametrize(("m", "n", "k"), SIZES)


def random_word(random: Random, m: int, length: int) -> list[int]:
    return [random.randrange(2**m) for _ in range(length)]


def disturbed(random: Random, m: int, word: Sequence[int], positions: Sequence[int]) -> list[int]:
    received = list(word)
    for position in positions:
        received[position] ^= random.randrange(1, 2**m)
    return received


def difference(a: Sequence[int], b: Sequence[int]) -> list[int]:
    return [x ^ y for x, y in zip(a, b, strict=True)]


def test_the_generator_of_the_compact_disc_size_has_the_roots_it_should() -> None:
    gf = field(8)
    roots = [x for x in range(256) if gf.evaluate(generator(gf, 32), x) == 0]
    assert sorted(roots) == sorted(gf.alpha(i) for i in range(1, 33))


@every_size
def test_an_independent_library_makes_the_same_check_symbols(m: int, n: int, k: int) -> None:
    gf, random = field(m), Random(m * n)
    reedsolo.init_tables(prim=gf.polynomial, c_exp=m)
    for _ in range(5):
        data = random_word(random, m, k)
        theirs = reedsolo.rs_encode_msg(bytearray(data), n - k, fcr=1)
        assert [*data, *encode_word(gf, n - k, data)] == list(theirs)


@every_size
def test_errors_and_erasures_within_the_guarantee_are_found(m: int, n: int, k: int) -> None:
    gf, random, r = field(m), Random(m + n), n - k
    for erasures in range(r + 1):
        for errors in range((r - erasures) // 2 + 1):
            data = random_word(random, m, k)
            sent = [*data, *encode_word(gf, r, data)]
            assert not any(syndromes(gf, r, sent))
            positions = random.sample(range(n), errors + erasures)
            received = disturbed(random, m, sent, positions)
            error = error_word(gf, r, received, positions[:erasures])
            assert error == difference(received, sent)


def nearest(gf, words: Sequence[Sequence[int]], received: Sequence[int], erased: set[int], r: int):
    """The one codeword that is near enough, found by looking at all."""
    near = [
        word
        for word in words
        if 2 * sum(a != b for i, (a, b) in enumerate(zip(word, received, strict=True)) if i not in erased)
        + len(erased)
        <= r
    ]
    assert len(near) <= 1
    return difference(near[0], received) if near else None


def test_any_word_goes_to_the_codeword_that_is_near_enough_or_to_none() -> None:
    gf, random, n, k = field(3), Random(5), 6, 2
    words = [[*data, *encode_word(gf, n - k, data)] for data in product(range(8), repeat=k)]
    given_up = 0
    for trial in range(400):
        received = random_word(random, 3, n)
        erased = set(random.sample(range(n), trial % (n - k + 2)))
        error = error_word(gf, n - k, received, erased)
        given_up += error is None
        if received in words:
            assert error == [0] * n
        else:
            assert error == nearest(gf, words, received, erased, n - k)
    assert 100 < given_up < 300


def test_more_erasures_than_check_symbols_are_given_up_unless_the_word_is_a_codeword() -> None:
    gf, data = field(4), [7, 0, 3]
    sent = [*data, *encode_word(gf, 4, data)]
    assert error_word(gf, 4, sent, range(5)) == [0] * 7
    assert error_word(gf, 4, [sent[0] ^ 1, *sent[1:]], range(5)) is None


def test_a_decoder_that_mends_one_symbol_detects_two_where_the_distance_is_four() -> None:
    gf, random = field(8), Random(19)
    sent = [*range(16), *encode_word(gf, 3, range(16))]
    for _ in range(200):
        assert error_word(gf, 3, disturbed(random, 8, sent, random.sample(range(19), 2))) is None
