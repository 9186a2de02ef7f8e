"""Small objects for the hooks beside backends and workloads. They see mappings, never record types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ErrorModel:
    """How bits flip.

    ``parse(arguments)`` turns the text behind ``name:`` into the model's canonical arguments or raises
    ValueError; ``positions(arguments, n, words)`` gives ``int64[trials, flips]``, the distinct positions that
    each trial flips (-1: none), where ``words(block, count)`` is ``uint64[trials, count]`` of their streams;
    ``exact(arguments, code)`` gives outcome name -> (numerator, denominator), or None where no formula is
    known. ``code`` has ``n``, ``k``, ``columns`` and ``corrects`` (flips that its decoder corrects: 1 or 0).
    ``on_layout(arguments, layouts, words)``, where there is one, is asked in place of ``positions``:
    ``layouts(pins).devices[d][b][p]`` is the position on pin p, in beat b, of device d of so many pins.
    """

    name: str
    syntax: str
    parse: Callable[[str], str]
    positions: Callable[[str, int, Callable[[int, int], Any]], Any]
    exact: Callable[[str, Any], Mapping[str, tuple[int, int]] | None]
    on_layout: Callable[[str, Callable[[int], Any], Callable[[int, int], Any]], Any] | None = None


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
