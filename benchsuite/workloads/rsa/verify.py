"""RSA verifying: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) over SHA-256 digests under one key.

The digests are the inputs: every engine exponentiates and compares, none hashes. Rejecting is an answer.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.params import preset_cases
from benchsuite.workloads.reference.rsa import (
    DIGEST_BYTES,
    SHA256_PREFIX,
    PrivateKey,
    accepts,
    encode_digest,
    private_power,
    sign_digest,
)
from benchsuite.workloads.rsa.keys import KEY_BITS, benchmark_key
from benchsuite.workloads.rsa.params import require_batch, title
from benchsuite.workloads.rsa.published import published, rows
from benchsuite.workloads.streams import Bytes, below, canonical_bytes, case_key, random_bytes

VALID = 4
"""Valid signatures of a stock, which begin it; more would only make every worker start later."""

PUBLISHED_BATCH = 16
"""Least rows in which the published signatures of a key also come at once."""


@dataclass(frozen=True)
class RsaVerifyParams:
    """Raises ValueError for a size of key that is not shipped, no message, or a fraction outside 0 ... 1."""

    key_bits: int = 2048
    messages: int = 1
    wrong: float = 0.0
    """Fraction of the signatures that are to be rejected, tampered or malformed; above 0, at least one."""

    def __post_init__(self) -> None:
        require_batch(self.key_bits, self.messages)
        if type(self.wrong) not in (int, float) or not 0 <= self.wrong <= 1:
            raise ValueError(
                f"wrong is a fraction of the signatures, 0 ... 1, not {self.wrong!r}: such as 0.01"
            )
        object.__setattr__(self, "wrong", abs(float(self.wrong)))  # 1 is 1.0 and -0.0 is 0.0 in every key


@dataclass(frozen=True, eq=False)
class RsaVerifyInputs:
    """One batch under the public key (n, e), which belongs to its size alone."""

    n: int
    e: int
    digest: Bytes
    """``uint8[messages, 32]``."""
    signature: Bytes
    """``uint8[messages, key_bits / 8]``, big-endian; may be n or more."""
    stock_digest: Bytes
    """``uint8[stock, 32]``: what ``vary`` draws from; engines have no use for it."""
    stock_signature: Bytes
    """``uint8[stock, key_bits / 8]``: the first VALID are valid, the others malformed."""


@dataclass(frozen=True, eq=False)
class RsaVerifyOutputs:
    ok: Bytes
    """``uint8[messages]``: 1 accepted, 0 rejected."""


def _label(params: RsaVerifyParams) -> str:
    wrong = f", {params.wrong:g} wrong" if params.wrong else ""
    return title(params.key_bits, "verify", params.messages) + wrong


def _presets(preset: str) -> Iterable[RsaVerifyParams]:
    every = [
        RsaVerifyParams(key_bits=bits, messages=messages) for bits in KEY_BITS for messages in (1, 64, 4096)
    ]
    return preset_cases(
        preset,
        {
            "smoke": [],
            "quick": [RsaVerifyParams(messages=64)],
            "standard": [case for case in every if case.messages <= 64],
            "publication": [*every, RsaVerifyParams(messages=4096, wrong=0.5)],
        },
    )


def malformed_blocks(size: int, digest: bytes) -> list[bytes]:
    """Padded blocks that a sound verifier rejects, though lenient ones have let such pass."""
    good = encode_digest(digest, size)
    info = SHA256_PREFIX + digest
    no_parameters = bytes.fromhex("302f300b06096086480165030402010420") + digest
    return [
        b"\x00\x02" + good[2:],  # block type 2, that of encryption
        good[:10] + b"\x00" + good[11:],  # a hole in the filling
        b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + bytes(size - 11 - len(info)),  # Bleichenbacher 2006
        b"\x00\x01" + b"\xff" * (size - 3 - len(no_parameters)) + b"\x00" + no_parameters,  # NULL left out
    ]


def edge_signatures(n: int, valid: bytes) -> list[bytes]:
    """0, 1, n - 1, n, and ``valid`` + n: as long where n leaves room, else the largest of that length."""
    size = len(valid)
    beyond = min(int.from_bytes(valid) + n, 256**size - 1)
    return [number.to_bytes(size) for number in (0, 1, n - 1, n, beyond)]


@functools.lru_cache(maxsize=8)
def _stock(key_bits: int, seed: int) -> tuple[Bytes, Bytes]:
    """Digests and signatures: VALID valid ones, then malformed ones. 50 ms at 2048 bits, 0.3 s at 4096."""
    key, size = benchmark_key(key_bits), key_bits // 8
    drawn = random_bytes(f"rsa-verify {key_bits} stock", seed, 0, VALID * DIGEST_BYTES).tobytes()
    digests = [drawn[at : at + DIGEST_BYTES] for at in range(0, len(drawn), DIGEST_BYTES)]
    valid = [sign_digest(key, digest) for digest in digests]
    malformed = _malformed(key, digests[0], valid[0], size)
    return rows(digests + [digests[0]] * len(malformed)), rows(valid + malformed)


def _malformed(key: PrivateKey, digest: bytes, valid: bytes, size: int) -> list[bytes]:
    powers = [private_power(key, int.from_bytes(block)) for block in malformed_blocks(size, digest)]
    return [power.to_bytes(size) for power in powers] + edge_signatures(key.n, valid)


def _inputs(params: RsaVerifyParams, seed: int, slot: int) -> RsaVerifyInputs:
    case, key = case_key(RSA_VERIFY, params), benchmark_key(params.key_bits)
    stock_digest, stock_signature = _stock(params.key_bits, seed)
    picks, lots, spoils = (
        random_bytes(f"{case} {name}", seed, slot, 8 * params.messages).view("<u8")
        for name in ("picks", "lots", "spoils")
    )
    pick = below(picks, VALID)
    inputs = RsaVerifyInputs(
        n=key.n,
        e=key.e,
        digest=stock_digest[pick],
        signature=stock_signature[pick],
        stock_digest=stock_digest.copy(),
        stock_signature=stock_signature.copy(),
    )
    wrong = max(round(params.wrong * params.messages), 1 if params.wrong else 0)
    for row in np.argsort(lots, kind="stable")[:wrong]:
        _spoil(inputs, int(row), int(spoils[row]))
    return inputs


def _spoil(inputs: RsaVerifyInputs, row: int, word: int) -> None:
    """Make a valid row wrong: half of the time one flipped bit, else a malformed signature of the stock."""
    word, flip = divmod(word, 2)
    malformed = len(inputs.stock_digest) - VALID
    if flip:
        _flip(inputs, row, word)
    else:
        _take(inputs, row, VALID + word % malformed)


def _take(inputs: RsaVerifyInputs, row: int, pick: int) -> None:
    inputs.digest[row], inputs.signature[row] = inputs.stock_digest[pick], inputs.stock_signature[pick]


def _content(inputs: RsaVerifyInputs, row: int) -> bytes:
    return b"".join(part[row].tobytes() for part in (inputs.digest, inputs.signature))


def _flip(inputs: RsaVerifyInputs, row: int, word: int) -> None:
    """Flip one bit of the digest or of the signature."""
    parts = inputs.digest[row], inputs.signature[row]
    byte, bit = divmod(word % (8 * sum(map(len, parts))), 8)
    part, at = (parts[0], byte) if byte < DIGEST_BYTES else (parts[1], byte - DIGEST_BYTES)
    part[at] ^= 1 << bit


def _vary(params: RsaVerifyParams, inputs: RsaVerifyInputs, rng: Random, count: int | None) -> Items:
    """Other valid signatures; a quarter of them, or as many as are wrong anyway, is then spoilt.

    Of a whole batch, every second one gets a flipped bit: no memory of answers has seen it before.
    """
    every = range(params.messages)
    chosen = list(every) if count is None else rng.sample(every, min(count, params.messages))
    for row in chosen:
        before = _content(inputs, row)
        pick = rng.randrange(VALID)
        _take(inputs, row, pick)
        if _content(inputs, row) == before:
            _take(inputs, row, (pick + 1) % VALID)
        if count is None and row % 2 == 0:
            _flip(inputs, row, rng.getrandbits(64))
        elif count is not None and rng.random() < max(params.wrong, 0.25):
            _spoil(inputs, row, rng.getrandbits(64))
        if _content(inputs, row) == before:
            _flip(inputs, row, rng.getrandbits(64))  # an item that stays the same would prove nothing
    return [(row, None) for row in chosen]


def _work(params: RsaVerifyParams) -> Work:
    digests = params.messages * DIGEST_BYTES
    return Work(
        items=params.messages,
        unit="signature",
        payload_bytes=0,  # signatures a second, not bytes, are what RSA is asked for
        bytes_in=digests + params.messages * params.key_bits // 8,
        bytes_out=params.messages,
    )


def _check(params: RsaVerifyParams, inputs: RsaVerifyInputs, outputs: RsaVerifyOutputs, items: Items) -> None:
    for row, _ in items:
        digest, signature = inputs.digest[row].tobytes(), inputs.signature[row].tobytes()
        expected, got = int(accepts(inputs.n, inputs.e, digest, signature)), int(outputs.ok[row])
        if expected != got:
            names = {0: "rejected (0)", 1: "accepted (1)"}
            raise Mismatch(row, names[expected], names.get(got, f"{got}, which is no answer"))


def _vectors() -> Iterator[Vector[RsaVerifyParams, RsaVerifyInputs, RsaVerifyOutputs]]:
    """Every published signature alone; then those of a key at once, with the edges of the range of s."""
    for record in published():
        yield vector(
            record.name, record.source, record.n, record.e, [(record.digest, record.signature, record.valid)]
        )
    for valid in published():
        if valid.valid:
            same_key = [r for r in published() if (r.n, r.e) == (valid.n, valid.e)]
            edges = [(valid.digest, edge, False) for edge in edge_signatures(valid.n, valid.signature)]
            answers = [(r.digest, r.signature, r.valid) for r in same_key] + edges
            yield vector(
                f"{valid.name.removesuffix(': valid')}: all at once, and s = 0, 1, n - 1, n and beyond",
                f"{valid.source.split(', Result')[0]}; RFC 8017 §5.2.2, step 1",
                valid.n,
                valid.e,
                list(islice(cycle(answers), max(PUBLISHED_BATCH, len(answers)))),
            )


def vector(
    name: str, source: str, n: int, e: int, answers: list[tuple[bytes, bytes, bool]]
) -> Vector[RsaVerifyParams, RsaVerifyInputs, RsaVerifyOutputs]:
    """A vector of (digest, signature, valid) under one public key, of any source."""
    digests, signatures, valid = (list(column) for column in zip(*answers, strict=True))
    size = len(signatures[0])
    return Vector(
        name=name,
        source=source,
        params=RsaVerifyParams(key_bits=8 * size, messages=len(answers)),
        inputs=RsaVerifyInputs(
            n=n,
            e=e,
            digest=rows(digests),
            signature=rows(signatures),
            stock_digest=np.empty((0, DIGEST_BYTES), np.uint8),
            stock_signature=np.empty((0, size), np.uint8),
        ),
        outputs=RsaVerifyOutputs(ok=np.array(valid, np.uint8)),
    )


RSA_VERIFY = Workload(
    id="rsa-verify",
    version=1,
    params=RsaVerifyParams,
    label=_label,
    presets=_presets,
    inputs=_inputs,
    outputs=lambda params: RsaVerifyOutputs(ok=np.zeros(params.messages, np.uint8)),
    vary=_vary,
    work=_work,
    check=_check,
    canonical=canonical_bytes,
    vectors=_vectors,
)
"""Accept or reject ``messages`` signatures of SHA-256 digests under one public key."""
