"""What the numbers of a run file may be, whichever line they stand in."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

Status: TypeAlias = Literal["measured", "unavailable", "unsupported", "failed", "wrong", "timeout"]

Count: TypeAlias = Annotated[int, Meta(ge=0, le=1 << 62)]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=1 << 62)]
"""A count of at least one."""
Block: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]
GateOrBlock: TypeAlias = Annotated[int, Meta(ge=-1, le=1_000_000)]
Repetitions: TypeAlias = Annotated[int, Meta(ge=1, le=10**12)]
Seconds: TypeAlias = Annotated[float, Meta(gt=1e-12, lt=1e9)]
"""Of work: no machine does any in a picosecond, none was measured for a billion seconds."""
Cost: TypeAlias = Annotated[float, Meta(ge=0, lt=1e9)]
"""Seconds that may be too few for the clock to show."""
Nanoseconds: TypeAlias = Annotated[int, Meta(ge=0, le=10**18)]
Rate: TypeAlias = Annotated[float, Meta(ge=0)]
Ratio: TypeAlias = Annotated[float, Meta(gt=0)]
Confidence: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]
Probability: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
# Python reads integers of at most 4300 digits.
Numerator: TypeAlias = Annotated[str, Meta(pattern="^(0|[1-9][0-9]*)$", max_length=4300)]
Denominator: TypeAlias = Annotated[str, Meta(pattern="^[1-9][0-9]*$", max_length=4300)]
