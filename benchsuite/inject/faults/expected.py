"""What should become of a fault: exactly where that is known, or as an ideal cipher would have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from benchsuite.inject.faults.targets import BLOCKS, TAIL_BYTES, Aes, Rsa, Target
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import Model
from benchsuite.workloads.aes.avalanche import after_key_flip, after_state_flips
from benchsuite.workloads.rsa.faults import CRT_FAULTS

FLIPPING = ("flips", "burst", "adjacent", "symbol")
"""The error models that flip at least one bit in every trial (``flips:0`` apart)."""

Basis = Literal["none", "as_flipped", "formula", "ideal"]


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """Of a region of a message, accepted and damaged as it should be.

    ``none``: no bit ever; ``as_flipped``: always exactly those that were flipped; ``formula``: the mean
    follows from the cipher's tables; ``ideal``: the mean if the cipher were a random permutation.
    """

    basis: Basis
    bits: Fraction | None
    """The mean; None where only the number of flips tells."""


NONE = Wrong(basis="none", bits=Fraction(0))
HALF = Fraction(64 * 2**128, 2**128 - 1)
"""Wrong bits of a block where a random permutation has met another input: half, and never none."""


def flips_of(model: Model) -> int | None:
    """The number of flips, where the model has one in every trial."""
    return int(model.arguments) if model.name == "flips" else None


def expected_outcomes(injection: Injection) -> dict[str, Fraction] | None:
    """Outcome -> probability; None where none is known."""
    if injection.model.name not in FLIPPING or flips_of(injection.model) == 0:
        return None
    if isinstance(injection.target, Rsa):
        return {_of_signature(injection): Fraction(1)}
    if not _authenticated(injection.target, injection.fault):
        return {"damaged": Fraction(1)}  # every step of every mode is a bijection of what it is given
    if injection.fault == "tag":
        return {"rejected": Fraction(1)}
    return {"rejected": 1 - Fraction(1, 2**128)}


def _of_signature(injection: Injection) -> str:
    if injection.fault == "signature":
        return "damaged"
    if injection.protect:
        return {"verify": "withheld", "recompute": "recovered"}[injection.protect]
    return "leaked" if injection.fault in CRT_FAULTS else "damaged"


def _authenticated(target: Target, fault: str) -> bool:
    """Whether a tag covers it: not the calls of the cipher, which come after."""
    return isinstance(target, Aes) and target.mode.authentic and not fault.startswith("state")


def expected_damage(injection: Injection) -> dict[str, Wrong]:
    """Region -> what is expected there; a region of which nothing is known is left out."""
    target, fault = injection.target, injection.fault
    if not isinstance(target, Aes) or _authenticated(target, fault):
        return {}
    blocks = _damaged_blocks(target, injection)
    if injection.model.name not in FLIPPING or flips_of(injection.model) == 0:
        # where no flip may happen, only what holds of any flips is sure
        blocks = {b: w for b, w in blocks.items() if w is not None and w.basis in ("none", "as_flipped")}
    found = {}
    for region, members in target.regions(fault).items():
        wrong = [blocks.get(block) for block in members]
        if all(w is not None for w in wrong):
            found[region] = _together([w for w in wrong if w is not None])
    return found


def _together(blocks: list[Wrong]) -> Wrong:
    """One region of several blocks, all of which are alike."""
    bits = [wrong.bits for wrong in blocks if wrong.bits is not None]
    return Wrong(basis=blocks[0].basis, bits=sum(bits, Fraction(0)) if len(bits) == len(blocks) else None)


def _damaged_blocks(target: Aes, injection: Injection) -> dict[int, Wrong | None]:
    """Block -> what is expected of it; None: no formula."""
    name, struck = injection.fault.partition(":")[0], target.struck(injection.fault)
    flips = flips_of(injection.model)
    same = Wrong(basis="as_flipped", bits=None if flips is None else Fraction(flips))
    blocks: dict[int, Wrong | None] = dict.fromkeys(range(BLOCKS), NONE)
    if name == "state":
        blocks[struck] = None if target.mode.short else _within(injection)
        if target.mode.short:
            blocks[struck + 1] = None
        if target.mode.name == "ofb":
            blocks |= dict.fromkeys(range(struck + 1, BLOCKS), _garbled(target, BLOCKS - 1))
    elif name == "round-key":
        blocks = dict.fromkeys(range(BLOCKS), _within(injection))
        if target.mode.name == "ofb":
            blocks |= dict.fromkeys(range(1, BLOCKS), _garbled(target, BLOCKS - 1))
        if target.mode.short:
            blocks |= {BLOCKS - 2: None, BLOCKS - 1: None}
    elif name == "key":
        blocks = {block: _garbled(target, block) for block in range(BLOCKS)}
    elif name == "tail":
        blocks[struck - 1] = _garbled(target, struck - 1)
    else:
        blocks |= _of_input(target, name, struck, same)
    return blocks


def _of_input(target: Aes, name: str, struck: int, same: Wrong) -> Mapping[int, Wrong]:
    """After a flip in a ciphertext or in what the mode begins with."""
    garbled = _garbled(target, struck)
    everywhere = {block: _garbled(target, block) for block in range(BLOCKS)}
    if name == "iv":
        return {"cbc": {struck: same}, "cfb": {struck: garbled}}.get(target.mode.name, everywhere)
    return {
        "cbc": {struck: garbled, struck + 1: same},
        "cfb": {struck: same, struck + 1: garbled},
        "ofb": {struck: same},
        "ctr": {struck: same},
        # the tail is the start of the struck call's answer; the block before it meets the end of that
        "xts-stealing": {struck: _met(), struck + 1: everywhere[struck + 1]},
    }.get(target.mode.name, {struck: garbled})


def _met() -> Wrong:
    """Of a block that is put together with what was stolen, which has changed in all but 2^-64 of cases."""
    kept = Fraction(2 ** (8 * TAIL_BYTES) - 1, 2**128 - 1)
    return Wrong(basis="ideal", bits=HALF * (1 - kept))


def _garbled(target: Aes, block: int) -> Wrong:
    share = Fraction(TAIL_BYTES, 16) if target.mode.short and block == BLOCKS - 1 else Fraction(1)
    return Wrong(basis="ideal", bits=HALF * share)


def _within(injection: Injection) -> Wrong | None:
    """Of a block whose call of the cipher is struck in its state or in a round key."""
    target = injection.target
    assert isinstance(target, Aes)
    name, _, number = injection.fault.partition(":")
    inverse, flips = target.mode.inverse, flips_of(injection.model)
    forward = name == "state" or not inverse  # the inverse cipher begins with the last round key
    left = target.rounds - int(number) if forward else int(number)
    if left == 0:
        return Wrong(basis="as_flipped", bits=None if flips is None else Fraction(flips))
    if flips is None or (name == "round-key" and inverse and flips != 1):
        return None
    if name == "round-key":
        bits = (
            after_key_flip(left, inverse=inverse)
            if flips == 1
            else after_state_flips(left, flips, inverse=False)
        )
    else:
        bits = after_state_flips(left, flips, inverse=inverse)
    return None if bits is None else Wrong(basis="formula", bits=bits)
