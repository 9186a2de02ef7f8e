"""Seeded inputs, keys of cases and trials, counter-based trial streams, and the canonical bytes they rest on.

Everything here is a pure function of its arguments and equal on every machine: chunking, workers and engines
cannot change a trial.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from random import Random
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from benchsuite.api import Workload

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Positions: TypeAlias = npt.NDArray[np.int64]

DATA_BLOCK = 2**62
"""First block of a trial's stream that makes data; blocks 0... make positions."""


def canonical_json(value: object) -> bytes:
    """UTF-8, sorted keys, no spaces, no ASCII escapes, floats as their ``repr`` in a string.

    Raises ValueError for non-finite floats, TypeError for what JSON does not know.

    >>> canonical_json({"wrong": 0.01, "b": [True, None, "µ"]})
    b'{"b":[true,null,"\\xc2\\xb5"],"wrong":"0.01"}'
    """
    text = json.dumps(_spelled(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _spelled(value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no canonical JSON: give a finite number")
        return repr(float(value))
    if isinstance(value, Mapping):
        return {key: _spelled(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(inner) for inner in value]
    return value


def canonical_bytes(outputs: Any) -> bytes:
    """The arrays of a dataclass of outputs, in the order of its fields, as bytes."""
    return b"".join(getattr(outputs, field.name).tobytes() for field in fields(outputs))


def params_mapping(params: Any, *, defaults: bool) -> dict[str, int | str]:
    """Field -> value of a dataclass of parameters, floats as their ``repr``.

    ``defaults=False`` leaves out those at their default: a parameter added later keeps old keys valid.
    """
    values = {field.name: getattr(params, field.name) for field in fields(params)}
    default = {field.name: field.default for field in fields(params) if field.default is not MISSING}
    return {
        name: repr(float(value)) if isinstance(value, float) else value
        for name, value in values.items()
        if defaults or name not in default or value != default[name]
    }


def _identity(workload: Workload[Any, Any, Any], params: Any) -> list[Any]:
    return [workload.id, workload.version, params_mapping(params, defaults=False)]


def case_key(workload: Workload[Any, Any, Any], params: Any) -> str:
    """What is computed, as SHA-256 in hexadecimal: no backend, host or title in it."""
    return identity_key(_identity(workload, params))


def identity_key(identity: list[Any]) -> str:
    """The key of a case by its id, version and parameters but those at their default."""
    return hashlib.sha256(canonical_json(identity)).hexdigest()


def trial_key(workload: Workload[Any, Any, Any], params: Any, model: str, seed: int) -> tuple[int, int]:
    """The Philox key of a campaign; ``model`` is an error model in canonical spelling."""
    return identity_trial_key(_identity(workload, params), model, seed)


def identity_trial_key(identity: list[Any], model: str, seed: int) -> tuple[int, int]:
    """As ``trial_key``, by what ``identity_key`` takes."""
    return _philox_key([*identity, model, seed])


def object_key(data_bytes: int, model: str, seed: int) -> tuple[int, int]:
    """The Philox key of stored objects of so many bytes: the same however they are protected."""
    return _philox_key(["stored object", data_bytes, model, seed])


def fault_key(target: str, fault: str, model: str, seed: int) -> tuple[int, int]:
    """The Philox key of trials that strike a cipher or a signer, all in their canonical spelling."""
    return _philox_key(["fault", target, fault, model, seed])


def _philox_key(value: object) -> tuple[int, int]:
    digest = hashlib.blake2b(canonical_json(value), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def words(key: tuple[int, int], start: int, count: int, block: int) -> Words:
    """``uint64[count, 4]``: Philox4x64-10 (Salmon et al. 2011) of the counters (start + row, block, 0, 0).

    Raises ValueError where a trial or the block does not fit into 64 bits.
    """
    if not (0 <= start <= start + count <= 2**64 and 0 <= block < 2**64):
        raise ValueError(f"trials {start} ... {start} + {count} of block {block} must fit into 64 bits")
    # numpy counts up before its first output: begin one below, borrowing through all 256 bits
    counter = (start + (block << 64) - 1) % 2**256
    generator = np.random.Philox(key=key[0] + (key[1] << 64), counter=counter)
    return generator.random_raw(4 * count).reshape(count, 4)


def trial_words(key: tuple[int, int], start: int, count: int, block: int, number: int) -> Words:
    """``uint64[count, number]``: word j of a trial is column j % 4 of block ``block + j // 4``."""
    if 1 <= number <= 4:
        return words(key, start, count, block)[:, :number]  # the common case, spared a copy
    blocks = [words(key, start, count, block + j) for j in range(-(-number // 4))]
    return np.concatenate(blocks, axis=1)[:, :number] if blocks else np.empty((count, 0), np.uint64)


def trial_data(key: tuple[int, int], start: int, count: int, bits: int) -> Bytes:
    """``uint8[count, ceil(bits / 8)]``, writable: the data of trials, with no bit beyond the last."""
    drawn = trial_words(key, start, count, DATA_BLOCK, -(-bits // 64))
    data = np.ascontiguousarray(drawn, "<u8").view(np.uint8)[:, : -(-bits // 8)]
    data[:, -1] &= 0xFF >> (-bits % 8)
    return data


def below(random_words: Words, bound: int) -> Positions:
    """Integers in ``range(bound)``: floor(word * bound / 2^64), biased by less than bound / 2^64.

    Raises ValueError unless 1 <= bound < 2^32.
    """
    if not 1 <= bound < 2**32:
        raise ValueError(f"bound must lie in 1 ... 2^32 - 1, not {bound}")
    factor, half = np.uint64(bound), np.uint64(32)
    low = random_words & np.uint64(0xFFFFFFFF)
    low *= factor
    low >>= half
    high = random_words >> half
    high *= factor
    high += low
    high >>= half
    return high.view(np.int64)


def distinct_positions(random_words: Words, n: int, k: int) -> Positions:
    """``int64[trials, k]``: k distinct positions below n from ``uint64[trials, k]``, uniform over all sets.

    Floyd's algorithm (Bentley and Floyd 1987): the order of the positions means nothing. Every column lies
    in one piece. Raises ValueError unless 0 <= k <= n and there are k words a trial.
    """
    if not 0 <= k <= n or random_words.shape[1] != k:
        raise ValueError(f"{k} distinct positions below {n} need 0 <= k <= n and k words a trial")
    chosen = np.empty((k, len(random_words)), np.int64)
    for i, j in enumerate(range(n - k, n)):
        drawn = below(random_words[:, i], j + 1)
        if len(drawn) < i:
            drawn[(chosen[:i] == drawn).any(axis=0)] = j
        else:  # the same, in pieces that stay in cache
            for earlier in chosen[:i]:
                np.putmask(drawn, drawn == earlier, j)  # nothing earlier is j
        chosen[i] = drawn
    return chosen.T


def random_bytes(label: str, seed: int, slot: int, count: int) -> Bytes:
    """``uint8[count]``, writable: Philox keyed by (label, seed, slot), words in little-endian order."""
    stream = words(_philox_key([label, seed, slot]), 0, -(-count // 32), 0)
    return stream.astype("<u8", copy=False).reshape(-1).view(np.uint8)[:count]


def renewed(rows: Bytes, rng: Random, *, last: int = 0xFF) -> Bytes:
    """Random rows in the shape of ``rows`` (two-dimensional), each unlike the row that it replaces.

    Of the last byte of a row only the bits of ``last``, an odd number, change.
    """
    noise = random_bytes("renewed", rng.getrandbits(128), 0, rows.size).reshape(rows.shape)
    noise[:, -1] &= np.uint8(last)
    np.maximum(noise[:, 0], 1, out=noise[:, 0])  # an item that stays the same would prove nothing
    return rows ^ noise
