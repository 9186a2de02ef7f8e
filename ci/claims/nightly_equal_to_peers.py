#!/usr/bin/env python3
"""Claim: codes and CRCs of random parameters are bit for bit those of independent libraries.

Hamming, BCH and Reed-Solomon codes of galois, Reed-Solomon codes of reedsolo, CRC-32 of zlib and CRC-32C of
google-crc32c: check bits of random data, and what decoders make of words with as many errors as they mend.
``--tenth``: two fields of galois', which compiles for each of them.
"""

from __future__ import annotations

import sys
import zlib
from random import Random

import galois
import google_crc32c
import numpy as np
import reedsolo

from benchsuite.workloads.codes import bulk, code
from benchsuite.workloads.codes.crc_bulk import crcs
from benchsuite.workloads.codes.crc_catalogue import algorithm
from benchsuite.workloads.codes.received import symbol_errors
from benchsuite.workloads.streams import random_bytes

WORDS = 20


def symbols(rows: np.ndarray, bits: int, size: int) -> np.ndarray:
    """``[words, symbols]`` of bits packed into bytes."""
    apart = np.unpackbits(rows, axis=1, count=bits, bitorder="little").reshape(len(rows), -1, size)
    return (apart << np.arange(size)).sum(axis=2)


def wrong_words(name: str, seed: int) -> tuple[np.ndarray, ...]:
    """(sent, its check bits, data and check bits received, data mended) of random words with errors."""
    of = code(name).linear
    size = -(-of.k // 8)
    sent = random_bytes(name, seed, 0, WORDS * size).reshape(-1, size)
    sent[:, -1] &= 0xFF >> -of.k % 8
    check = bulk.check_bits(of.columns, of.k, sent)
    data, bits = sent.copy(), check.copy()
    drawn = random_bytes(f"{name} errors", seed, 0, 8 * WORDS * (1 + 2 * of.corrects)).view("<u8")
    bulk.flip(of.k, data, bits, *symbol_errors(of, drawn.reshape(WORDS, -1), of.corrects))
    mended, _ = bulk.decode(of, data, bits)
    return sent, check, data, bits, mended


def same(name: str, peer: galois.BCH | galois.ReedSolomon, seed: int) -> bool:
    """Whether galois, highest term first, makes the same of ``WORDS`` words as we, lowest first."""
    of = code(name).linear
    sent, check, data, bits, mended = wrong_words(name, seed)
    ours = [(sent, of.k), (check, of.r), (data, of.k), (bits, of.r), (mended, of.k)]
    sent, check, data, bits, mended = (symbols(rows, number, of.symbol_bits) for rows, number in ours)
    encoded = np.asarray(peer.encode(peer.field(sent), output="parity"))
    decoded = np.asarray(peer.decode(peer.field(np.hstack([data, bits]))))
    return bool((encoded == check).all() and (decoded == mended).all() and (mended == sent).all())


def against_reedsolo(n: int, k: int, seed: int) -> bool:
    sent, check, data, bits, _ = wrong_words(f"reed-solomon-{n}-{k}:8", seed)
    peer = reedsolo.RSCodec(n - k, nsize=255, fcr=1, prim=0x11D)
    received = np.hstack([data, bits])
    pairs = zip(sent, check, received, strict=True)
    return all(
        bytes(peer.encode(one.tobytes())) == one.tobytes() + parity.tobytes()
        and bytes(peer.decode(word.tobytes())[0]) == one.tobytes()
        for one, parity, word in pairs
    )


def against_crcs(rng: Random) -> bool:
    data = np.frombuffer(rng.randbytes(8 * rng.randrange(1, 4000)), np.uint8).reshape(8, -1)
    theirs = {"CRC-32/ISO-HDLC": zlib.crc32, "CRC-32/ISCSI": google_crc32c.value}
    return all(
        crcs(algorithm(name), data).tolist() == [peer(row.tobytes()) for row in data]
        for name, peer in theirs.items()
    )


def main() -> int:
    tenth = sys.argv[1:] == ["--tenth"]
    rng = Random(1)
    found: dict[str, list[bool]] = {}
    for n, k in ((15, 11), (31, 26), (63, 57))[: 1 if tenth else None]:  # as a BCH code of t = 1
        found.setdefault("galois, Hamming", []).append(same(f"bch-{n}-{k}", galois.BCH(n, k), 1))
    sizes = ((15, 7), (255, 239), (31, 16), (63, 45), (63, 24), (127, 106), (255, 187))
    for n, k in sizes[: 2 if tenth else None]:
        for less in (0, rng.randrange(1, min(k, 30) - 1)):
            name = f"bch-{n - less}-{k - less}"
            found.setdefault("galois, BCH", []).append(same(name, galois.BCH(n, k), rng.randrange(99)))
    for m in (4, 8, 3, 5, 6, 7)[: 2 if tenth else None]:
        n = 2**m - 1
        k = n - 2 * rng.randrange(1, min(16, n // 2 - 1) + 1)
        for less in (0, rng.randrange(1, k)):
            name = f"reed-solomon-{n - less}-{k - less}:{m}"
            found.setdefault("galois, Reed-Solomon", []).append(
                same(name, galois.ReedSolomon(n, k), rng.randrange(99))
            )
    for _ in range(8):
        n = rng.randrange(10, 256)
        k = rng.randrange(max(1, n - 40), n - 1)
        found.setdefault("reedsolo", []).append(against_reedsolo(n, k, rng.randrange(99)))
    found["zlib and google-crc32c"] = [against_crcs(rng) for _ in range(20)]
    for peer, equal in found.items():
        print(f"{peer}: {sum(equal)} of {len(equal)} random cases equal")
    return 0 if all(map(all, found.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
