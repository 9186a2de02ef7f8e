"""A CRC behind the object: what does not match is reported, nothing is mended."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb

import numpy as np

from benchsuite.host.engine import Engine
from benchsuite.inject.built_in import BSC, BURST, FLIPS
from benchsuite.inject.models import Model
from benchsuite.inject.protect.scheme import (
    Cases,
    Flags,
    Scheme,
    exactly,
    expected,
    not_struck,
    passing,
    struck,
)
from benchsuite.inject.protect.step import Route, Step, flip
from benchsuite.record.protection import Theory
from benchsuite.workloads.codes import CRC
from benchsuite.workloads.codes.analysis import NoFormula
from benchsuite.workloads.codes.analysis.crc import detects, undetected_bursts
from benchsuite.workloads.codes.crc import CrcParams
from benchsuite.workloads.codes.crc_bulk import Registers
from benchsuite.workloads.codes.crc_catalogue import MEANINGS
from benchsuite.workloads.reference.crc import Algorithm
from benchsuite.workloads.streams import Bytes, Positions

SHORT = {name.casefold(): meant[0] for name, meant in MEANINGS.items() if len(meant) == 1}
"""What others than the catalogue call a CRC, where that has one meaning: crc-32c."""
MOST_FLIPS = 5  # beyond, what a CRC of this size and length is sure of takes too long to find


def scheme(name: str, data_bytes: int) -> Scheme | None:
    """The CRC of that name, which begins with ``crc``; None of another. Raises ValueError as CRCs do."""
    if not name.casefold().startswith("crc"):
        return None
    found = CrcParams(algorithm=SHORT.get(name.casefold(), name.upper()), message_bytes=data_bytes)
    crc, bits = found.definition, 8 * data_bytes + found.definition.width

    def cases(objects: int) -> Cases:
        return [(CRC, CrcParams(algorithm=found.algorithm, messages=objects, message_bytes=data_bytes))]

    return Scheme(
        name=name.casefold(),
        data_bytes=data_bytes,
        stored_bits=bits,
        writes=cases,
        reads=cases,
        repairs=lambda objects: [],
        guard=lambda engine, route, objects: CrcGuard(Checksums(engine, route, found, objects), data_bytes),
        theory=lambda model: theory(crc, 8 * data_bytes, model),
    )


class Checksums:
    """The CRCs of so many messages."""

    def __init__(
        self, engine: Engine, route: Route, one: CrcParams, messages: int, objects: int | None = None
    ) -> None:
        params = CrcParams(algorithm=one.algorithm, messages=messages, message_bytes=one.message_bytes)
        self.definition = one.definition
        self._step = Step(engine, route.way(CRC, params), objects or messages)
        self.close = self._step.close

    def of(self, first: int, data: Bytes) -> Registers:
        """``uint[messages]`` of ``data: uint8[messages, message_bytes]``, of which there may be fewer."""
        self._step.inputs.data[: len(data)] = data
        self._step.run(first)
        found: Registers = self._step.outputs.crc[: len(data)].copy()
        return found

    def flip(self, data: Bytes, crcs: Registers, message: Positions, place: Positions) -> None:
        """Flip bits of messages and, behind each, of its CRC: in the order of the CRC's own polynomial."""
        bits, width = 8 * data.shape[1], self.definition.width
        inside = place < bits
        at = place[inside] if self.definition.reflected_in else place[inside] ^ 7
        flip(data, message[inside], at)
        behind = place[~inside] - bits
        bit = behind if self.definition.reflected_out else width - 1 - behind
        np.bitwise_xor.at(crcs, message[~inside], np.left_shift(1, bit).astype(crcs.dtype))


class CrcGuard:
    """See ``scheme.Guard``."""

    def __init__(self, checksums: Checksums, data_bytes: int) -> None:
        self._checksums = checksums
        self._stored = np.zeros((0, data_bytes), np.uint8)
        self._crcs = np.zeros(0, np.uint32)
        self.close = checksums.close

    def store(self, first: int, data: Bytes) -> None:
        self._stored, self._crcs = data.copy(), self._checksums.of(first, data)

    def flip(self, objects: Positions, places: Positions) -> None:
        self._checksums.flip(self._stored, self._crcs, objects, places)

    def read(self, first: int, data: Bytes) -> tuple[Flags, Flags]:
        reported: Flags = self._checksums.of(first, self._stored) != self._crcs
        return reported, ~reported & (self._stored != data).any(axis=1)


@cache
def surely_detected(crc: Algorithm, data_bits: int) -> int:
    """Flips of which so many or fewer never pass; at most MOST_FLIPS."""
    try:
        return next((k - 1 for k in range(1, MOST_FLIPS + 1) if not detects(crc, data_bits, k)), MOST_FLIPS)
    except NoFormula:
        return next(k for k in range(MOST_FLIPS, 0, -1) if _is_sure(crc, data_bits, k))


def _is_sure(crc: Algorithm, data_bits: int, flips: int) -> bool:
    try:
        return detects(crc, data_bits, flips)
    except NoFormula:
        return False


def theory(crc: Algorithm, data_bits: int, model: Model) -> dict[str, Theory]:
    """What is sure of a CRC, and of other errors that 2^-width of them pass, as of random ones."""
    bits, slip = data_bits + crc.width, 0.5**crc.width
    if not crc.polynomial & 1:  # has a bit that never changes
        return {}
    if model.kind is BURST:
        passes = float(undetected_bursts(crc, int(model.arguments)))
        return exactly(detected=1 - passes, silent=passes)
    if model.kind is FLIPS and model.arguments != "0":
        flips = int(model.arguments)
        odd_ones_never_pass = crc.polynomial.bit_count() % 2 == 1  # x + 1 divides it
        if (flips % 2 and odd_ones_never_pass) or flips <= surely_detected(crc, data_bits):
            return exactly(detected=1.0, silent=0.0)
    if model.kind is BSC:
        p, sure = Fraction(model.arguments), surely_detected(crc, data_bits)
        few = sum(comb(bits, k) * float(p) ** k * float(1 - p) ** (bits - k) for k in range(1, sure + 1))
        any_ = struck(model, bits) or 0.0
        silent = max(any_ - few, 0.0) * slip
        return not_struck(model, bits) | expected(detected=any_ - silent, silent=silent)
    return passing(model, bits, slip)
