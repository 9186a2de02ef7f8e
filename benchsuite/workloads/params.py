"""What the parameters of every family share: refusing nonsense, the names of presets, sizes in labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

P = TypeVar("P")


def require_positive(name: str, value: object) -> None:
    """Raise ValueError unless ``value`` is a whole number of at least 1 (True is not a number)."""
    if type(value) is not int or value < 1:
        raise ValueError(
            f"{name} must be a whole number of at least 1, not {value!r}: give one, such as 1024"
        )


def preset_cases(preset: str, cases: Mapping[str, Iterable[P]]) -> Iterable[P]:
    """The cases of ``preset``; raises ValueError that names the presets there are."""
    if preset not in cases:
        raise ValueError(f"no preset {preset!r}: choose one of {', '.join(cases)}")
    return cases[preset]


def binary_size(count: int) -> str:
    """A number of bytes in the largest binary unit that divides it.

    >>> binary_size(16), binary_size(1024), binary_size(1536), binary_size(8 * 2**20)
    ('16 B', '1 KiB', '1536 B', '8 MiB')
    """
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} B"
