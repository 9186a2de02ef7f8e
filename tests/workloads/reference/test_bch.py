"""The oracle of BCH codes, held against published generators and against galois."""

from itertools import combinations, pairwise
from random import Random

import galois
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.workloads.reference.bch import Bch, bch_code, check_bits, error_pattern, generators

SMALL = [(15, 7), (15, 5), (16, 7), (12, 4), (31, 16), (63, 45), (64, 45), (78, 64), (79, 64)]


def codeword(code: Bch, data: int) -> int:
    return data | check_bits(code, data) << code.k


def flips(positions: tuple[int, ...]) -> int:
    return sum(1 << position for position in positions)


@pytest.mark.parametrize(
    ("n", "k", "t", "octal"),
    [
        (7, 4, 1, "13"),
        (15, 11, 1, "23"),
        (15, 7, 2, "721"),
        (15, 5, 3, "2467"),
        (31, 21, 2, "3551"),
        (31, 16, 3, "107657"),
        (31, 11, 5, "5423325"),
        (63, 51, 2, "12471"),
        (63, 45, 3, "1701317"),
        (127, 113, 2, "41567"),
        (255, 239, 2, "267543"),
    ],
)
def test_generators_are_the_published_ones(n: int, k: int, t: int, octal: str) -> None:
    """Peterson and Weldon 1972; Lin and Costello 2004, appendix C."""
    code = bch_code(n, k)
    assert (code.t, code.extended, f"{code.generator:o}") == (t, False, octal)


@pytest.mark.parametrize(
    ("n", "k", "m", "t", "extended"),
    [
        (78, 64, 7, 2, False),
        (79, 64, 7, 2, True),
        (144, 128, 8, 2, False),
        (145, 128, 8, 2, True),
        (16, 7, 4, 2, True),
        (16, 6, 5, 2, False),
        (255, 1, 8, 127, False),
        (1023, 923, 10, 10, False),
        (1024, 923, 10, 10, True),
    ],
)
def test_a_size_picks_field_strength_and_extension(n: int, k: int, m: int, t: int, extended: bool) -> None:
    code = bch_code(n, k)
    assert (code.n, code.k, code.m, code.t, code.extended) == (n, k, m, t, extended)


@pytest.mark.parametrize("size", [(78, 60), (8, 0), (7, 7), (15, -1)])
def test_a_size_without_a_generator_is_refused_with_those_that_there_are(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=rf"no BCH \({size[0]},{size[1]}\): with n = {size[0]}, k is one of"):
        bch_code(*size)


@pytest.mark.parametrize("n", [-1, 0, 3, 1025, 10**9])
def test_a_length_that_no_field_has_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=rf"no BCH \({n},1\): n is 4 to 1024"):
        bch_code(n, 1)


@pytest.mark.parametrize("m", range(3, 11))
def test_no_two_generators_of_a_field_have_neighbouring_degrees(m: int) -> None:
    """So a size is never both that of a code and that of an extended one."""
    degrees = sorted(generators(m))
    assert all(after - before > 1 for before, after in pairwise(degrees))


def agree(n: int, k: int, number: int) -> None:
    """Generator, codewords and corrections are those of galois, from no to t + 2 wrong bits."""
    code, peer, rng = bch_code(n, k), galois.BCH(n, k), Random(1)
    assert int(peer.generator_poly) == code.generator
    data = [rng.getrandbits(k) for _ in range(number)]
    sent = [codeword(code, word) for word in data]
    encoded = peer.encode(galois.GF2([bits(word, k) for word in data]))
    assert encoded.tolist() == [bits(word, n) for word in sent]
    received = [
        word ^ flips(tuple(rng.sample(range(n), min(n, i % (code.t + 3))))) for i, word in enumerate(sent)
    ]
    decoded, errors = peer.decode(
        galois.GF2([bits(word, n) for word in received]), output="codeword", errors=True
    )
    found = [error_pattern(code, word) for word in received]
    assert errors.tolist() == [-1 if pattern is None else pattern.bit_count() for pattern in found]
    assert decoded.tolist() == [
        bits(word ^ (pattern or 0), n) for word, pattern in zip(received, found, strict=True)
    ]


def bits(word: int, number: int) -> list[int]:
    return [word >> i & 1 for i in range(number)]


def test_codewords_and_corrections_are_those_of_galois() -> None:
    agree(31, 16, 40)


@pytest.mark.nightly
@pytest.mark.parametrize("m", range(4, 9))
def test_random_codes_are_those_of_galois(m: int) -> None:
    n = 2**m - 1
    for degree in Random(m).sample(sorted(generators(m))[:-1], 3):
        agree(n, n - degree, 20)


@pytest.mark.parametrize("size", SMALL, ids=str)
@settings(max_examples=20)
@given(drawn=st.randoms(use_true_random=False))
def test_up_to_t_wrong_bits_are_found(size: tuple[int, int], drawn: Random) -> None:
    code = bch_code(*size)
    sent = codeword(code, drawn.getrandbits(code.k))
    wrong = flips(tuple(drawn.sample(range(code.n), drawn.randint(0, code.t))))
    assert error_pattern(code, sent ^ wrong) == wrong


@pytest.mark.parametrize("size", [(15, 7), (15, 5), (12, 4), (16, 7)], ids=str)
def test_any_pattern_at_all_is_answered_by_the_nearest_codeword_or_refused(size: tuple[int, int]) -> None:
    code = bch_code(*size)
    codewords = [codeword(code, data) for data in range(2**code.k)]
    for received in range(0, 2**code.n, 2 ** max(0, code.n - 10) - 1):
        near = [c ^ received for c in codewords if (c ^ received).bit_count() <= code.t]
        assert error_pattern(code, received) == (near[0] if near else None)


def test_every_triple_is_detected_by_the_extended_code_for_64_bits() -> None:
    code = bch_code(79, 64)
    sent = codeword(code, 0x0123456789ABCDEF)
    triples = list(combinations(range(79), 3))
    for triple in Random(1).sample(triples, 500):
        assert error_pattern(code, sent ^ flips(triple)) is None
