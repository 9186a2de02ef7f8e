import pytest

from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.models import parse_model
from benchsuite.inject.sweeps import MOST_VALUES, swept


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("flips:1..3", ["flips:1", "flips:2", "flips:3"]),
        ("flips:2,8", ["flips:2", "flips:8"]),
        ("flips:1..2,8", ["flips:1", "flips:2", "flips:8"]),
        ("bsc:1e-1, 1e-2", ["bsc:1e-1", "bsc:1e-2"]),
        ("bsc:0.01..0.02+0.005", ["bsc:0.010", "bsc:0.015", "bsc:0.020"]),
        ("bsc:1e-1..1e-3*3", ["bsc:0.1", "bsc:0.01", "bsc:0.001"]),
        ("noise:-1dB..1dB", ["noise:-1dB", "noise:0dB", "noise:1dB"]),
        ("noise:0dB..1dB+0.5dB", ["noise:0.0dB", "noise:0.5dB", "noise:1.0dB"]),
        ("device:x4,x8:ones", ["device:x4:ones", "device:x8:ones"]),
        ("symbol:2,4:1", ["symbol:2:1", "symbol:4:1"]),
    ],
)
def test_lists_and_ranges_give_their_values_in_order(text: str, models: list[str]) -> None:
    assert swept(text) == models


def test_equal_ratios_are_three_digits_that_the_model_takes() -> None:
    models = swept("bsc:1e-4..1e-1*7")
    assert models == [f"bsc:{p}" for p in ("0.0001", "0.000316", "0.001", "0.00316", "0.01", "0.0316", "0.1")]
    assert [parse_model(model, Registry()).text for model in models] == models


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flips:3", "give one argument several values"),
        ("flips", "give one argument several values"),
        ("symbol:2,4:1,2", "give one argument several values"),
        ("flips:3..1", "needs whole numbers that go up"),
        ("bsc:0.1..0.2", "needs whole numbers that go up, or"),
        ("bsc:0..1*5", "needs ends above 0"),
        ("bsc:0.1..0.2*1", "2 to 200 values"),
        ("bsc:0.1..0.2*2.5", "2 to 200 values"),
        ("bsc:0.1..0.2+0", "needs a step above 0"),
        ("bsc:0.1..0.2+0.000001", "makes 1 to 200 values"),
        ("bsc:1.2.3..4", "is no range of numbers"),
        ("flips:" + ",".join(map(str, range(MOST_VALUES + 1))), "201 values are more than 200"),
    ],
)
def test_what_is_no_sweep_is_refused_with_the_remedy(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"^--sweep ") as error:
        swept(text)
    assert said in str(error.value)
