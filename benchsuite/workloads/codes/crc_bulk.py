"""CRCs of many or long messages at once: what ``check`` of the crc workload compares with.

Each message is dealt out by words to lanes that are divided side by side, and the remainders are combined by
powers of x: no sparse multiples as in fast engines. The pure-Python oracle is
``benchsuite.workloads.reference.crc``; a test holds the two equal. Reflected CRCs of 32 bits.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from benchsuite.workloads.reference.crc import Algorithm, crc, reflect
from benchsuite.workloads.streams import Bytes

Registers = npt.NDArray[np.uint32]

LANES = 8192
"""Registers at a time: enough to hide the cost of a call, few enough for the second cache."""


def crcs(algorithm: Algorithm, messages: Bytes) -> Registers:
    """``uint32[messages]`` of ``messages: uint8[messages, bytes]``."""
    number, size = messages.shape
    if size == 0:
        return np.full(number, crc(algorithm, b""), np.uint32)
    together = max(1, LANES // _lanes(size, number))
    parts = [_remainders(algorithm, messages[i : i + together]) for i in range(0, number, together)]
    return np.concatenate(parts) ^ np.uint32(_of_zeros(algorithm, size))


def _lanes(size: int, number: int) -> int:
    """A power of two: in how many lanes a message is divided; each gets 64 words at least, or all."""
    lanes = 1
    while lanes * number < LANES and lanes * 512 <= size:
        lanes *= 2
    return lanes


def _remainders(algorithm: Algorithm, messages: Bytes) -> Registers:
    """Of the messages times x^32; the registers start at zero, so that zeros in front mean nothing."""
    number, size = messages.shape
    lanes = _lanes(size, number)
    head = size % (4 * lanes)
    low, high = _tables(algorithm, 4 * lanes)
    registers = np.zeros((number, lanes), np.uint32)
    bytes_, halves = registers.view(np.uint8), registers.view("<u2")
    bytes_[:, 4 * lanes - head :] = messages[:, :head]
    added, index = np.empty_like(registers), np.empty(registers.shape, np.intp)
    for words in messages[:, head:].view("<u4").reshape(number, -1, lanes).swapaxes(0, 1):
        np.copyto(index, halves[:, 1::2])
        high.take(index, out=added, mode="wrap")
        np.copyto(index, halves[:, ::2])
        low.take(index, out=registers, mode="wrap")
        registers ^= added
        registers ^= words
    apart = 4
    while registers.shape[1] > 1:
        registers = _advanced(algorithm, registers[:, ::2], apart) ^ registers[:, 1::2]
        apart *= 2
    return _advanced(algorithm, registers[:, 0], 4)


@functools.cache
def _tables(algorithm: Algorithm, zeros: int) -> tuple[Registers, Registers]:
    """What each half of a register becomes after ``zeros`` bytes of zeros: ``uint32[65536]`` each."""
    every = np.arange(65536, dtype=np.uint32)
    return _advanced(algorithm, every, zeros), _advanced(algorithm, every << np.uint32(16), zeros)


def _advanced(algorithm: Algorithm, registers: Registers, zeros: int) -> Registers:
    """The registers after ``zeros`` bytes of zeros: a sum over their bits."""
    after = np.zeros_like(registers)
    for bit, image in enumerate(_images(algorithm, zeros)):
        after ^= (registers >> np.uint32(bit) & np.uint32(1)) * np.uint32(image)
    return after


@functools.cache
def _images(algorithm: Algorithm, zeros: int) -> tuple[int, ...]:
    """What each bit of a register becomes after ``zeros`` bytes of zeros."""
    if zeros == 0:
        return tuple(1 << bit for bit in range(algorithm.width))
    if zeros == 1:
        polynomial = reflect(algorithm.polynomial, algorithm.width)
        images = [1 << bit for bit in range(algorithm.width)]
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


def _of_zeros(algorithm: Algorithm, size: int) -> int:
    """The CRC of ``size`` bytes of zeros: what the initial register and the last addition leave."""
    initial = reflect(algorithm.initial, algorithm.width)
    return _applied(_images(algorithm, size), initial) ^ algorithm.xor_out
