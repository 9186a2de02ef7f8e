"""Systematic binary linear codes of any size; ``kernels/linear.cu`` says how, and what bounds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchsuite.api import Job, Prepared
from benchsuite.workloads.codes import SINGLE_BIT
from benchsuite.workloads.codes.linear import SizedFamily
from benchsuite_cuda.backend import backend
from benchsuite_cuda.lane import CudaLane
from benchsuite_cuda.slot import prepared
from benchsuite_cuda.source import KernelForm

TILE = 1024
"""Codewords of a block of a sliced kernel, which is one warp."""
BLOCK = 256
"""Codewords of a block of a plain kernel."""
NO_ACTION = 0xFFFF

Operation = Literal["encode", "decode", "judge"]


@cache
def defines(columns: tuple[int, ...], k: int, *, sliced: bool) -> dict[str, int]:
    """What the kernels are compiled for, by k data columns of the check matrix and then the identity."""
    masks = {
        f"MASK_{row}_{word}": sum(
            (column >> row & 1) << bit
            for bit, column in enumerate(columns[32 * word : min(32 * word + 32, k)])
        )
        for row in range(9)
        for word in range(8)
    }
    return {"SLICED": int(sliced), "BYTES": -(-k // 8), "CHECK_BITS": len(columns) - k, **masks}


def is_sliced(columns: tuple[int, ...], k: int) -> bool:
    """Whether there are sliced kernels for codes of this size."""
    return k <= 64 and len(columns) - k <= 8


def plain_threads(k: int) -> int:
    """Of a block of a plain kernel: a thread takes four codewords where no vector is as long as one."""
    size = -(-k // 8)
    return BLOCK if size & (size - 1) == 0 else BLOCK // 4


def actions(columns: tuple[int, ...], k: int) -> NDArray[np.uint16]:
    """``uint16[256 or 65536]``: the data bit to flip by the check bytes that encoding again changes.

    8 for every byte of data where a check bit was flipped, NO_ACTION where no single flip explains them.
    """
    check_bits = len(columns) - k
    found = np.full(1 << 8 * -(-check_bits // 8), NO_ACTION, np.uint16)
    found[list(columns)] = [*range(k), *[8 * -(-k // 8)] * check_bits]
    return found


def implementation(
    family: SizedFamily, operation: Operation
) -> Callable[[Job[Any, Any, Any, CudaLane]], Prepared]:
    """``prepare``: whole tiles of codewords sliced where that is possible and pays, the others plain.

    The kernels take the arrays in the order of the fields of inputs and outputs.
    """

    def prepare(job: Job[Any, Any, Any, CudaLane]) -> Prepared:
        lane, k = job.lane, job.params.k
        columns = family.columns(job.params.n, k)
        # with less than a warp for each multiprocessor, plain kernels keep more of them busy
        fewest = TILE * lane.gpu.multiprocessors if is_sliced(columns, k) else math.inf
        tables = []
        if operation == "decode":
            tables = [lane.table((actions, columns, k), lambda: actions(columns, k))]

        def bind(inputs: Any, outputs: Any) -> Callable[[], None]:
            arrays = [*vars(inputs).values(), *vars(outputs).values()]
            rows = len(arrays[0])
            tiles = rows // TILE if rows >= fewest else 0
            left = rows - tiles * TILE
            launches = []
            if tiles:
                sliced = lane.kernel(
                    "linear", f"{operation}_sliced", defines=defines(columns, k, sliced=True)
                )
                launches.append(partial(sliced, tiles, 32, *arrays, *tables))
            if left:
                plain = lane.kernel("linear", operation, defines=defines(columns, k, sliced=False))
                rest = [array[tiles * TILE :] for array in arrays]
                grid = -(-left // BLOCK), plain_threads(k)
                launches.append(partial(plain, *grid, *rest, *tables, np.uint64(left)))

            def launch() -> None:
                for each in launches:
                    each()

            return launch

        return prepared(job, bind)

    return prepare


for _family, _encoder, _decoder in SINGLE_BIT:
    backend.implements(_encoder, version=1, constant_time="no")(implementation(_family, "encode"))
    backend.implements(_decoder, version=1, constant_time="no")(
        implementation(_family, "decode" if _family.corrects else "judge")
    )

EXAMINED = (
    "parity-65-64",
    "hamming-127-120",
    "hamming-255-247",
    "extended-hamming-72-64",
    "hsiao-13-8",
    "hsiao-22-16",
    "hsiao-39-32",
    "hsiao-72-64",
    "hsiao-137-128",
)
"""A size of each number of bytes, and some of each family."""

MOST_WRONG = 2
"""Wrong codewords of the thread, of a warp, that has most of them among its 32, if one in a hundred is."""


def _forms(family: SizedFamily, n: int, k: int) -> Iterator[KernelForm]:
    columns = family.columns(n, k)
    size, check_size = -(-k // 8), -(-(n - k) // 8)
    reads = size + check_size
    traffic = {"encode": reads, **({"decode": reads + size + 1} if family.corrects else {"judge": reads + 1})}
    sliced = is_sliced(columns, k)
    threads = 32 if sliced else plain_threads(k)
    for operation, bytes_per_item in traffic.items():
        yield KernelForm(
            source="linear",
            name=f"{operation}_sliced" if sliced else operation,
            title=f"{family.name}-{n}-{k}",
            defines=defines(columns, k, sliced=sliced),
            threads=threads,
            shared_bytes=0,
            items="codeword",
            bytes_per_item=bytes_per_item,
            payload_per_item=k / 8,
            items_per_loop=(TILE if sliced else BLOCK) / threads,
            inner_turns=(MOST_WRONG,) if sliced and operation == "decode" else (),
            whole=True,
        )


KERNELS = [
    form
    for family, _, _ in SINGLE_BIT
    for n, k in family.sizes
    if f"{family.name}-{n}-{k}" in EXAMINED
    for form in _forms(family, n, k)
]
