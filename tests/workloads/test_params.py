"""What parameters share."""

import pytest

from benchsuite.workloads.params import binary_size, preset_cases


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 B"),
        (1023, "1023 B"),
        (1025, "1025 B"),
        (3 * 2**10, "3 KiB"),
        (2**21, "2 MiB"),
        (2**30, "1 GiB"),
    ],
)
def test_sizes_are_in_the_largest_unit_that_divides_them(count: int, text: str) -> None:
    assert binary_size(count) == text


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no preset 'fast': choose one of smoke, quick"):
        preset_cases("fast", {"smoke": (), "quick": ()})
