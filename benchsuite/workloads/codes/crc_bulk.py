"""CRCs of many or long messages at once: what ``check`` of the crc workloads compares with.

Each message is dealt out by words to lanes that are divided side by side, and the remainders are combined by
powers of x: no sparse multiples as in fast engines. The pure-Python oracle is
``benchsuite.workloads.reference.crc``; a test holds the two equal. Registers are reflected: x^0 is the
highest bit of the CRC's width. Messages whose bytes are not reflected are turned round first.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.reference.crc import Algorithm, of_nothing, reflect
from benchsuite.workloads.streams import Bytes

Registers = npt.NDArray[Any]
"""``uint32`` or ``uint64``, by ``register_type``; words of the message have the same type."""

LANES = 8192
"""Registers at a time: enough to hide the cost of a call, few enough for the second cache."""

_TURNED = np.array([reflect(byte, 8) for byte in range(256)], np.uint8)


def register_type(width: int) -> type[Any]:
    """The type of CRCs of ``width`` bits: ``numpy.uint32``, or beyond 32 ``numpy.uint64``."""
    return np.uint32 if width <= 32 else np.uint64


def crcs(algorithm: Algorithm, messages: Bytes, before: Registers | None = None) -> Registers:
    """``uint32[messages]``, or ``uint64`` beyond 32 bits, of ``messages: uint8[messages, bytes]``.

    With ``before`` of the same shape, of these messages appended to ones that had those CRCs.
    """
    number, size = messages.shape
    type_ = register_type(algorithm.width)
    if before is None:
        before = np.full(number, of_nothing(algorithm), type_)
    start = _in_order(algorithm, before ^ type_(algorithm.xor_out))
    found = _advanced(algorithm, start, size)
    if size:
        together = max(1, LANES // _lanes(size, number, found.itemsize))
        parts = [_remainders(algorithm, messages[i : i + together]) for i in range(0, number, together)]
        found ^= np.concatenate(parts)
    answer: Registers = _in_order(algorithm, found) ^ type_(algorithm.xor_out)
    return answer


def _in_order(algorithm: Algorithm, registers: Registers) -> Registers:
    """Reflected registers as the CRC has them, or the other way round."""
    if algorithm.reflected_out:
        return registers
    turned = np.zeros_like(registers)
    one, type_ = registers.dtype.type(1), registers.dtype.type
    for bit in range(algorithm.width):
        turned |= (registers >> type_(bit) & one) << type_(algorithm.width - 1 - bit)
    return turned


def _lanes(size: int, number: int, word: int) -> int:
    """A power of two: in how many lanes a message is divided; each gets 64 words at least, or all."""
    lanes = 1
    while lanes * number < LANES and lanes * 128 * word <= size:
        lanes *= 2
    return lanes


def _remainders(algorithm: Algorithm, messages: Bytes) -> Registers:
    """Of the messages times x^width; registers start at zero, so that zeros in front mean nothing."""
    if not algorithm.reflected_in:
        messages = _TURNED[messages]
    number, size = messages.shape
    type_ = register_type(algorithm.width)
    word = np.dtype(type_).itemsize
    lanes = _lanes(size, number, word)
    head = size % (word * lanes)
    tables = _tables(algorithm, word * lanes)
    registers = np.zeros((number, lanes), type_)
    halves = registers.view("<u2").reshape(number, lanes, word // 2)
    registers.view(np.uint8)[:, word * lanes - head :] = messages[:, :head]
    index, found = np.empty(registers.shape, np.intp), np.empty((len(tables), *registers.shape), type_)
    for words in messages[:, head:].view(type_).reshape(number, -1, lanes).swapaxes(0, 1):
        for half, table in enumerate(tables):
            np.copyto(index, halves[:, :, half])
            table.take(index, out=found[half], mode="wrap")
        np.bitwise_xor.reduce(found, axis=0, out=registers)
        registers ^= words
    apart = word
    while registers.shape[1] > 1:
        registers = _advanced(algorithm, registers[:, ::2], apart) ^ registers[:, 1::2]
        apart *= 2
    return _advanced(algorithm, registers[:, 0], word)


@functools.lru_cache(maxsize=16)
def _tables(algorithm: Algorithm, zeros: int) -> list[Registers]:
    """What each 16 bits of a register become after ``zeros`` bytes of zeros: ``[65536]`` each."""
    type_ = register_type(algorithm.width)
    every = np.arange(65536, dtype=type_)
    shifts = range(0, 8 * every.itemsize, 16)
    return [_advanced(algorithm, every << type_(shift), zeros) for shift in shifts]


def _advanced(algorithm: Algorithm, registers: Registers, zeros: int) -> Registers:
    """The registers after ``zeros`` bytes of zeros: a sum over their bits."""
    after, type_ = np.zeros_like(registers), registers.dtype.type
    for bit, image in enumerate(_images(algorithm, zeros)):
        after ^= (registers >> type_(bit) & type_(1)) * type_(image)
    return after


@functools.lru_cache(maxsize=4096)
def _images(algorithm: Algorithm, zeros: int) -> tuple[int, ...]:
    """What each bit of a register becomes after ``zeros`` bytes of zeros.

    A word of the message may be wider than the CRC: its higher bits are powers not yet divided.
    """
    bits = 8 * np.dtype(register_type(algorithm.width)).itemsize
    if zeros == 0:
        return tuple(1 << bit for bit in range(bits))
    if zeros == 1:
        polynomial = reflect(algorithm.polynomial, algorithm.width)
        images = [1 << bit for bit in range(bits)]
        for _ in range(8):
            images = [image >> 1 ^ (polynomial if image & 1 else 0) for image in images]
        return tuple(images)
    half, rest = _images(algorithm, zeros // 2), _images(algorithm, zeros % 2)
    return tuple(_applied(rest, _applied(half, image)) for image in half)


def _applied(images: tuple[int, ...], register: int) -> int:
    total = 0
    for bit, image in enumerate(images):
        if register >> bit & 1:
            total ^= image
    return total
