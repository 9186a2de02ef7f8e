"""RSA signatures verified in batches: the public power by residues, compared without leaving them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.reference.rsa import DIGEST_BYTES, encode_digest
from benchsuite.workloads.rsa.verify import RSA_VERIFY, RsaVerifyInputs, RsaVerifyOutputs, RsaVerifyParams
from benchsuite_numpy.backend import backend
from benchsuite_numpy.rns import EXACT, F64, Numbers, Products, Tables

U8 = NDArray[np.uint8]

BLOCK = 128
"""Signatures at a time: at 2048 bits, half a MiB of numbers and constants, in a second cache of 1 MiB."""

LEAST = {2048: 2}
"""Measured: of fewer signatures, ``pow`` is faster one by one; with longer keys it never is."""


class Verifier:
    """A public key, ready for ``count`` signatures at a time.

    The power comes without a way into or out of Montgomery's form, as r = s^e·A^-w modulo n; the order of
    the products gives w. The padded digest is E + Σ byte_i·256^i, so what r must be, up to a multiple of n,
    is linear in the bytes: V = (E·A^-w mod n) + Σ byte_i·(256^i·A^-w mod n). The signature is valid when
    r - V is some jn. If so, j is that difference over n, rounded: its two parts have errors below
    (k+2)²·2^-53·B/n and 2^-30, together below 1/4. And r - V - jn, which is below B/2 in size, is 0 just
    where all its residues in the second base are.
    """

    def __init__(self, n: int, e: int, count: int) -> None:
        self.tables = tables = Tables((n,))
        size, k = n.bit_length() // 8, tables.k
        self.products = Products(tables, count)
        self.signature, self.power = Numbers(tables, count), Numbers(tables, count)
        self.bits = bin(e)[3:]
        weight = 0
        for bit in self.bits:
            weight = 2 * weight + 1 + int(bit)
        back = pow(tables.a, -weight, n)
        padding = int.from_bytes(encode_digest(bytes(DIGEST_BYTES), size))
        weights = [256**i for i in reversed(range(DIGEST_BYTES))] + [padding]
        constants = [weight * back % n for weight in weights]
        self._require_proof(n, size)

        words = [1 << 16 * i for i in reversed(range(size // 2))]
        self.from_words: F64 = tables.residues(words)
        self.words: F64 = np.empty((count, size // 2))
        self.answer: F64 = tables.residues([*constants, n])[k:]
        self.shares: F64 = np.array([[value / n for value in constants]])
        self.b_over_n = tables.b / n
        self.terms: F64 = np.ones((len(constants) + 1, count))  # bytes of digests, 1, j
        self.difference: F64 = np.empty((k + 1, count))
        self.fraction: F64 = np.empty((1, count))
        self.wrong: NDArray[np.bool_] = np.empty(count, np.bool_)
        self.modulus = np.frombuffer(n.to_bytes(size), ">u8")
        self.differs: NDArray[np.bool_] = np.empty((count, size // 8), np.bool_)

    def _require_proof(self, n: int, size: int) -> None:
        tables, terms = self.tables, DIGEST_BYTES * 255 + 2 + self.tables.k
        if not (
            256**size <= tables.k * n
            and size // 2 * 2**16 * tables.bases.largest <= EXACT
            and 2 * terms * tables.bases.largest <= EXACT
            and (tables.k + 2) ** 2 * tables.b < n * EXACT // 8
            and 2 * n < tables.b
        ):
            raise ArithmeticError(f"no exact comparison modulo a number of {n.bit_length()} bits")

    def run(self, digest: U8, signature: U8, ok: U8) -> None:
        """``uint8[count, 32]`` and ``uint8[count, size]`` to ``uint8[count]``."""
        np.copyto(self.words, signature.view(">u2"))
        np.matmul(self.from_words, self.words.T, out=self.signature.rows)
        self.products.reduce(self.signature)
        self._raise()
        self._compare(digest)
        np.logical_or(self.wrong, self._not_below(signature), out=self.wrong)
        np.logical_not(self.wrong, out=ok.view(np.bool_))

    def _raise(self) -> None:
        multiply, power = self.products.multiply, self.power
        base = self.signature
        for bit in self.bits:
            multiply(base, base, power)
            if bit == "1":
                multiply(power, self.signature, power)
            base = power

    def _compare(self, digest: U8) -> None:
        terms, multiple = self.terms, self.terms[-1:]
        np.copyto(terms[:DIGEST_BYTES], digest.T)
        np.matmul(self.shares, terms[:-1], out=multiple)
        np.subtract(self.products.multiple[0], self.power.multiple[0], out=self.fraction)
        np.multiply(self.fraction, self.b_over_n, out=self.fraction)
        np.subtract(self.fraction, multiple, out=multiple)
        np.rint(multiple, out=multiple)
        np.matmul(self.answer, terms, out=self.difference)
        np.subtract(self.power.rows_b, self.difference, out=self.difference)
        self.products.reduce_b(self.difference)
        np.logical_or.reduce(self.difference, axis=0, out=self.wrong)

    def _not_below(self, signature: U8) -> NDArray[np.bool_]:
        """``bool[count]``: which signatures are n or more, by the first word that differs from n's."""
        words = signature.view(">u8")
        np.not_equal(words, self.modulus, out=self.differs)
        first = self.differs.argmax(axis=1)
        found: NDArray[np.bool_] = words[np.arange(len(words)), first] >= self.modulus[first]
        return found


_VERIFIERS: WeakKeyDictionary[HostLane, dict[tuple[int, int, int], Verifier]] = WeakKeyDictionary()
"""A lane's by modulus, exponent and count: its slots take turns."""


def _one_by_one(n: int, e: int, inputs: RsaVerifyInputs, outputs: RsaVerifyOutputs) -> Callable[[], None]:
    padding = encode_digest(bytes(DIGEST_BYTES), inputs.signature.shape[1])[:-DIGEST_BYTES]

    def run() -> None:
        for row, (digest, signature) in enumerate(zip(inputs.digest, inputs.signature, strict=True)):
            s = int.from_bytes(signature.tobytes())
            outputs.ok[row] = s < n and pow(s, e, n) == int.from_bytes(padding + digest.tobytes())

    return run


@backend.implements(RSA_VERIFY, version=1, constant_time="no")
def rsa_verify(job: Job[RsaVerifyParams, RsaVerifyInputs, RsaVerifyOutputs, HostLane]) -> Prepared:
    """Products in residue number systems; a single signature of 2048 bits by ``pow``.

    Bound: 17 products a signature, each 4·k² operations of BLAS (k is 85 at 2048 bits) and 20 passes over k
    numbers, which take as long. Source: ``benchsuite_numpy.rns``.
    """
    n, e, messages = job.inputs.n, job.inputs.e, job.params.messages
    if messages < LEAST.get(job.params.key_bits, 1):
        return Prepared(run=_one_by_one(n, e, job.inputs, job.outputs))
    verifiers = _VERIFIERS.setdefault(job.lane, {})
    pieces: list[tuple[Verifier, Any]] = []
    for start in range(0, messages, BLOCK):
        rows = slice(start, min(start + BLOCK, messages))
        key = n, e, rows.stop - start
        if key not in verifiers:
            verifiers[key] = Verifier(*key)
        views = job.inputs.digest[rows], job.inputs.signature[rows], job.outputs.ok[rows]
        pieces.append((verifiers[key], views))

    def run() -> None:
        for verifier, views in pieces:
            verifier.run(*views)

    return Prepared(run=run)
