from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from benchsuite.host.plugins import Registry
from benchsuite.inject.models import parse_model
from benchsuite.inject.protect import shards
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.workloads.codes.erasure_params import loss_probability

from .conftest import Struck

BITS = 8 * 5 + 32
"""Of a shard and its CRC, of objects of 20 bytes in 4 shards."""


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_as_many_bad_shards_as_parities_are_rebuilt_and_one_more_is_reported(
    strike: Struck, bad: int
) -> None:
    places = [[shard * BITS + 7 * bad for shard in some] for some in combinations(range(6), bad)]
    assert strike("erasure-6-4", 20, places) == {"corrected" if bad <= 2 else "detected": len(places)}


def test_a_flip_anywhere_is_mended_in_crcs_and_in_what_fills_up_the_last_shard_too(strike: Struck) -> None:
    bits = scheme_called("erasure-6-4", 17).stored_bits
    assert bits == 6 * BITS
    assert strike("erasure-6-4", 17, [[place] for place in range(bits)]) == {"corrected": bits}


def test_what_a_crc_misses_is_silent_unless_the_shard_is_a_parity(strike: Struck) -> None:
    """The polynomial of CRC-32C is a codeword, 33 bits long."""
    codeword = [i for i in range(33) if (0x11EDC6F41 >> (32 - i)) & 1]
    missed = [[place + BITS * shard for place in codeword] for shard in (0, 3, 4, 5)]
    assert strike("erasure-6-4", 20, missed) == {"silent": 2, "corrected": 2}
    rebuilt_from = [*codeword, 3 * BITS]
    assert strike("erasure-6-4", 20, [rebuilt_from]) == {"silent": 1}


def test_prepared_rebuilds_are_let_go_when_they_are_many(
    strike: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "KEPT_BYTES", 0)
    places = [[a * BITS, b * BITS] for a, b in combinations(range(6), 2)] * 2
    assert strike("erasure-6-4", 20, places) == Counter(corrected=len(places))


@pytest.mark.parametrize(
    ("model", "exact"),
    [("flips:1", True), ("flips:2", True), ("burst:32", True), ("burst:33", False), ("flips:3", None)],
)
def test_only_what_no_crc_can_miss_is_exact(model: str, exact: bool | None) -> None:
    known = scheme_called("erasure-6-4", 4096).theory(parse_model(model, Registry()))
    assert {each.exact for each in known.values()} == (set() if exact is None else {exact})
    if known:
        assert known["corrected"].probability == pytest.approx(1)


def test_noise_loses_objects_as_often_as_shards_are_lost() -> None:
    scheme = scheme_called("erasure-6-4", 4096)
    known = scheme.theory(parse_model("bsc:0.00001", Registry()))
    bad = Fraction(1 - (1 - 1e-5) ** (8 * 1024 + 32))
    assert known["detected"].probability == pytest.approx(float(loss_probability(6, 4, bad)))
    assert not known["detected"].exact
    assert sum(each.probability for each in known.values()) == pytest.approx(1, abs=1e-8)
