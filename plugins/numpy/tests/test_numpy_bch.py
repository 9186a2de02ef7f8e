"""What mends failing words of BCH codes, against the oracle, a word at a time."""

from random import Random

import numpy as np
import pytest
from benchsuite_numpy.bch import mend_bits

from benchsuite.workloads.reference.bch import bch_code, check_bits, error_pattern
from benchsuite.workloads.reference.linear import CORRECTED, DETECTED

SIZES = [
    (15, 7),
    (16, 7),
    (20, 10),
    (63, 45),
    (64, 45),
    (79, 64),
    (145, 128),
    (255, 191),
    (255, 1),
    (1024, 923),
]


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_every_word_is_mended_or_given_up_as_the_oracle_has_it(n: int, k: int) -> None:
    code, rng, words = bch_code(n, k), Random(n), 20 if n == 255 else 120
    wrong = [sum(1 << i for i in rng.sample(range(n), rng.randint(1, code.t + 2))) for _ in range(words)]
    wrong[:2] = [1 << n - 1, 1]
    remainders = np.array(
        [
            list((error >> k ^ check_bits(code, error % 2**k)).to_bytes(-(-(n - k) // 8), "little"))
            for error in wrong
        ],
        np.uint8,
    )
    failing = remainders.any(axis=1)
    wrong = [error for error, fails in zip(wrong, failing, strict=True) if fails]
    flips, outcome = mend_bits(n, k)(remainders[failing], None)
    expected = [error_pattern(code, error) for error in wrong]
    assert outcome.tolist() == [DETECTED if pattern is None else CORRECTED for pattern in expected]
    assert [int.from_bytes(row.tobytes(), "little") for row in flips] == [
        (pattern or 0) % 2**k for pattern in expected
    ]
