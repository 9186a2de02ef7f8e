"""A Reed-Solomon code of bytes over chips that each have a code inside: one trial, bit by bit.

Chip c holds byte c of every codeword, codeword w at its bits 8 w ... 8 w + 7, then its own check bits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from benchsuite.workloads.reference import linear, reed_solomon
from benchsuite.workloads.reference.galois_field import field

BYTE = 8


def fates(
    columns: Sequence[int], r: int, data: Sequence[Sequence[int]], flips: Collection[tuple[int, int]]
) -> list[str]:
    """What becomes of every codeword, each of bytes ``data[w]`` and ``r`` check bytes, if ``flips`` happen.

    ``columns`` are those of the chips' code; a flip is (chip, bit). A codeword is struck where a bit of it
    is wrong as stored or as the chip sends it; chips that mended all of it have corrected it.
    """
    gf, k = field(BYTE), BYTE * len(data)
    sent = [[*word, *reed_solomon.encode_word(gf, r, word)] for word in data]
    stored = [
        [byte >> bit & 1 for word in sent for byte in [word[chip]] for bit in range(BYTE)]
        for chip in range(len(sent[0]))
    ]
    arrived = [list(word) for word in sent]
    struck = [False] * len(data)
    for chip, bits in enumerate(stored):
        word = sum(bit << at for at, bit in enumerate(bits))
        check = linear.encode_word(columns, k, word)
        for hit, bit in flips:
            if hit == chip and bit < k:
                word ^= 1 << bit
                struck[bit // BYTE] = True
            elif hit == chip:
                check ^= 1 << bit - k
        word, _ = linear.decode_word(columns, k, word, check)
        for w, codeword in enumerate(arrived):
            codeword[chip] = word >> BYTE * w & 0xFF
    return [
        _fate(reed_solomon.error_word(gf, r, got), got, was, hit or got != was)
        for got, was, hit in zip(arrived, sent, struck, strict=True)
    ]


def _fate(error: Sequence[int] | None, arrived: Sequence[int], sent: Sequence[int], struck: bool) -> str:
    if error is None:
        return "detected"
    right = [a ^ e for a, e in zip(arrived, error, strict=True)] == list(sent)
    if not any(error):
        return ("corrected" if struck else "clean") if right else "undetected"
    return "corrected" if right else "miscorrected"
