from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.hsiao import hsiao_columns
from benchsuite.workloads.codes.matrix_text import Given, read

COLUMNS = hsiao_columns(72, 64)
ROWS = tuple(bytes(column >> row & 1 for column in COLUMNS) for row in range(8))
MASKS = [sum((COLUMNS[at] >> row & 1) << at for at in range(64)) for row in range(8)]
HAMMING = (b"\1\1\0\1\1\0\0", b"\1\0\1\1\0\1\0", b"\0\1\1\1\0\0\1")


@pytest.mark.parametrize(
    "text",
    [
        "1101100\n1011010\n0111001\n",
        "1 1 0 1 1 0 0\r\n1 0 1 1 0 1 0\r\n0 1 1 1 0 0 1",
        "1101 100\n\n# the second row\n1011 010  # of three\n0111 001",
        "1,1,0,1,1,0,0\n1,0,1,1,0,1,0\n0,1,1,1,0,0,1",
        "1; 1; 0; 1; 1; 0; 0\n1;0;1;1;0;1;0\n0;1;1;1;0;0;1\n",
        "[[1 1 0 1 1 0 0]\n [1 0 1 1 0 1 0]\n [0 1 1 1 0 0 1]]",
        "{{1,1,0,1,1,0,0},  // check bit 0\n{1,0,1,1,0,1,0}, /* and\n 1 0 1 */ \n{0,1,1,1,0,0,1}};",
        "1101 | 100\n1011 | 010\n0111 | 001",
        "# rows\r1101100\r1011010\r0111001\r",
    ],
)
def test_bits_are_read_with_or_without_what_parts_them(text: str) -> None:
    found = read(text, kind="check")
    assert found.rows == HAMMING
    assert found.read_as == "3 rows of 7 bits of a check matrix"


def test_rows_know_their_lines() -> None:
    assert read("# G\n\n110\n# and\n011", kind="generator").lines == (3, 5)


def test_symbols_are_decimal_or_hexadecimal() -> None:
    found = read("1 0 0x1, 3\n0,1,3,0X2\n", symbol_bits=2, kind="generator")
    assert found.rows == (b"\1\0\1\3", b"\0\1\3\2")
    assert found.read_as == "2 rows of 4 symbols of 2 bits of a generator matrix"
    assert read("0x12 0xff 255\n", symbol_bits=8, kind="check").rows == (b"\x12\xff\xff",)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (
            "\n".join(f"assign c[{i}] = ^(d & 64'h{m:016X}); // row {i}" for i, m in enumerate(MASKS)),
            "8 masks of 64 bits, one a check bit: the data bits that it sums",
        ),
        (
            "module ecc #(parameter int N = 72);\n"
            + "".join(
                f"localparam [63:0] M{i} = 64'h{m >> 32:x}_{m & 0xFFFFFFFF:08x};\n"
                for i, m in enumerate(MASKS)
            ),
            "8 masks of 64 bits, one a check bit: the data bits that it sums",
        ),
        (
            "static const uint64_t masks[] = {" + ", ".join(f"0x{m:016X}ULL" for m in MASKS) + "};",
            "8 masks of 64 bits, one a check bit: the data bits that it sums",
        ),
        (
            "".join(f"#define MASK{i} 0x{m:016x}\n" for i, m in enumerate(MASKS)),
            "8 masks of 64 bits, one a check bit: the data bits that it sums",
        ),
        (
            "\n".join(f'constant m{i} : word := x"{m:016x}"; -- 0x1' for i, m in enumerate(MASKS)),
            "8 masks of 64 bits, one a check bit: the data bits that it sums",
        ),
        (
            " ".join(f"8'h{column:02x}" for column in COLUMNS[:64]),
            "64 masks of 8 bits, one a data bit: the check bits that sum it",
        ),
        (
            ",\n".join(f"8'b{column >> 4:04b}_{column & 15:04b}" for column in COLUMNS),
            "72 masks of 8 bits, one a column of the check matrix",
        ),
        (
            ", ".join(f"0x{column:02x}" for column in COLUMNS),
            "72 masks of 8 bits, one a column of the check matrix",
        ),
    ],
)
def test_masks_are_read_from_hardware_sources(text: str, read_as: str) -> None:
    found = read(text)
    assert (found.rows, found.kind, found.read_as) == (ROWS, "check", read_as)


def test_masks_of_whole_rows_say_which_matrix_by_an_option() -> None:
    text = "".join(f"72'h{m | 1 << 64 + i:018x}\n" for i, m in enumerate(MASKS))
    with pytest.raises(ValueError, match="may be of either matrix: say --kind check or --kind generator"):
        read(text)
    found = read(text, kind="check")
    assert (found.rows, found.lines) == (ROWS, tuple(range(1, 9)))
    assert read(text, kind="generator").kind == "generator"


