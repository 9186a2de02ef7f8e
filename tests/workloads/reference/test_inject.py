"""The oracle of injection against the known answers of Random123 and the documented example."""

import pytest

from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.reference.inject import DATA_BLOCK, flipped, outcome, philox, word

EXAMPLE = 0x94A870497E37263F, 0xB20C134C40666577
"""The key of `hsiao-72-64`, flips:3, seed 1: docs/reference/error-models.md, Streams."""


@pytest.mark.parametrize(
    ("counter", "key", "output"),
    [
        ((0,) * 4, (0,) * 2, "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
        (
            (2**64 - 1,) * 4,
            (2**64 - 1,) * 2,
            "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
        ),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x452821E638D01377, 0xBE5466CF34E90C6C),
            "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
        ),
    ],
    ids=["zero", "ones", "pi"],
)
def test_the_known_answers_of_random123_come_out(
    counter: tuple[int, ...], key: tuple[int, int], output: str
) -> None:
    assert " ".join(f"{each:016x}" for each in philox(counter, key)) == output


def test_the_documented_words_data_and_positions_come_out() -> None:
    words = [f"{word(EXAMPLE, 0, j):016x}" for j in range(4)]
    assert words == ["08d653f916f4effe", "5a076d3c98b72ae6", "459ba3951591a586", "c1700c1f532827a6"]
    data = [word(EXAMPLE, trial, 0, DATA_BLOCK).to_bytes(8, "little").hex() for trial in (0, 1)]
    assert data == ["80ab1b6a461ce35e", "40eb5283cfd3d906"]
    positions = [sorted(flipped("flips:3", 72, EXAMPLE, trial)) for trial in range(3)]
    assert positions == [[2, 19, 24], [0, 1, 38], [8, 30, 37]]


def test_word_4_is_the_first_of_the_next_block() -> None:
    assert word((1, 2), 7, 4) == philox((7, 1, 0, 0), (1, 2))[0]
    assert word((1, 2), 7, 5, DATA_BLOCK) == philox((7, DATA_BLOCK + 1, 0, 0), (1, 2))[1]


@pytest.mark.parametrize(
    ("model", "outcomes"),
    [
        ("flips:0", {"clean"}),
        ("flips:1", {"corrected"}),
        ("flips:2", {"detected"}),
        ("flips:3", {"detected", "miscorrected"}),
        ("bsc:0.001", {"corrected", "not_injected"}),
        ("bsc:0.999999", {"detected"}),  # all 72 bits: each row of the check matrix has 27 ones
    ],
)
def test_a_hsiao_code_does_what_it_promises(model: str, outcomes: set[str]) -> None:
    columns = hsiao_columns(72, 64)
    found = {outcome(columns, 64, model, (3, 4), trial) for trial in range(60)}
    assert found == outcomes
