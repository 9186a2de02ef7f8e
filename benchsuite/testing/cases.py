"""Small, odd and hostile cases of any workload: its own cases, shrunk, then every parameter on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from benchsuite.api import Workload
from benchsuite.host.presets import PRESETS

NUMBERS = (0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 33, 48, 63, 64, 65, 100, 127, 129, 255, 257, 1000, 1023, 4097)
"""Nothing, one, odd counts, and what lies beside the blocks that engines like."""
FRACTIONS = (0.0, 0.3, 1.0)
ODD = (3, 48, 1, 2, 16)
"""What sizes are shrunk to: the first that is accepted; 48 is three blocks of 16."""
LEAST = (0, 1, 2, 3, 16)
MOST_BYTES = 1 << 15  # of a varied case: the oracle checks every item of it
MOST_DATA_BYTES = 1 << 20  # of a workload's own case


def small_cases(workload: Workload[Any, Any, Any]) -> list[Any]:
    """Each once; first an odd one, the least one, and the default one if it is not large.

    Works for any workload: cases come from its presets and defaults, and what ``__post_init__`` or ``work``
    refuses with ValueError is none.
    """
    own = [workload.params(), *_preset_cases(workload)]
    base = _shrunk(workload, own[0], ODD)
    found = [base, _shrunk(workload, own[0], LEAST)]
    found += [case for case in own[:1] + _preset_cases(workload, "smoke") if _fits(workload, case)]
    found += [_shrunk(workload, case, ODD) for case in own]
    found += _varied(workload, base)
    return list(dict.fromkeys(found))


def large_cases(workload: Workload[Any, Any, Any], least_bytes: int) -> list[Any]:
    """The workload's own cases from the first payload of ``least_bytes`` on, then the smaller ones."""
    own = list(dict.fromkeys([*_preset_cases(workload), workload.params()]))
    sizes = {case: workload.work(case).payload_bytes for case in own}
    large = sorted((case for case in own if sizes[case] >= least_bytes), key=lambda case: sizes[case])
    return large + sorted((case for case in own if case not in large), key=lambda case: -sizes[case])


def _preset_cases(workload: Workload[Any, Any, Any], *presets: str) -> list[Any]:
    return [case for preset in presets or PRESETS for case in workload.presets(preset)]


def _varied(workload: Workload[Any, Any, Any], base: Any) -> Iterator[Any]:
    """``base`` with each number changed alone; fractions also of a batch that is not tiny."""
    sizes = _sizes(workload, base)
    for field in fields(base):
        value = getattr(base, field.name)
        if isinstance(value, float):
            for start in (base, *(_changed(workload, base, name, 33) for name in sizes)):
                if start is not None:
                    yield from _each_value(workload, start, field.name, FRACTIONS)
        elif isinstance(value, int):
            yield from _each_value(workload, base, field.name, NUMBERS)


def _each_value(
    workload: Workload[Any, Any, Any], base: Any, name: str, values: Sequence[int | float]
) -> Iterator[Any]:
    for value in values:
        case = _changed(workload, base, name, value)
        if case is not None and _fits(workload, case, MOST_BYTES):
            yield case


def _sizes(workload: Workload[Any, Any, Any], case: Any) -> list[str]:
    """The parameters that the work grows with: not the length of a key or a nonce."""

    def grows(name: str) -> bool:
        others = (_changed(workload, case, name, value) for value in (*ODD, 96))
        return any(amount(other) != amount(case) for other in others if other is not None)

    def amount(params: Any) -> tuple[int, int]:
        work = workload.work(params)
        return work.items, work.payload_bytes

    return [f.name for f in fields(case) if isinstance(getattr(case, f.name), int) and grows(f.name)]


def _shrunk(workload: Workload[Any, Any, Any], case: Any, wanted: Sequence[int]) -> Any:
    for name in _sizes(workload, case):
        accepted = (_changed(workload, case, name, value) for value in wanted)
        case = next((smaller for smaller in accepted if smaller is not None), case)
    return case


def _changed(workload: Workload[Any, Any, Any], case: Any, name: str, value: int | float) -> Any:
    """``case`` with one other value, or None where the workload does not accept it."""
    try:
        changed = replace(case, **{name: value})
        workload.work(changed)
    except ValueError:
        return None
    return changed


def _fits(workload: Workload[Any, Any, Any], case: Any, most_bytes: int = MOST_DATA_BYTES) -> bool:
    work = workload.work(case)
    return work.bytes_in + work.bytes_out <= most_bytes
