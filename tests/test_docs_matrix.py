"""The page on matrices: its example, polynomials, keys and limits are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchsuite.workloads.codes.leaders import MOST_LEADERS, MOST_ROWS
from benchsuite.workloads.codes.matrix import EXAMPLES, MATRIX, MatrixDecodeParams, fingerprint
from benchsuite.workloads.codes.matrix_file import MOST_BYTES, choose, dump
from benchsuite.workloads.codes.matrix_text import MOST_BITS, read
from benchsuite.workloads.codes.symbol_distance import MOST_PATTERNS
from benchsuite.workloads.codes.symbol_matrix import POLYNOMIALS
from benchsuite.workloads.reference.linear import encode_word, mend_word, oracle

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "codes/matrix.md").read_text(encoding="utf-8")
HEXACODE = EXAMPLES["matrix:hexacode"]


def symbols(text: str) -> int:
    """Quaternary symbols as bits, the first lowest."""
    return sum(int(symbol) << 2 * at for at, symbol in enumerate(text.split()))


def test_the_matrix_of_the_example_is_the_hexacodes() -> None:
    (matrix,) = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert choose(read(matrix, symbol_bits=2, kind="generator"), symbol_bits=2) == HEXACODE


def test_the_words_of_the_example_are_encoded_and_mended_so() -> None:
    found = re.search(
        r"symbols `([\d ]+)` get the check symbols `([\d ]+)`\. With `([\d ]+)` received, symbol (\d)", PAGE
    )
    assert found
    code = MATRIX.code(MatrixDecodeParams(**HEXACODE))  # type: ignore[arg-type]
    data, check, received = (symbols(found[group]) for group in (1, 2, 3))
    assert encode_word(code.columns, code.k, data) == check
    assert (data | check << 6) ^ received == 1 << 2 * int(found[4])
    mend = oracle(code.columns, code.k, 2, 1)
    assert mend_word(mend, code.k, received & 63, received >> 6) == (data, 1)


def test_the_polynomials_keys_and_limits_are_those_of_the_code() -> None:
    widths, polynomials = (
        re.search(rf"^\| {title} \| (.*) \|$", PAGE, re.MULTILINE)[1].split(" | ")  # type: ignore[index]
        for title in ("m", "usual polynomial, bit i being the coefficient of x\\^i")
    )
    found = {int(bits): int(text, 16) for bits, text in zip(widths, polynomials, strict=True)}
    assert found == POLYNOMIALS
    keys = re.findall(r"^\| (`.*?`) \| ", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(keys))) == json.loads(dump(HEXACODE)).keys()
    assert f"at most {MOST_BITS} bits" in PAGE
    assert f"Up to 2^{MOST_PATTERNS.bit_length() - 1} codewords" in PAGE
    assert f"most {MOST_LEADERS:,} of at most {MOST_ROWS} check bits" in PAGE
    assert MOST_BYTES == 1 << 20
    assert "at most 1 MiB" in (DOCS / "reference/cli.md").read_text(encoding="utf-8")


def test_the_name_of_the_page_is_that_of_hsiaos_matrix() -> None:
    digits = fingerprint(MATRIX.code(MatrixDecodeParams()))
    assert f"`matrix-72-64:{digits[:8]}`" in PAGE
    assert digits in (DOCS / "reference/codes.md").read_text(encoding="utf-8")
