"""What reading a record comes to: a known answer of a workload, or the reason why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, kw_only=True)
class Known:
    """A known answer; what is asked is told by the workload's own types."""

    workload: str
    params: Any
    inputs: Any
    outputs: Any


Reading: TypeAlias = Known | str
