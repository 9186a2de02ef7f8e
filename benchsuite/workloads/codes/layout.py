"""Where the bits of a codeword lie in memory: on which device, on which of its pins, in which beat.

A device is a chip of a rank; in every beat of a burst each of its pins carries one bit. No standard says
which bit of a codeword goes where, and outcomes depend on it: ``layout`` is what is assumed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Beat: TypeAlias = tuple[int, ...]
"""The positions that a device carries in a beat, pin by pin; a last device may leave pins unused."""


Parts: TypeAlias = Sequence[Sequence[int]]
"""The positions of each part; each position is in one part, and all parts are equally likely."""


@dataclass(frozen=True)
class Layout:
    """``devices[d][b][p]`` is the position on pin p of device d in beat b; every position is there once."""

    devices: tuple[tuple[Beat, ...], ...]

    def positions(self) -> tuple[tuple[int, ...], ...]:
        """Of each device, beat by beat."""
        return tuple(tuple(position for beat in beats for position in beat) for beats in self.devices)

    def pins(self) -> tuple[tuple[int, ...], ...]:
        """The positions of each pin, device by device, beat by beat."""
        return tuple(
            tuple(beat[pin] for beat in beats) for beats in self.devices for pin in range(len(beats[0]))
        )


Layouts: TypeAlias = Callable[[int], Layout]
"""Pins of a device -> layout."""


def layout(n: int, pins: int, *, symbol_bits: int = 1, codewords: int = 1) -> Layout:
    """A codeword of n bits, or several one after another, on devices of so many pins.

    The bits of a codeword go in their order to the pins of the first device, of the second, and so on, in one
    beat: 72 bits are 18 devices x4, or 9 x8. Where a symbol of the code has more bits than a device pins, it
    stays on one device, and takes as many beats as it needs: a symbol of 8 bits is two beats of an x4 device,
    the first of them its low four bits. The next codeword comes in the next beats, its bits at positions n
    higher. Raises ValueError where neither of pins and bits of a symbol is a multiple of the other.

    >>> layout(8, 4).devices
    (((0, 1, 2, 3),), ((4, 5, 6, 7),))
    >>> layout(16, 4, symbol_bits=8).devices
    (((0, 1, 2, 3), (4, 5, 6, 7)), ((8, 9, 10, 11), (12, 13, 14, 15)))
    >>> layout(8, 4, codewords=2).devices
    (((0, 1, 2, 3), (8, 9, 10, 11)), ((4, 5, 6, 7), (12, 13, 14, 15)))
    """
    bits = max(pins, symbol_bits)
    if bits % pins or bits % symbol_bits:
        raise ValueError(
            f"symbols of {symbol_bits} bits do not fit on devices of {pins} pins: give devices of which the "
            "pins divide a symbol or hold whole ones"
        )
    return Layout(
        tuple(
            tuple(
                tuple(range(word * n + beat, word * n + min(beat + pins, n)))
                for word in range(codewords)
                for beat in range(first, min(first + bits, n), pins)
            )
            for first in range(0, n, bits)
        )
    )
