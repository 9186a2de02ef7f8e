"""CRCs by name: those of the catalogue, any other by its parameters, and names that mean several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.crc_catalogue import (
    ALGORITHMS,
    MEANINGS,
    NARROWEST,
    WIDEST,
    algorithm,
    canonical,
    spelling,
)
from benchsuite.workloads.reference.crc import Algorithm, crc


@st.composite
def any_crc(draw: st.DrawFn) -> Algorithm:
    width = draw(st.integers(NARROWEST, WIDEST))
    register = st.integers(0, 2**width - 1)
    return Algorithm(
        width=width,
        polynomial=draw(st.integers(1, 2**width - 1)),
        initial=draw(register),
        reflected_in=draw(st.booleans()),
        reflected_out=draw(st.booleans()),
        xor_out=draw(register),
    )


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_check_value_of_the_catalogue_comes_out(name: str) -> None:
    assert crc(ALGORITHMS[name], b"123456789") == ALGORITHMS[name].check
    assert name.startswith(f"CRC-{ALGORITHMS[name].width}/")


def test_names_of_the_catalogue_are_distinct_crcs_of_every_width_that_it_has() -> None:
    assert len(set(ALGORITHMS.values())) == len(ALGORITHMS) == 97
    widths = {each.width for each in ALGORITHMS.values()}
    assert widths == {8, 10, 11, 12, 13, 14, 15, 16, 17, 21, 24, 30, 31, 32, 40, 64}
    assert all(each.polynomial & 1 for each in ALGORITHMS.values())


@given(any_crc())
def test_any_crc_has_one_spelling_that_means_it(wanted: Algorithm) -> None:
    text = spelling(wanted)
    assert algorithm(text) == wanted
    assert canonical(text) == text


@given(any_crc())
def test_order_case_and_base_of_parameters_make_no_other_crc(wanted: Algorithm) -> None:
    text = (
        f"XOROUT={wanted.xor_out},refout={wanted.reflected_out}, RefIn={wanted.reflected_in},"
        f"init=0X{wanted.initial:X},poly={wanted.polynomial},width={wanted.width}"
    )
    assert canonical(text) == spelling(wanted)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_parameters_of_the_catalogue_become_its_name(name: str) -> None:
    of = ALGORITHMS[name]
    text = f"width={of.width},poly={of.polynomial},init={of.initial},refin={of.reflected_in},"
    assert canonical(f"{text}refout={of.reflected_out},xorout={of.xor_out}") == name
    assert canonical(name) == name


@pytest.mark.parametrize("name", MEANINGS)
def test_other_names_are_refused_with_all_that_they_could_mean(name: str) -> None:
    assert set(MEANINGS[name]) <= set(ALGORITHMS)
    with pytest.raises(ValueError, match=r"\A[^\n]*\Z") as refused:
        canonical(name)
    assert all(meant in str(refused.value) for meant in MEANINGS[name])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("CRC-16/CCITT", "could mean CRC-16/KERMIT, CRC-16/IBM-3740 or CRC-16/XMODEM: give one"),
        ("crc16-ccitt", "'crc16-ccitt' could mean CRC-16/KERMIT, CRC-16/IBM-3740 or CRC-16/XMODEM"),
        ("CRC32", "could mean CRC-32/ISO-HDLC, "),
        ("CRC-32C", "'CRC-32C' is called CRC-32/ISCSI by the CRC catalogue: give that name"),
        ("crc-32/iscsi", "is called CRC-32/ISCSI"),
        ("CRC-32/ISCSY", "must be a name of the CRC catalogue, or width=…,poly=….*nearest is CRC-32/ISCSI"),
        ("", "must be a name of the CRC catalogue"),
        (32, "must be a name of the CRC catalogue, or .*, not 32"),
        ("width=16", "lacks poly, init, refin, refout, xorout"),
        ("width=16,width=8", "'width=8' is not one of width=…,"),
        ("width=16,colour=3", "'colour=3' is not one of"),
        (
            "width=7,poly=1,init=0,refin=true,refout=true,xorout=0",
            "width is a whole number from 8 to 64, not '7'",
        ),
        ("width=65,poly=1,init=0,refin=true,refout=true,xorout=0", "from 8 to 64, not '65'"),
        ("width=8,poly=0,init=0,refin=true,refout=true,xorout=0", "poly is a whole number from 1 to 0xff"),
        ("width=8,poly=0x100,init=0,refin=true,refout=true,xorout=0", "1 to 0xff, as .*, not '0x100'"),
        ("width=8,poly=1e3,init=0,refin=true,refout=true,xorout=0", "not '1e3'"),
        ("width=8,poly=1_0,init=0,refin=true,refout=true,xorout=0", "not '1_0'"),
        ("width=8,poly=1,init=-1,refin=true,refout=true,xorout=0", "init is a whole number from 0"),
        ("width=8,poly=1,init=0,refin=1,refout=true,xorout=0", "refin is true or false, not '1'"),
        ("width=8,poly=1,init=0,refin=true,refout=true,xorout=" + "9" * 5000, "xorout is a whole"),
    ],
)
def test_what_is_no_crc_is_refused_in_one_line(text: object, rule: str) -> None:
    with pytest.raises(ValueError, match=rule) as refused:
        canonical(text)
    assert "\n" not in str(refused.value)


def test_a_former_name_of_one_meaning_becomes_the_present_one() -> None:
    assert canonical("CRC-16/X-25") == "CRC-16/IBM-SDLC"
