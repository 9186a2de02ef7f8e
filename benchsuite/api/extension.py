"""Small objects for the hooks beside backends and workloads. They see mappings, never record types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Target:
    """What an error model strikes: the bits of a block of trials, each a codeword or several in a row.

    ``stored()`` is ``uint8[trials, n]``, the bits, 0 or 1, that each trial has at its positions before any of
    them flips; they are made when asked for. ``layouts(pins).devices[d][b][p]`` is the position on pin p, in
    beat b, of device d of so many pins.
    """

    n: int
    """Bits of a trial."""
    k: int
    """Those of them that are data."""
    layouts: Callable[[int], Any]
    stored: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class ErrorModel:
    """How bits flip.

    ``parse(arguments)`` turns the text behind ``name:`` into the model's canonical arguments or raises
    ValueError; ``exact(arguments, code)`` gives outcome name -> (numerator, denominator), or None where no
    formula is known. ``code`` has ``n``, ``k``, ``columns`` and ``corrects`` (flips that its decoder
    corrects: 1 or 0). ``positions(arguments, n, words)`` gives ``int64[trials, flips]``, the distinct
    positions that each trial flips (-1: none), where ``words(block, count)`` is ``uint64[trials, count]`` of
    their streams. In its place a model may have ``on_layout(arguments, layouts, words)``, with the
    ``layouts`` of a ``Target``, or ``on_target(arguments, target, words)``, for one that looks at what is
    stored or at how many of the bits are data. Where there are several, the last of these is asked.
    """

    name: str
    syntax: str
    help: str = ""
    """A line that says how bits flip."""
    parse: Callable[[str], str]
    positions: Callable[[str, int, Callable[[int, int], Any]], Any] | None = None
    exact: Callable[[str, Any], Mapping[str, tuple[int, int]] | None]
    on_layout: Callable[[str, Callable[[int], Any], Callable[[int, int], Any]], Any] | None = None
    on_target: Callable[[str, Target, Callable[[int, int], Any]], Any] | None = None

    def __post_init__(self) -> None:
        if not (self.positions or self.on_layout or self.on_target):
            raise ValueError(
                f"error model {self.name} says nowhere what flips: give positions, on_layout or on_target"
            )


@dataclass(frozen=True, kw_only=True)
class ReportFormat:
    """``render(records)``: mappings with the keys of a run file's lines, in; the text of a report, out.

    A run begins with its ``run`` line. ``cell``, ``comparison`` and ``tally`` are derived anew, one ``tally``
    a campaign, so an interrupted run has them too.
    """

    name: str
    suffix: str
    render: Callable[[Sequence[Mapping[str, Any]]], str]


@dataclass(frozen=True, kw_only=True)
class Command:
    """A plugin's own subcommand: ``main(arguments) -> exit code``."""

    name: str
    help: str
    main: Callable[[list[str]], int]
