"""One finding of ``benchsuite doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """One finding."""

    name: str
    status: Literal["ok", "warning", "failed"]
    found: str
    remedy: str = ""


def warn_if(bad: bool, name: str, found: str, remedy: str) -> Check:
    """A warning with its remedy where it is bad, else all is well."""
    return Check(name, "warning", found, remedy) if bad else Check(name, "ok", found)