def test_options_tell_what_counts_do_not() -> None:
    text = "4'hb 4'hd 4'he"
    with pytest.raises(ValueError, match="3 masks of 4 bits do not tell what each stands for: say --masks"):
        read(text)
    assert read(text, masks="check-bits").rows == (b"\1\1\0\1\1\0\0", b"\1\0\1\1\0\1\0", b"\0\1\1\1\0\0\1")
    assert read(text, masks="data-columns").rows == (
        *(b"\1\1\0\1\0\0\0", b"\1\0\1\0\1\0\0", b"\0\1\1\0\0\1\0", b"\1\1\1\0\0\0\1"),
    )
    assert read("0x3 0x5 0x6 0x7", masks="data-columns", mask_bits=3).rows == (
        *(b"\1\1\0\1\1\0\0", b"\1\0\1\1\0\1\0", b"\0\1\1\1\0\0\1"),
    )


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "it holds no matrix: give rows of 0 and 1, CSV, or masks"),
        ("101\n011", {}, "2 rows of 3 may be a check or a generator matrix: say --kind"),
        ("1,0,1\n\n0,1", {"kind": "check"}, "^line 3: 2 values, but line 1 has 3: give every row as many"),
        ("b0,b1\n1,0", {"kind": "check"}, "^line 1: 'b0' is not 0 or 1: leave headings out"),
        ("1 0\n1 2", {"kind": "check"}, "^line 2: '2' is not 0 or 1: .* --symbol-bits 2, 4 or 8"),
        ("10,01", {"kind": "check"}, "^line 1: '10' is not 0 or 1"),
        ("1 -1", {"kind": "check", "symbol_bits": 4}, "^line 1: '-1' is no symbol of 4 bits: .* 0 to 15"),
        ("1 16", {"kind": "check", "symbol_bits": 4}, "^line 1: '16' is no symbol of 4 bits"),
        ("1 0x100", {"kind": "check", "symbol_bits": 8}, "^line 1: '0x100' is no symbol .* 0x0 to 0xff"),
        ("1 1e1", {"kind": "check", "symbol_bits": 8}, "^line 1: '1e1' is no symbol of 8 bits"),
        ("1 0", {"kind": "check", "masks": "rows"}, "it holds no masks .* leave --masks and --mask-bits out"),
        (
            "64'h1\n\n63'h1",
            {},
            "^line 3: 63'h1 is of 63 bits, that of line 1 of 64: keep masks",
        ),
        ("8'hxz", {}, "^line 1: 8'hxz is no mask: every digit must be a number"),
        ("4'h1f", {}, "^line 1: 4'h1f is more than 4 bits: mend the mask, or --mask-bits"),
        ("0x12", {"mask_bits": 4}, "^line 1: 0x12 is more than 4 bits"),
        ("8'h1 8'h2 8'h4 8'h8\n" + "8'hff " * 12, {}, "4 of the 8 check bits have a column of their own"),
        ("64'h1 64'h3", {"kind": "generator", "masks": "check-bits"}, "make a check matrix: leave --kind"),
        ("1" * 2049, {"kind": "check"}, "^line 1: more than the 2048 bits that a codeword may have"),
        ("1\n" * 2049, {"kind": "check"}, "^line 2049: more than the 2048 bits"),
        ("7 " * 257, {"kind": "check", "symbol_bits": 8}, "^line 1: more than the 2048 bits"),
        ("0x1 " * 2049, {}, "^line 1: 0x1: more than the 2048 bits"),
        ("0x" + "f" * 4000, {}, "more than the 2048 bits"),
    ],
)
def test_what_cannot_be_read_is_refused_by_one_line(text: str, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        read(text, **options)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@given(
    st.one_of(st.text(), st.text(alphabet="01 ,;\n'h{}x_[]#/*-23ab", max_size=200)),
    st.sampled_from((1, 2, 8)),
    st.sampled_from(("check", "generator", None)),
)
def test_any_text_is_a_matrix_or_refused(text: str, symbol_bits: int, kind: Any) -> None:
    try:
        found = read(text, symbol_bits=symbol_bits, kind=kind)
    except ValueError:
        return
    assert isinstance(found, Given)
    assert len({len(row) for row in found.rows}) == 1
    assert max(max(row) for row in found.rows) < 1 << symbol_bits


PATTERNS = (" ", "\n", "1 ", "'h", "/*", "#", "'", "0x", "9", "1\n", "[", "-", "0x1,")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_hostile_text_is_refused_in_time_that_grows_with_its_length(pattern: str) -> None:
    with pytest.raises(ValueError):  # quadratic work would take hours
        read(pattern * (2**17 // len(pattern)))
