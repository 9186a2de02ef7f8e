import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.workloads.codes.layout import layout


@given(st.integers(1, 300), st.sampled_from([4, 8]), st.integers(1, 9))
def test_every_position_is_on_one_device_and_on_one_pin(n: int, pins: int, codewords: int) -> None:
    found = layout(n, pins, codewords=codewords)
    for parts in (found.positions(), found.pins()):
        assert sorted(position for part in parts for position in part) == list(range(codewords * n))
    assert {len(beats) for beats in found.devices} == {codewords}


@pytest.mark.parametrize(("pins", "beats"), [(4, 2), (8, 1)])
def test_a_symbol_of_eight_bits_is_a_device(pins: int, beats: int) -> None:
    devices = layout(144, pins, symbol_bits=8)
    assert devices.positions() == tuple(tuple(range(8 * s, 8 * s + 8)) for s in range(18))
    assert {(len(device), len(beat)) for device in devices.devices for beat in device} == {(beats, pins)}


def test_the_next_codeword_comes_in_the_next_beats_of_the_same_devices() -> None:
    one, two = layout(72, 8), layout(72, 8, codewords=2)
    for before, after in zip(one.devices, two.devices, strict=True):
        assert after == (*before, *(tuple(position + 72 for position in beat) for beat in before))


def test_a_pin_carries_one_bit_a_beat() -> None:
    assert layout(16, 4, symbol_bits=8).pins() == tuple(
        (position, position + 4) for device in (0, 8) for position in range(device, device + 4)
    )
    assert layout(6, 4).pins() == ((0,), (1,), (2,), (3,), (4,), (5,))


@pytest.mark.parametrize(("symbol_bits", "pins"), [(3, 4), (5, 8), (6, 4)])
def test_symbols_that_no_device_holds_are_refused_with_the_remedy(symbol_bits: int, pins: int) -> None:
    with pytest.raises(ValueError, match=f"symbols of {symbol_bits} bits .* {pins} pins: give devices"):
        layout(symbol_bits * 10, pins, symbol_bits=symbol_bits)
