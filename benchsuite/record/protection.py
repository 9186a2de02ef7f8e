"""The lines of a run file that tell how objects are protected."""

from __future__ import annotations

import msgspec

from benchsuite.record.scalars import Number, Probability


class Theory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The probability of an outcome of objects."""

    probability: Probability
    exact: bool
    """By formula, to the precision of a float; else what is expected of a check that takes all errors for
    random."""


class Protection(
    msgspec.Struct,
    tag="protection",
    tag_field="type",
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
):
    """How an object is protected, and the cases that are timed: each stores, reads or repairs a batch."""

    name: str
    """The ``label`` of its tallies."""
    data_bytes: Number
    stored_bits: Number
    """The data and all that is stored for them."""
    batch: Number
    """Objects that are timed together."""
    encode: list[str]
    """Keys of cases, done one after another."""
    decode: list[str]
    """Of objects in which nothing is wrong."""
    repair: list[str]
    """Of objects in which as much is wrong as is always mended; none where nothing is."""
