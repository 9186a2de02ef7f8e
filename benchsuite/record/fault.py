"""The lines of a run file that tell of faults in ciphers and signers."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from benchsuite.record.scalars import (
    Count,
    Denominator,
    Number,
    Numerator,
    Probability,
    Rate,
    Status,
)

FaultOutcome: TypeAlias = Annotated[
    str, Meta(pattern="^(rejected|damaged|intact|leaked|withheld|recovered)$")
]
"""Of a message or signature: refused; accepted or released, wrong or right; wrong, and the key with it; found
wrong by its signer and kept back, or made anew."""
Region: TypeAlias = Annotated[str, Meta(pattern="^(previous|struck|next|rest)$")]
"""Blocks of a message, as they lie to the struck one."""


class Damage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a region of the messages that were accepted."""

    histogram: list[tuple[Count, Number]]
    """(wrong bits, messages), ascending."""
    as_flipped: Count
    """Messages of which exactly the bits are wrong that were flipped."""


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the wrong bits of a region."""

    basis: Literal["none", "as_flipped", "formula", "ideal"]
    """No bit ever; always exactly those that were flipped; their mean by formula; that of an ideal cipher."""
    bits: Rate | None
    """The mean; None where it depends on how many are flipped."""


class Fault(
    msgspec.Struct, tag="fault", tag_field="type", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Trials ``first_trial ... first_trial + trials - 1`` of a fault in a cipher or a signer."""

    target: str
    """Such as aes-128-cbc, rsa-2048."""
    fault: str
    """What is struck."""
    model: str
    protect: str = ""
    """What the signer does against it."""
    backend: str
    """Empty: the suite's own cipher or signer, which alone can be struck within."""
    seed: int
    first_trial: Count
    trials: Count
    flips: Count
    """Of all trials."""
    outcomes: dict[FaultOutcome, Count]
    damage: dict[Region, Damage]
    expected_outcomes: dict[FaultOutcome, tuple[Numerator, Denominator, Probability]] | None = None
    expected_damage: dict[Region, Expected] = {}
    """A region of which nothing is known is missing."""
    status: Status = "measured"
    reason: str = ""
