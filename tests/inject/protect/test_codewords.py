from itertools import combinations

import pytest

from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.workloads.codes import code

from .conftest import Struck


@pytest.mark.parametrize("name", ["hsiao-72-64", "extended-hamming-72-64", "chipkill-18-16", "hsiao-13-8"])
@pytest.mark.parametrize("data_bytes", [16, 19])
def test_every_flip_is_mended_in_a_shortened_word_too(strike: Struck, name: str, data_bytes: int) -> None:
    bits = scheme_called(name, data_bytes).stored_bits
    assert strike(name, data_bytes, [[place] for place in range(bits)]) == {"corrected": bits}


def test_two_flips_of_a_word_are_reported_and_of_two_words_mended(strike: Struck) -> None:
    pairs = list(combinations(range(26), 2))
    together = sum(a // 13 == b // 13 for a, b in pairs)
    counts = strike("hsiao-13-8", 2, [list(pair) for pair in pairs])
    assert counts == {"detected": together, "corrected": len(pairs) - together}


def test_a_codeword_of_flips_passes_in_silence_and_beside_a_reported_word_is_hidden(strike: Struck) -> None:
    of = code("hsiao-13-8")
    codeword = next(
        list(places)
        for places in combinations(range(13), 4)
        if of.columns[places[0]] ^ of.columns[places[1]] ^ of.columns[places[2]] ^ of.columns[places[3]] == 0
    )
    assert strike("hsiao-13-8", 2, [codeword, [*codeword, 13, 14]]) == {
        "silent": 1,
        "detected_hiding_silent": 1,
    }


def test_a_correction_in_what_is_not_stored_is_reported(strike: Struck) -> None:
    """A word of one byte in a code of 64 bits: three flips that look like one lie mostly beyond it."""
    of, stored = code("hsiao-72-64"), range(16)
    place = [bit if bit < 8 else 64 + bit - 8 for bit in stored]
    silent = 0
    triples = list(combinations(stored, 3))
    for triple in triples:
        syndrome = of.columns[place[triple[0]]] ^ of.columns[place[triple[1]]] ^ of.columns[place[triple[2]]]
        silent += syndrome in {of.columns[position] for position in place}
    counts = strike("hsiao-72-64", 1, [list(triple) for triple in triples])
    assert counts == {"silent": silent, "detected": len(triples) - silent}
    assert 0 < silent < len(triples) / 2


def test_a_code_that_only_checks_mends_nothing(strike: Struck) -> None:
    assert strike("parity-65-64", 8, [[0], [0, 1], [64], []]) == {"detected": 2, "silent": 1, "corrected": 1}
    assert scheme_called("parity-65-64", 8).repairs(1) == []
