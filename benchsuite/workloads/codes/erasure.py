"""Erasure codes of storage: k shards of data and n - k of parity, of which any k give all the others.

The matrix is that of ``benchsuite.workloads.reference.erasure``. A stripe is one set of n shards; each byte
of a shard belongs with the bytes at the same place of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from random import Random
from typing import Any, TypeVar

import numpy as np

from benchsuite.api import Items, Mismatch, Vector, Work, Workload
from benchsuite.workloads.codes.erasure_params import NAMED, EncodeParams, RebuildParams, UpdateParams
from benchsuite.workloads.params import binary_size, preset_cases
from benchsuite.workloads.reference.erasure import GF, Matrix, parity_matrix, rebuild_matrix
from benchsuite.workloads.streams import Bytes, Positions, canonical_bytes, case_key, random_bytes, renewed
from benchsuite.workloads.vectors import load

P = TypeVar("P", EncodeParams, RebuildParams, UpdateParams)

KIB, MIB = 2**10, 2**20
LONG_BYTES = KIB
"""Stripes beyond this are varied by one byte, so that an audit costs the same at any size."""
CHECKED_BYTES = MIB
"""Bytes of stripes checked at a time; longer stripes one by one."""
SIZES = ((4 * KIB, 64), (64 * KIB, 16), (MIB, 1))
"""(bytes of a shard, stripes) of publication; the second of standard."""


@dataclass(frozen=True, eq=False)
class EncodeInputs:
    data: Bytes
    """``uint8[stripes, k, shard_bytes]``."""


@dataclass(frozen=True, eq=False)
class RebuildInputs:
    data: Bytes
    """``uint8[stripes, k, shard_bytes]``: the first k shards that are not lost, parities too."""


@dataclass(frozen=True, eq=False)
class UpdateInputs:
    data: Bytes
    """``uint8[stripes, shard_bytes]``: what the shard becomes."""
    old: Bytes
    """``uint8[stripes, shard_bytes]``: what the shard was."""
    parity: Bytes
    """``uint8[stripes, n - k, shard_bytes]``, of the stripe as it was."""


@dataclass(frozen=True, eq=False)
class ParityOutputs:
    parity: Bytes
    """``uint8[stripes, n - k, shard_bytes]``."""


@dataclass(frozen=True, eq=False)
class RebuildOutputs:
    shards: Bytes
    """``uint8[stripes, lost shards, shard_bytes]``, in the order of ``lost``."""


def update_matrix(params: UpdateParams) -> Matrix:
    """A row for each parity: what the difference of the shard is multiplied by."""
    return tuple((row[params.shard],) for row in parity_matrix(params.n, params.k))


@cache
def _products() -> Bytes:
    """``uint8[256, 256]``: of any two elements."""
    every = range(256)
    return np.array([[GF.multiply(a, b) for b in every] for a in every], np.uint8)


def combined(matrix: Matrix, shards: Bytes) -> Bytes:
    """``uint8[stripes, rows, bytes]`` of ``shards: uint8[stripes, columns, bytes]``."""
    found = np.zeros((len(shards), len(matrix), shards.shape[2]), np.uint8)
    for i, row in enumerate(matrix):
        for j, factor in enumerate(row):
            found[:, i] ^= _products()[factor].take(shards[:, j])
    return found


def _at(shards: Bytes, stripes: Positions, places: Positions | None) -> Bytes:
    """``uint8[len(stripes), shards, bytes]``: of each stripe all bytes, or the one at its place."""
    return shards[stripes] if places is None else shards[stripes, :, places][..., None]


def _check(matrix: Matrix, parts: Sequence[Bytes], before: Bytes | None, found: Bytes, items: Items) -> None:
    """Of a byte that was varied all answers at its place, of other items the whole stripe.

    ``parts`` add up to what the matrix multiplies; ``before`` is added to the product.
    """
    size = found.shape[2]
    whole = list(dict.fromkeys(stripe for stripe, byte in items if byte is None))
    single = list(dict.fromkeys((stripe, byte % size) for stripe, byte in items if byte is not None))
    together = max(1, CHECKED_BYTES // (size * parts[0].shape[1]))
    groups: list[tuple[Positions, Positions | None]] = [
        (np.array(whole[start : start + together], np.int64), None)
        for start in range(0, len(whole), together)
    ]
    if single:
        groups.append((np.array(single, np.int64)[:, 0], np.array(single, np.int64)[:, 1]))
    for stripes, places in groups:
        data = np.bitwise_xor.reduce([_at(part, stripes, places) for part in parts])
        expected, got = combined(matrix, data), _at(found, stripes, places)
        if before is not None:
            expected ^= _at(before, stripes, places)
        wrong = np.argwhere(expected != got)
        if wrong.size:
            at, row, byte = map(int, wrong[0])
            title = f"row {row}, byte {byte if places is None else places[at]}: "
            both = (f"{title}{array[at, row, byte]:02x}" for array in (expected, got))
            raise Mismatch(int(stripes[at]), *both)


def _vary(data: Bytes, rng: Random, count: int | None) -> Items:
    """New bytes in ``data: uint8[stripes, ...]``: whole stripes, or single bytes of long ones."""
    rows = data.reshape(len(data), -1)
    stripes, size = rows.shape
    if count is None:
        rows[...] = renewed(rows, rng)
        return [(stripe, None) for stripe in range(stripes)]
    if size > LONG_BYTES:
        drawn = rng.sample(range(stripes * size), min(count, stripes * size))
        places = [divmod(place, size) for place in drawn]
        for place in places:
            rows[place] ^= rng.randrange(1, 256)
        return places
    chosen = rng.sample(range(stripes), min(count, stripes))
    rows[chosen] = renewed(rows[chosen], rng)
    return [(stripe, None) for stripe in chosen]


def _shards(params: Any, number: int) -> tuple[int, int, int]:
    return params.stripes, number, params.shard_bytes


def _random(
    workload: Workload[Any, Any, Any], params: Any, name: str, shape: tuple[int, ...], seed: int, slot: int
) -> Bytes:
    return random_bytes(f"{case_key(workload, params)} {name}", seed, slot, prod(shape)).reshape(shape)


def _work(params: Any, payload: int, read: int, written: int) -> Work:
    """Of so many shards a stripe."""
    each = params.stripes * params.shard_bytes
    return Work(
        items=params.stripes,
        unit="stripe",
        payload_bytes=payload * each,
        bytes_in=read * each,
        bytes_out=written * each,
    )


def _label(params: Any, operation: str, shards: int) -> str:
    payload = binary_size(shards * params.shard_bytes * params.stripes)
    return (
        f"erasure ({params.n},{params.k}) {operation}, {payload}, shards of {binary_size(params.shard_bytes)}"
    )


def _presets(preset: str, cases: Callable[..., Iterable[P]]) -> Iterable[P]:
    """``cases`` are those of a code, a size of shards and a number of stripes."""
    every = {
        name: [
            case
            for shard_bytes, stripes in SIZES
            for case in cases(**code, shard_bytes=shard_bytes, stripes=stripes)
        ]
        for name, code in NAMED.items()
    }
    first = [case for case in next(iter(every.values())) if case.shard_bytes == SIZES[1][0]]
    publication = [case for of_code in every.values() for case in of_code]
    return preset_cases(preset, {"smoke": [], "quick": [], "standard": first, "publication": publication})


def _rebuilds(n: int, k: int, **size: int) -> list[RebuildParams]:
    """Of one shard, the usual loss, and of as many as can be."""
    most = "+".join(map(str, range(n - k)))
    return [RebuildParams(n=n, k=k, lost=lost, **size) for lost in ("0", most)]


def _records(operation: str) -> Iterable[tuple[Mapping[str, str], dict[str, int]]]:
    """Of the file of vectors: each record, and the parameters that all workloads have."""
    for record in load("erasure.txt"):
        if record["operation"] == operation:
            size = len(record["data"].split()[0]) // 2
            yield record, {"n": int(record["n"]), "k": int(record["k"]), "shard_bytes": size}


def _stripe(shards: str) -> Bytes:
    return np.array([[list(bytes.fromhex(shard)) for shard in shards.split()]], np.uint8)


def _encode_inputs(params: EncodeParams, seed: int, slot: int) -> EncodeInputs:
    return EncodeInputs(data=_random(ERASURE_ENCODE, params, "data", _shards(params, params.k), seed, slot))


def _encode_check(params: EncodeParams, inputs: EncodeInputs, outputs: ParityOutputs, items: Items) -> None:
    _check(parity_matrix(params.n, params.k), [inputs.data], None, outputs.parity, items)


def _encode_vectors() -> Iterable[Vector[EncodeParams, EncodeInputs, ParityOutputs]]:
    for record, code in _records("encode"):
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=EncodeParams(**code),
            inputs=EncodeInputs(data=_stripe(record["data"])),
            outputs=ParityOutputs(parity=_stripe(record["parity"])),
        )


ERASURE_ENCODE: Workload[EncodeParams, EncodeInputs, ParityOutputs] = Workload(
    id="erasure-encode",
    version=1,
    params=EncodeParams,
    label=lambda params: _label(params, "encode", params.k),
    presets=lambda preset: _presets(preset, lambda **case: [EncodeParams(**case)]),
    inputs=_encode_inputs,
    outputs=lambda params: ParityOutputs(parity=np.zeros(_shards(params, params.n - params.k), np.uint8)),
    vary=lambda params, inputs, rng, count: _vary(inputs.data, rng, count),
    work=lambda params: _work(params, params.k, params.k, params.n - params.k),
    check=_encode_check,
    canonical=canonical_bytes,
    vectors=_encode_vectors,
)
"""The parity of every stripe."""


def _rebuild_inputs(params: RebuildParams, seed: int, slot: int) -> RebuildInputs:
    shape = _shards(params, params.k)
    return RebuildInputs(data=_random(ERASURE_REBUILD, params, "data", shape, seed, slot))


def _rebuild_check(
    params: RebuildParams, inputs: RebuildInputs, outputs: RebuildOutputs, items: Items
) -> None:
    matrix = rebuild_matrix(params.n, params.k, params.lost_shards)
    _check(matrix, [inputs.data], None, outputs.shards, items)


def _rebuild_vectors() -> Iterable[Vector[RebuildParams, RebuildInputs, RebuildOutputs]]:
    for record, code in _records("rebuild"):
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=RebuildParams(**code, lost=record["lost"]),
            inputs=RebuildInputs(data=_stripe(record["data"])),
            outputs=RebuildOutputs(shards=_stripe(record["shards"])),
        )


ERASURE_REBUILD: Workload[RebuildParams, RebuildInputs, RebuildOutputs] = Workload(
    id="erasure-rebuild",
    version=1,
    params=RebuildParams,
    label=lambda params: _label(params, f"rebuild of {params.lost}", params.k),
    presets=lambda preset: _presets(preset, _rebuilds),
    inputs=_rebuild_inputs,
    outputs=lambda params: RebuildOutputs(
        shards=np.zeros(_shards(params, len(params.lost_shards)), np.uint8)
    ),
    vary=lambda params, inputs, rng, count: _vary(inputs.data, rng, count),
    work=lambda params: _work(params, params.k, params.k, len(params.lost_shards)),
    check=_rebuild_check,
    canonical=canonical_bytes,
    vectors=_rebuild_vectors,
)
"""The lost shards of every stripe. Any k shards are those of some stripe: inputs are random bytes."""


def _update_inputs(params: UpdateParams, seed: int, slot: int) -> UpdateInputs:
    shapes = {
        "data": (params.stripes, params.shard_bytes),
        "old": (params.stripes, params.shard_bytes),
        "parity": _shards(params, params.n - params.k),
    }
    return UpdateInputs(
        **{name: _random(ERASURE_UPDATE, params, name, shape, seed, slot) for name, shape in shapes.items()}
    )


def _update_check(params: UpdateParams, inputs: UpdateInputs, outputs: ParityOutputs, items: Items) -> None:
    parts = [inputs.old[:, None], inputs.data[:, None]]
    _check(update_matrix(params), parts, inputs.parity, outputs.parity, items)


def _update_vectors() -> Iterable[Vector[UpdateParams, UpdateInputs, ParityOutputs]]:
    for record, code in _records("update"):
        yield Vector(
            name=record["name"],
            source=record["source"],
            params=UpdateParams(**code, shard=int(record["shard"])),
            inputs=UpdateInputs(
                data=_stripe(record["data"])[0],
                old=_stripe(record["old"])[0],
                parity=_stripe(record["before"]),
            ),
            outputs=ParityOutputs(parity=_stripe(record["parity"])),
        )


ERASURE_UPDATE: Workload[UpdateParams, UpdateInputs, ParityOutputs] = Workload(
    id="erasure-update",
    version=1,
    params=UpdateParams,
    label=lambda params: _label(params, f"update of {params.shard}", 1),
    presets=lambda preset: _presets(preset, lambda k, **case: [UpdateParams(k=k, shard=k - 1, **case)]),
    inputs=_update_inputs,
    outputs=lambda params: ParityOutputs(parity=np.zeros(_shards(params, params.n - params.k), np.uint8)),
    vary=lambda params, inputs, rng, count: _vary(inputs.data, rng, count),
    work=lambda params: _work(params, 1, 2 + params.n - params.k, params.n - params.k),
    check=_update_check,
    canonical=canonical_bytes,
    vectors=_update_vectors,
)
"""The parity of every stripe of which one shard of data is written anew, from the old parity alone."""

ERASURE = (ERASURE_ENCODE, ERASURE_REBUILD, ERASURE_UPDATE)
"""Every workload of erasure codes."""
