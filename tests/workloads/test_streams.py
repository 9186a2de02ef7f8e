"""Keys, trial streams and random bytes: the same everywhere."""

from collections import Counter
from dataclasses import dataclass, make_dataclass, replace
from itertools import product
from math import comb, prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads import AES_CTR, HSIAO_DECODE
from benchsuite.workloads.aes import AesCtrParams
from benchsuite.workloads.codes.hsiao import HsiaoDecodeParams
from benchsuite.workloads.streams import (
    DATA_BLOCK,
    below,
    canonical_bytes,
    canonical_json,
    case_key,
    distinct_positions,
    params_mapping,
    random_bytes,
    renewed,
    trial_data,
    trial_key,
    trial_words,
    words,
)

WORD = st.integers(0, 2**64 - 1)

# Random123, tests/kat_vectors, "philox4x64 10": counter, key, output
KNOWN_ANSWERS = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (2**64 - 1,) * 4,
        (2**64 - 1,) * 2,
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox4x64-10 as published (Salmon et al. 2011, §3.3), in Python's integers."""
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2E7470EE14C6C93 * x0, 2**64)
        high1, low1 = divmod(0xCA5A826395121157 * x2, 2**64)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) % 2**64, (k1 + 0xBB67AE8584CAA73B) % 2**64
    return x0, x1, x2, x3


@pytest.mark.parametrize(("counter", "key", "output"), KNOWN_ANSWERS, ids=["zero", "ones", "pi"])
def test_the_obvious_philox_gives_the_known_answers_of_random123(
    counter: tuple[int, ...], key: tuple[int, int], output: tuple[int, ...]
) -> None:
    assert philox(counter, key) == output


def test_the_first_trial_of_the_first_block_is_the_known_answer_for_zero() -> None:
    assert tuple(words((0, 0), 0, 1, 0)[0].tolist()) == KNOWN_ANSWERS[0][2]


@given(key=st.tuples(WORD, WORD), start=WORD, block=WORD)
def test_words_are_philox_of_trial_and_block(key: tuple[int, int], start: int, block: int) -> None:
    assert tuple(words(key, start, 1, block)[0].tolist()) == philox((start, block, 0, 0), key)


@pytest.mark.parametrize("block", [0, 1, DATA_BLOCK, 2**63, 2**64 - 1])
@pytest.mark.parametrize("start", [0, 1, 2**32 - 1, 2**64 - 3])
def test_every_row_is_the_next_trial(start: int, block: int) -> None:
    expected = [philox((start + row, block, 0, 0), (3, 5)) for row in range(3)]
    got = words((3, 5), start, 3, block)
    assert got.dtype == np.uint64
    assert [tuple(row) for row in got.tolist()] == expected


def test_chunks_of_trials_join_to_the_whole() -> None:
    whole = words((1, 2), 10, 7, DATA_BLOCK)
    parts = [words((1, 2), 10, 3, DATA_BLOCK), words((1, 2), 13, 4, DATA_BLOCK)]
    assert (np.concatenate(parts) == whole).all()


@pytest.mark.parametrize(
    ("start", "count", "block"), [(-1, 1, 0), (2**64 - 1, 2, 0), (0, 1, 2**64), (0, -1, 0)]
)
def test_a_trial_beyond_64_bits_is_refused(start: int, count: int, block: int) -> None:
    with pytest.raises(ValueError, match="must fit into 64 bits"):
        words((0, 0), start, count, block)


