import pytest

from benchsuite.analyse.looks import fraction, too_wide
from benchsuite.record.types import Samples


@pytest.fixture
def two_cases(run, planned, gate, visits):
    """A quiet case and a noisy one, two backends each, sixteen blocks."""

    def build(noise):
        rows = [planned(b, case_key=key * 64) for key in "cd" for b in ("alpha", "beta")]
        lines = [run, *rows, *map(gate, rows)]
        for row in rows:
            spread = noise if row.case_key.startswith("d") else 1e-4
            lines += visits(row, [1e-3 * (1 + spread * ((7 * b) % 16) / 16) for b in range(16)])
        return lines, rows

    return build


def test_all_cells_of_a_case_go_on_where_one_interval_is_too_wide(two_cases):
    lines, rows = two_cases(0.2)
    assert too_wide(lines, 0.01, before=16) == {row.cell for row in rows if row.case_key.startswith("d")}
    assert too_wide(lines, 0.5, before=16) == set()


def test_an_interval_that_does_not_exist_yet_is_too_wide(two_cases):
    lines, rows = two_cases(0.0)
    assert too_wide(lines, 0.5, before=4) == {row.cell for row in rows}


def test_what_came_later_decides_nothing(two_cases):
    lines, _ = two_cases(0.2)
    early = [line for line in lines if not isinstance(line, Samples) or line.block < 12]
    for precision in (0.001, 0.02, 0.05, 0.2):
        assert too_wide(lines, precision, before=12) == too_wide(early, precision, before=12)


def test_which_of_two_is_faster_decides_nothing(two_cases, run, planned, gate, visits):
    def lines(factor):
        rows = [planned("alpha"), planned("beta")]
        seconds = [1e-3 * (1 + 0.1 * ((7 * b) % 16) / 16) for b in range(16)]
        return [
            run,
            *rows,
            *map(gate, rows),
            *visits(rows[0], seconds),
            *visits(rows[1], [factor * s for s in seconds]),
        ]

    for precision in (0.01, 0.03, 0.1):
        assert too_wide(lines(1.0), precision, before=16) == too_wide(lines(3.0), precision, before=16)


@pytest.mark.parametrize(("text", "value"), [("1%", 0.01), ("0.5%", 0.005), ("0.02", 0.02)])
def test_a_precision_is_a_share(text, value):
    assert fraction(text) == value


@pytest.mark.parametrize("text", ["", "1", "0", "-1%", "100%", "1%%", "one", "nan"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ValueError, match=r"1% or 0\.01"):
        fraction(text)
