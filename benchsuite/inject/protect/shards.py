"""An erasure code with a CRC on each shard: a shard whose CRC does not match is erased and rebuilt."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt

from benchsuite.host.engine import Engine
from benchsuite.inject.built_in import BSC, BURST, FLIPS
from benchsuite.inject.models import Model
from benchsuite.inject.protect.crc import Checksums, surely_detected
from benchsuite.inject.protect.scheme import Cases, Flags, Scheme, exactly, expected, not_struck, some
from benchsuite.inject.protect.step import Route, Step
from benchsuite.record.protection import Theory
from benchsuite.workloads.codes import CRC, ERASURE_ENCODE, ERASURE_REBUILD
from benchsuite.workloads.codes.crc import CrcParams
from benchsuite.workloads.codes.crc_bulk import Registers
from benchsuite.workloads.codes.erasure_params import EncodeParams, RebuildParams, parse
from benchsuite.workloads.streams import Bytes, Positions

SHARD_CRC = "CRC-32/ISCSI"
"""Of each shard, as storage systems have it."""
STRIPES = 4
"""Rebuilt at a time: few objects of a block have lost the same shards."""
KEPT_BYTES = 64 << 20
"""Of prepared rebuilds, one for every set of lost shards, until they are let go."""


def scheme(name: str, data_bytes: int) -> Scheme | None:
    """``erasure-N-K``; None of another name."""
    found = parse(name)
    if found is None:
        return None
    n, k = found["n"], found["k"]
    size = -(-data_bytes // k)
    crc = CrcParams(algorithm=SHARD_CRC, message_bytes=size)
    shape = {"n": n, "k": k, "shard_bytes": size}

    def check(objects: int) -> Cases:
        return [(CRC, CrcParams(algorithm=SHARD_CRC, messages=objects * n, message_bytes=size))]

    def writes(objects: int) -> Cases:
        return [(ERASURE_ENCODE, EncodeParams(**shape, stripes=objects)), *check(objects)]

    def repairs(objects: int) -> Cases:
        lost = "+".join(map(str, range(n - k)))
        return [*check(objects), (ERASURE_REBUILD, RebuildParams(**shape, stripes=objects, lost=lost))]

    return Scheme(
        name=name,
        data_bytes=data_bytes,
        stored_bits=n * (8 * size + crc.definition.width),
        writes=writes,
        reads=check,
        repairs=repairs,
        guard=lambda engine, route, objects: ShardsGuard(
            engine, route, EncodeParams(**shape, stripes=objects), data_bytes
        ),
        theory=lambda model: theory(n, k, crc, model),
    )


class ShardsGuard:
    """See ``scheme.Guard``. The last shard of the data ends with zeros, which are stored like all else."""

    def __init__(self, engine: Engine, route: Route, params: EncodeParams, data_bytes: int) -> None:
        self._engine, self._route, self._params, self._size = engine, route, params, data_bytes
        crc = CrcParams(algorithm=SHARD_CRC, message_bytes=params.shard_bytes)
        self._encode = Step(engine, route.way(ERASURE_ENCODE, params), params.stripes)
        self._checksums = Checksums(engine, route, crc, params.n * params.stripes, params.stripes)
        self._bits = 8 * params.shard_bytes + crc.definition.width
        self._rebuilds: dict[bytes, Step] = {}
        self._stored = np.zeros((0, params.shard_bytes), np.uint8)
        self._crcs: Registers = np.zeros(0, np.uint32)

    def store(self, first: int, data: Bytes) -> None:
        count, (n, k, size) = len(data), (self._params.n, self._params.k, self._params.shard_bytes)
        shards = np.zeros((count, n, size), np.uint8)
        shards.reshape(count, -1)[:, : self._size] = data
        self._encode.inputs.data[:count] = shards[:, :k]
        self._encode.run(first)
        shards[:, k:] = self._encode.outputs.parity[:count]
        self._stored = shards.reshape(count * n, size)
        self._crcs = self._checksums.of(first, self._stored)

    def flip(self, objects: Positions, places: Positions) -> None:
        shard, place = np.divmod(places, self._bits)
        self._checksums.flip(self._stored, self._crcs, objects * self._params.n + shard, place)

    def read(self, first: int, data: Bytes) -> tuple[Flags, Flags]:
        count, n = len(data), self._params.n
        bad = (self._checksums.of(first, self._stored) != self._crcs).reshape(count, n)
        shards = self._stored.reshape(count, n, -1)
        lost = bad.sum(axis=1)
        reported = lost > n - self._params.k
        self._rebuild(first, shards, bad, np.flatnonzero(~reported & (lost > 0)))
        delivered = shards[:, : self._params.k].reshape(count, -1)[:, : self._size]
        return reported, ~reported & (delivered != data).any(axis=1)

    def _rebuild(self, first: int, shards: Bytes, bad: Flags, objects: npt.NDArray[np.intp]) -> None:
        """Rebuild the bad shards of ``objects`` in place, those that lost the same ones together."""
        packed = np.packbits(bad[objects], axis=1)
        order = np.lexsort(packed.T)
        changed = (packed[order][1:] != packed[order][:-1]).any(axis=1)
        for same in np.split(objects[order], np.flatnonzero(changed) + 1):
            for start in range(0, len(same), STRIPES):
                some_ = same[start : start + STRIPES]
                lost = np.flatnonzero(bad[some_[0]])
                step = self._of(lost)
                left = np.flatnonzero(~bad[some_[0]])[: self._params.k]
                step.inputs.data[: len(some_)] = shards[some_[:, None], left]
                step.run(first)
                shards[some_[:, None], lost] = step.outputs.shards[: len(some_)]

    def _of(self, lost: npt.NDArray[np.intp]) -> Step:
        name = lost.tobytes()
        if name not in self._rebuilds:
            shape = self._params
            if len(self._rebuilds) * STRIPES * shape.n * shape.shard_bytes > KEPT_BYTES:
                self._let_go()
            params = RebuildParams(
                n=shape.n,
                k=shape.k,
                shard_bytes=shape.shard_bytes,
                stripes=STRIPES,
                lost="+".join(map(str, lost)),
            )
            self._rebuilds[name] = Step(self._engine, self._route.way(ERASURE_REBUILD, params), STRIPES)
        return self._rebuilds[name]

    def _let_go(self) -> None:
        while self._rebuilds:
            self._rebuilds.popitem()[1].close()

    def close(self) -> None:
        self._let_go()
        self._encode.close()
        self._checksums.close()


def theory(n: int, k: int, crc: CrcParams, model: Model) -> dict[str, Theory]:
    """Exact where no shard's CRC can miss what strikes it, and few enough are struck; else expected."""
    width, bits = crc.definition.width, 8 * crc.message_bytes + crc.definition.width
    slip, mended = 0.5**width, n - k
    if model.kind is BSC:
        bad = some(Fraction(model.arguments), bits)
        share = [comb(n, i) * bad**i * (1 - bad) ** (n - i) for i in range(n + 1)]
        return not_struck(model, n * bits) | expected(
            corrected=sum(share[1 : mended + 1]), detected=sum(share[mended + 1 :]), silent=n * bad * slip
        )
    if model.kind is BURST:
        length = int(model.arguments)
        shards, sure = min(n, (length - 2) // bits + 2) if length > 1 else 1, length <= width
    elif model.kind is FLIPS and model.arguments != "0":
        shards = int(model.arguments)
        sure = shards <= surely_detected(crc.definition, 8 * crc.message_bytes)
    else:
        return {}
    if shards > mended:
        return {}
    if sure:
        return exactly(corrected=1.0, detected=0.0, silent=0.0)
    return expected(corrected=1 - shards * slip, silent=shards * slip)
