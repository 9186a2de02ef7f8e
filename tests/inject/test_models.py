from math import erfc

import pytest

from benchsuite.api import ErrorModel
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.built_in import FLIPS
from benchsuite.inject.campaign import exact
from benchsuite.inject.models import error_models, parse_model, require_fit
from benchsuite.workloads.codes import code


def test_a_model_is_spelled_one_way() -> None:
    assert parse_model(" flips:003 ", Registry()).text == "flips:3"


def test_an_unknown_model_is_refused_with_the_nearest_and_the_known_ones() -> None:
    with pytest.raises(
        UsageError,
        match=r"did you mean flips\? Known: adjacent, asymmetric, at, awgn, bsc, burst, device, erasures, ",
    ):
        parse_model("flip:3", Registry())


@pytest.mark.parametrize("arguments", ["", "x", "-1", "1.5", "+3", "1_0", "٣"])
def test_flips_takes_whole_numbers_only(arguments: str) -> None:
    with pytest.raises(UsageError, match="whole number of distinct flips, as in flips:3"):
        parse_model(f"flips:{arguments}", Registry())


def test_more_flips_than_bits_are_refused_and_as_many_are_not() -> None:
    require_fit(parse_model("flips:72", Registry()), code("hsiao-72-64"))
    with pytest.raises(UsageError, match="flips:73 flips more bits than the 72 of a codeword: give 0 to 72"):
        require_fit(parse_model("flips:73", Registry()), code("hsiao-72-64"))


def test_a_model_that_refuses_its_arguments_without_its_form_is_given_one() -> None:
    def parse(arguments: str) -> str:
        raise ValueError(f"{arguments} is too much")

    curt = ErrorModel(
        name="curt", syntax="curt:K", parse=parse, positions=lambda *_: None, exact=lambda *_: None
    )
    with pytest.raises(UsageError, match=r"--model curt:9: 9 is too much: its form is curt:K$"):
        parse_model("curt:9", Registry(error_models={"curt": curt}))
    for model in error_models(Registry()).values():
        with pytest.raises(UsageError) as refused:
            parse_model(f"{model.name}:nonsense!", Registry())
        assert str(refused.value).count(model.syntax) == 1


@pytest.mark.parametrize("decibels", ["0", "4.5", "7"])
def test_a_hamming_code_over_white_noise_loses_what_its_closed_form_says(decibels: str) -> None:
    """More than one of seven bits, each wrong with probability Q(sqrt(2 4/7 Eb/N0))."""
    p = erfc((4 / 7 * 10 ** (float(decibels) / 10)) ** 0.5) / 2
    found = exact(code("hamming-7-4"), parse_model(f"awgn:{decibels}dB", Registry()))
    assert found is not None
    lost = sum(found[outcome][2] for outcome in ("detected", "miscorrected", "undetected"))
    assert lost == pytest.approx(1 - (1 - p) ** 7 - 7 * p * (1 - p) ** 6, rel=1e-9)


def test_no_plugin_replaces_a_built_in_model() -> None:
    impostor = ErrorModel(
        name="flips", syntax="", parse=str, positions=lambda *_: None, exact=lambda *_: None
    )
    assert error_models(Registry(error_models={"flips": impostor}))["flips"] is FLIPS


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("bsc:1e-3", "bsc:0.001"),
        ("bsc:0.0010", "bsc:0.001"),
        ("bsc:.5", "bsc:0.5"),
        ("bsc:1E-15", "bsc:0.000000000000001"),
        ("bsc:2.50e-1", "bsc:0.25"),
        ("burst:08", "burst:8"),
        ("symbol:04:2", "symbol:4:2"),
        ("adjacent:08", "adjacent:8"),
        ("device:x4:ones", "device:x4:ones"),
        ("pin:x8", "pin:x8"),
    ],
)
def test_every_model_has_one_canonical_spelling(given: str, canonical: str) -> None:
    assert parse_model(given, Registry()).text == canonical
    assert parse_model(canonical, Registry()).text == canonical


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        *(
            (f"bsc:{p}", r"above 0, below 1 and of at most 15 decimal places, as in bsc:0\.001 or bsc:1e-3")
            for p in ("", "0", "1", "1.5", "-0.1", "1/3", "nan", "1e-16", "0.1_0", "٠.٥", "1e-999", "0x1")
        ),
        *((f"adjacent:{length}", "at least 1, as in adjacent:2") for length in ("", "0", "-1", "1.5", "x")),
        *(
            (f"device:{arguments}", "width of x4 or x8 and .* uniform, ones, one, as in device:x4:uniform")
            for arguments in ("", "x4", "x16:ones", "4:ones", "x4:two", "x4:ones:", "X4:ones")
        ),
        *((f"pin:{arguments}", "width of x4 or x8, as in pin:x4") for arguments in ("", "4", "x4:ones")),
        *((f"burst:{length}", "at least 1, as in burst:4") for length in ("", "0", "-1", "1.5", "x")),
        *(
            (f"symbol:{arguments}", r"1 to 32, .* as in symbol:4:1")
            for arguments in ("", "4", "4:", "0:1", "33:1", "4:0", "4:1:1", "a:b")
        ),
    ],
)
def test_nonsense_is_refused_with_what_to_write_instead(text: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy):
        parse_model(text, Registry())


@pytest.mark.parametrize(
    ("text", "fits", "message"),
    [
        ("adjacent:73", "adjacent:72", "adjacent:73 flips more bits than the 72 of a codeword: give 1 to 72"),
        ("burst:73", "burst:72", "burst:73 is longer than the 72 bits of a codeword: give 1 to 72"),
        ("symbol:8:10", "symbol:8:9", "more than the 9 symbols of 8 bits .* give a COUNT of 1 to 9"),
    ],
)
def test_a_model_too_large_for_the_codeword_is_refused(text: str, fits: str, message: str) -> None:
    require_fit(parse_model(fits, Registry()), code("hsiao-72-64"))
    with pytest.raises(UsageError, match=message):
        require_fit(parse_model(text, Registry()), code("hsiao-72-64"))
