"""RSA signatures made in batches: both halves of the private power at once, by residues."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.reference.rsa import DIGEST_BYTES, PrivateKey, encode_digest
from benchsuite.workloads.rsa.sign import RSA_SIGN, RsaSignInputs, RsaSignOutputs, RsaSignParams
from benchsuite_numpy.backend import backend
from benchsuite_numpy.rns import EXACT, F64, Numbers, Products, Tables

U8 = NDArray[np.uint8]

BLOCK = 128
"""Signatures at a time, each modulo p and modulo q; see ``rsa_verify.BLOCK``."""

LEAST = {2048: 3, 3072: 2}
"""Measured: of fewer signatures, ``pow`` is faster one by one; at 4096 bits it never is."""

WINDOW = 5
"""Bits of the exponents that one product from a table of 32 powers serves."""

NEAR = 2.0**-10
"""Quotients this near to an integer are settled by Python's integers: one signature in 500."""

_LIMB_BITS, _LIMB = 16, 2**16 - 1


class Signer:
    """A private key, ready for ``count`` signatures at a time.

    Both halves go through the same products, in step: the exponents have windows of fixed width. A padded
    digest modulo p is E mod p + Σ byte_i·(256^i mod p), at most 8161·p/2; a product with A² mod p brings it
    into Montgomery's form. The digits of the two powers then make s up to a multiple of n, as Garner's
    constants, 1/A and the weights B/b_j are taken together modulo n: one more matrix product, to limbs of
    16 bits, below 2^53.
    """

    def __init__(self, key: PrivateKey, count: int) -> None:
        self.tables = tables = Tables((key.p, key.q))
        self.n, self.size = key.n, key.n.bit_length() // 8
        self.products = Products(tables, count)
        self.powers = [Numbers(tables, count) for _ in range(2**WINDOW)]
        self.result = Numbers(tables, count)
        padding = int.from_bytes(encode_digest(bytes(DIGEST_BYTES), self.size))
        weights = [256**i for i in reversed(range(DIGEST_BYTES))] + [padding]
        self.from_bytes: F64 = self._residues(*weights)
        self.enter = Numbers(tables, count)
        self.enter.rows[...] = self._residues(tables.a**2)
        self.powers[0].rows[...] = self._residues(tables.a)  # 1, in Montgomery's form
        self.windows = _windows(key.dp, key.dq)

        limbs = self.size * 8 // _LIMB_BITS
        self.to_limbs: F64 = np.hstack(
            [self._to_limbs(key.p, key.q, limbs), self._to_limbs(key.q, key.p, limbs)]
        )
        self.modulus: F64 = np.array([_limbs(key.n, limbs)], np.float64).T
        self._require_proof(limbs)
        self.bytes: F64 = np.ones((DIGEST_BYTES + 1, count))  # of digests, and 1
        self.sums: F64 = np.empty((limbs + 1, count))
        self.quotient: F64 = np.empty(count)
        self.excess: F64 = np.empty((limbs, count))
        self.limbs: NDArray[np.int64] = np.empty((limbs + 1, count), np.int64)
        self.carry: NDArray[np.int64] = np.empty(count, np.int64)

    def _residues(self, *values: int) -> F64:
        return self.tables.residues(*([_centred(value, n) for value in values] for n in self.tables.moduli))

    def _to_limbs(self, mine: int, other: int, limbs: int) -> F64:
        """``float64[limbs + 1, k + 1]``: what each digit adds to the limbs of s, last to s / n."""
        tables, n = self.tables, self.n
        garner = other * pow(other, -1, mine) * pow(tables.a, -1, n)
        weights = [tables.b // prime * garner % n for prime in tables.bases.b] + [-tables.b * garner % n]
        return np.array([[*_limbs(weight, limbs), weight / n] for weight in weights], np.float64).T

    def _require_proof(self, limbs: int) -> None:
        tables = self.tables
        digits = 2 * (tables.k + 1) * tables.bases.largest  # the most that s is multiplied by, and so s / n
        if not (
            all(tables.may_multiply(n, (255 * DIGEST_BYTES + 1) * n // 2, n // 2) for n in tables.moduli)
            and (255 * DIGEST_BYTES + 1) * tables.bases.largest <= EXACT
            and 2 * digits * _LIMB <= EXACT
            and digits * (2 * tables.k + 4) <= NEAR * EXACT
            and limbs * _LIMB_BITS == self.n.bit_length()
        ):
            raise ArithmeticError(f"no exact signatures with a modulus of {self.n.bit_length()} bits")

    def run(self, digest: U8, signature: U8) -> None:
        """``uint8[count, 32]`` to ``uint8[count, size]``."""
        first = self.powers[1]
        np.copyto(self.bytes[:DIGEST_BYTES], digest.T)
        np.matmul(self.from_bytes, self.bytes, out=first.rows)
        self.products.reduce(first)
        self.products.multiply(first, self.enter, first)
        self._raise()
        self.leave(signature)

    def _raise(self) -> None:
        multiply, powers, result = self.products.multiply, self.powers, self.result
        for below, power in pairwise(powers[1:]):
            multiply(below, powers[1], power)
        np.copyto(result.rows, powers[0].rows)
        for digits in self.windows:
            for _ in range(WINDOW):
                multiply(result, result, result)
            self.products.multiply_each(result, [powers[digit] for digit in digits], result)

    def leave(self, signature: U8) -> None:
        """``result``, in Montgomery's form modulo p and q, to bytes: ``uint8[count, size]``."""
        sums, limbs, carry = self.sums, self.limbs, self.carry
        np.matmul(self.to_limbs, self.result.rows_b, out=sums)
        np.floor(sums[-1], out=self.quotient)
        np.subtract(sums[-1], self.quotient, out=sums[-1])  # s / n, but for an error of less than NEAR
        np.multiply(self.modulus, self.quotient, out=self.excess)
        np.subtract(sums[:-1], self.excess, out=sums[:-1])
        limbs[-1] = 0
        np.copyto(limbs[:-1], sums[:-1], casting="unsafe")
        for low, high in pairwise(limbs):
            np.right_shift(low, _LIMB_BITS, out=carry)
            np.bitwise_and(low, _LIMB, out=low)
            np.add(high, carry, out=high)
        np.copyto(signature.view(">u2")[:, ::-1], limbs[:-1].T, casting="unsafe")
        np.subtract(sums[-1], 0.5, out=sums[-1])
        np.abs(sums[-1], out=sums[-1])
        for row in np.flatnonzero(sums[-1] > 0.5 - NEAR):
            s = int.from_bytes(signature[row].tobytes()) + (int(limbs[-1, row]) << 8 * self.size)
            signature[row] = np.frombuffer((s % self.n).to_bytes(self.size), np.uint8)


def _centred(value: int, modulus: int) -> int:
    value %= modulus
    return value - modulus if value > modulus // 2 else value


def _limbs(value: int, number: int) -> list[int]:
    return [value >> _LIMB_BITS * i & _LIMB for i in range(number)]


def _windows(*exponents: int) -> list[tuple[int, ...]]:
    """The digits of all exponents to base 2^WINDOW, the highest first."""
    number = -(-max(exponents).bit_length() // WINDOW)
    places = [WINDOW * i for i in reversed(range(number))]
    return [tuple(exponent >> place & 2**WINDOW - 1 for exponent in exponents) for place in places]


_SIGNERS: WeakKeyDictionary[HostLane, dict[tuple[PrivateKey, int], Signer]] = WeakKeyDictionary()
"""A lane's by key and count: its slots take turns."""


def _one_by_one(key: PrivateKey, inputs: RsaSignInputs, outputs: RsaSignOutputs) -> Callable[[], None]:
    size = outputs.signature.shape[1]
    padding = encode_digest(bytes(DIGEST_BYTES), size)[:-DIGEST_BYTES]
    answers: Any = memoryview(outputs.signature.reshape(-1))  # type: ignore[arg-type]

    def run() -> None:
        for row, digest in enumerate(inputs.digest):
            message = int.from_bytes(padding + digest.tobytes())
            first, second = pow(message, key.dp, key.p), pow(message, key.dq, key.q)
            s = second + key.q * ((first - second) * key.qinv % key.p)
            answers[row * size : (row + 1) * size] = s.to_bytes(size)

    return run


@backend.implements(RSA_SIGN, version=1, constant_time="no")
def rsa_sign(job: Job[RsaSignParams, RsaSignInputs, RsaSignOutputs, HostLane]) -> Prepared:
    """Products in residue number systems, modulo p and q in step; one or two signatures by ``pow``.

    No blinding, and the result is not checked by the public power. Bound: 1260 products a half at 2048 bits,
    each 4·k² operations of BLAS (k is 42) and 20 passes over k numbers. Source: ``benchsuite_numpy.rns``.
    """
    inputs, messages = job.inputs, job.params.messages
    key = PrivateKey(*(getattr(inputs, name) for name in PrivateKey._fields))
    if messages < LEAST.get(job.params.key_bits, 1):
        return Prepared(run=_one_by_one(key, inputs, job.outputs))
    signers = _SIGNERS.setdefault(job.lane, {})
    pieces: list[tuple[Signer, Any]] = []
    for start in range(0, messages, BLOCK):
        rows = slice(start, min(start + BLOCK, messages))
        count = rows.stop - start
        if (key, count) not in signers:
            signers[key, count] = Signer(key, count)
        pieces.append((signers[key, count], (inputs.digest[rows], job.outputs.signature[rows])))

    def run() -> None:
        for signer, views in pieces:
            signer.run(*views)

    return Prepared(run=run)