@pytest.mark.parametrize("number", [0, 1, 4, 5, 9])
def test_word_j_of_a_trial_is_column_j_mod_4_of_block_j_div_4(number: int) -> None:
    got = trial_words((1, 2), 5, 3, 100, number)
    assert got.shape == (3, number)
    for j in range(number):
        assert (got[:, j] == words((1, 2), 5, 3, 100 + j // 4)[:, j % 4]).all()


@pytest.mark.parametrize("bits", [1, 8, 11, 64, 65, 128, 300])
def test_data_are_the_words_from_the_data_block_on_without_a_bit_beyond_the_last(bits: int) -> None:
    data = trial_data((1, 2), 5, 3, bits)
    assert (data.shape, data.dtype) == ((3, -(-bits // 8)), np.uint8)
    drawn = trial_words((1, 2), 5, 3, DATA_BLOCK, -(-bits // 64)).tolist()
    for row, words_ in zip(data, drawn, strict=True):
        assert (
            int.from_bytes(row.tobytes(), "little")
            == sum(w << 64 * i for i, w in enumerate(words_)) % 2**bits
        )


@given(st.lists(WORD, min_size=1, max_size=5), st.integers(1, 2**32 - 1))
def test_below_is_the_high_half_of_the_product(random_words: list[int], bound: int) -> None:
    expected = [word * bound >> 64 for word in random_words]
    assert below(np.array(random_words, np.uint64), bound).tolist() == expected


@pytest.mark.parametrize("bound", [0, 2**32])
def test_below_refuses_a_bound_that_it_cannot_do(bound: int) -> None:
    with pytest.raises(ValueError, match="bound must lie in"):
        below(np.zeros(1, np.uint64), bound)


@given(st.integers(1, 200), st.data())
def test_positions_are_distinct_and_in_range(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    positions = distinct_positions(trial_words((n, k), 0, 20, 0, k), n, k)
    assert positions.dtype == np.int64
    assert ((positions >= 0) & (positions < n)).all()
    assert all(len(set(row)) == k for row in positions.tolist())


@pytest.mark.parametrize(("n", "k"), [(5, 0), (5, 1), (5, 3), (4, 4), (7, 2), (6, 4)])
def test_every_set_of_positions_is_equally_likely_over_all_draws(n: int, k: int) -> None:
    bounds = [j + 1 for j in range(n - k, n)]
    # the smallest word that draws t of `bound` values: all draws of Floyd's algorithm, each once
    grid = [[-(-t * 2**64 // bound) for t in range(bound)] for bound in bounds]
    every_draw = np.array(list(product(*grid)), np.uint64).reshape(prod(bounds), k)
    counts = Counter(frozenset(row) for row in distinct_positions(every_draw, n, k).tolist())
    assert len(counts) == comb(n, k)
    assert set(counts.values()) == {prod(bounds) // comb(n, k)}


@pytest.mark.parametrize(("n", "k", "given_words"), [(3, 4, 4), (3, 2, 3), (3, -1, 0)])
def test_positions_that_cannot_be_are_refused(n: int, k: int, given_words: int) -> None:
    with pytest.raises(ValueError, match="distinct positions"):
        distinct_positions(np.zeros((1, given_words), np.uint64), n, k)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        ([0.01, 1e-9, 1.0, -0.5], '["0.01","1e-09","1.0","-0.5"]'),
        ((1, {"x": (2.5,)}), '[1,{"x":["2.5"]}]'),
        (np.float64(0.1), '"0.1"'),
        (2**200, str(2**200)),
    ],
)
def test_canonical_json_has_one_spelling(value: object, text: str) -> None:
    assert canonical_json(value) == text.encode()


@pytest.mark.parametrize("value", [float("nan"), [float("inf")]])
def test_canonical_json_refuses_what_is_not_finite(value: object) -> None:
    with pytest.raises(ValueError, match="give a finite number"):
        canonical_json(value)


def test_parameters_at_their_default_are_left_out_on_request() -> None:
    params = HsiaoDecodeParams(codewords=8, wrong=0.01)
    assert params_mapping(params, defaults=False) == {"codewords": 8, "wrong": "0.01"}
    everything = {"n": 72, "k": 64, "codewords": 8, "wrong": "0.01"}
    assert params_mapping(params, defaults=True) == everything


def test_a_key_is_the_digest_of_id_version_and_parameters() -> None:
    import hashlib

    text = b'["hsiao-decode",1,{"codewords":8,"wrong":"0.01"}]'
    params = HsiaoDecodeParams(codewords=8, wrong=0.01)
    assert case_key(HSIAO_DECODE, params) == hashlib.sha256(text).hexdigest()


def test_a_key_outlives_a_new_parameter_with_a_default() -> None:
    longer = make_dataclass(
        "longer", [("key_bits", int, 128), ("messages", int, 1), ("message_bytes", int, 16), ("tag", str, "")]
    )
    assert case_key(AES_CTR, longer(messages=3)) == case_key(AES_CTR, AesCtrParams(messages=3))
    assert case_key(AES_CTR, longer(messages=3, tag="x")) != case_key(AES_CTR, AesCtrParams(messages=3))


def test_a_new_version_has_another_key() -> None:
    assert case_key(replace(AES_CTR, version=2), AesCtrParams()) != case_key(AES_CTR, AesCtrParams())


def test_every_part_of_a_campaign_is_in_its_trial_key() -> None:
    params = HsiaoDecodeParams()
    keys = {
        trial_key(HSIAO_DECODE, params, "flips:3", 1),
        trial_key(HSIAO_DECODE, params, "flips:2", 1),
        trial_key(HSIAO_DECODE, params, "flips:3", 2),
        trial_key(HSIAO_DECODE, HsiaoDecodeParams(codewords=2), "flips:3", 1),
        trial_key(replace(HSIAO_DECODE, version=2), params, "flips:3", 1),
    }
    assert len(keys) == 5
    assert all(0 <= word < 2**64 for key in keys for word in key)


def test_a_trial_key_is_two_little_endian_words_of_blake2b_128() -> None:
    import hashlib

    text = b'["hsiao-decode",1,{},"flips:3",1]'
    digest = hashlib.blake2b(text, digest_size=16).digest()
    expected = tuple(np.frombuffer(digest, "<u8").tolist())
    assert trial_key(HSIAO_DECODE, HsiaoDecodeParams(), "flips:3", 1) == expected


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 1000])
def test_random_bytes_are_writable_and_a_prefix_of_more(count: int) -> None:
    got = random_bytes("label", 1, 2, count)
    assert got.shape == (count,)
    assert got.dtype == np.uint8
    assert got.flags.writeable
    assert got.flags.c_contiguous
    assert got.tobytes() == random_bytes("label", 1, 2, 2000)[:count].tobytes()


def test_random_bytes_are_the_same_on_every_machine() -> None:
    import hashlib

    digest = hashlib.blake2b(b'["label",1,2]', digest_size=16).digest()
    key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
    expected = b"".join(word.to_bytes(8, "little") for word in philox((0, 0, 0, 0), key))
    assert random_bytes("label", 1, 2, 32).tobytes() == expected


def test_label_seed_and_slot_each_make_other_bytes() -> None:
    draws = [("label", 1, 2), ("other", 1, 2), ("label", 2, 2), ("label", 1, 3), ("label", 2, 1)]
    assert len({random_bytes(*draw, 32).tobytes() for draw in draws}) == 5


def test_renewed_rows_are_each_unlike_the_old_ones() -> None:
    rows = np.zeros((2000, 1), np.uint8)
    assert renewed(rows, Random(1)).all()
    assert not rows.any()


def test_canonical_bytes_follow_the_order_of_the_fields() -> None:
    @dataclass
    class Outputs:
        second: np.ndarray
        first: np.ndarray

    outputs = Outputs(second=np.array([[1, 2]], np.uint8), first=np.array([3], np.uint8))
    assert canonical_bytes(outputs) == b"\x01\x02\x03"
