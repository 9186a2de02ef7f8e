"""The most that a kernel's machine code allows on a chip, by counting. Knows no source, no compiler, no GPU.

Every operation keeps a unit of the multiprocessor busy for a lane-clock a thread, some for more; a unit has
so many lanes; the one that is busy longest bounds the kernel. Nothing here is measured: latency, bank
conflicts and cache misses lower a GPU's figure; a clock above the chip's, or paths seldom taken, raise it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

MEMORY, ISSUE = "device memory", "issue"

_OPERATIONS = {
    "integer": "LOP3 LOP PRMT SHF ISETP SEL LEA SGXT BMSK PLOP3 P2R R2P IABS VABSDIFF VABSDIFF4 MOV VOTE "
    "VOTEU FSEL FSETP FMNMX I2FP F2FP MATCH",
    "add": "IADD3 IADD VIADD IMNMX VIMNMX VIMNMX3 VIADDMNMX",
    "multiply": "IMAD IDP",
    "float": "FFMA FADD FMUL FFMA2 FADD2 FMUL2 HFMA2 HADD2 HMUL2",
    "bits": "POPC FLO BREV MUFU I2F F2I F2F I2I FRND REDUX CREDUX",
    "load/store": "LDS STS LDG STG LD ST LDL STL LDSM STSM LDGSTS ATOMS ATOMG ATOM RED REDG SHFL",
    "double": "DFMA DADD DMUL DSETP",
    "tensor": "BMMA HMMA IMMA DMMA MOVM",
    "": "BRA BRX JMP CALL RET EXIT BSSY BSYNC BREAK BMOV BAR WARPSYNC NOP YIELD MEMBAR ERRBAR CCTL DEPBAR "
    "LDGDEPBAR ELECT NANOSLEEP CS2R S2R S2UR R2UR LDC LDCU PREEXIT ACQBULK",
}
"""What each unit does, by the pipelines of Nsight Compute's profiling guide; the last only take an issue
slot, as does all of the uniform datapath (U...)."""

_UNIT = {name: unit for unit, names in _OPERATIONS.items() for name in names.split()}

_LANES = {"integer": 64, "add": 64, "multiply": 64, "bits": 16, "load/store": 32, ISSUE: 128}
_LANES_OF = {
    "80": _LANES | {"float": 64, "double": 32, "tensor": 16},
    "90": _LANES | {"float": 128, "double": 64},
    "100": _LANES | {"float": 128, "double": 64},
    "120": _LANES | {"float": 128, "double": 2, "add": 128},
}
"""Lanes a clock and multiprocessor: CUDA C++ Best Practices Guide 13, section 12.1.1, "Throughput of Native
Arithmetic Instructions"; four schedulers of 32 lanes; 128 bytes a clock of shared memory. ``tensor`` is
the binary rate of A100 (whitepaper: 4992 TOPS, so 2 clocks for m16n8k256); later ones are not published."""

_SHARED_PIPE = {"80": "integer", "90": "integer", "100": "integer"}
"""Where additions run on the integer pipe; 120 has both datapaths for them (RTX Blackwell whitepaper)."""

_WIDE = 2
"""Lane-clocks of a 32 x 32 -> 64 bit product: not published; `machine-wide-multiply` measures it on a GPU."""

ARCHITECTURES = tuple(_LANES_OF)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A named product whose published figures stand for its architecture."""

    name: str
    multiprocessors: int
    clock_hertz: float
    memory_bytes_per_second: float
    source: str


CHIPS = {
    "80": Chip(
        name="A100 SXM 80 GB",
        multiprocessors=108,
        clock_hertz=1.41e9,
        memory_bytes_per_second=2.039e12,
        source="NVIDIA A100 datasheet and Ampere architecture whitepaper",
    ),
    "90": Chip(
        name="H100 SXM",
        multiprocessors=132,
        clock_hertz=1.755e9,
        memory_bytes_per_second=3.35e12,
        source="NVIDIA H100 datasheet and Hopper architecture whitepaper; at the clock of the PCIe card",
    ),
    "100": Chip(
        name="B200",
        multiprocessors=148,
        clock_hertz=1.965e9,
        memory_bytes_per_second=8e12,
        source="NVIDIA HGX B200 datasheet; multiprocessors and clock by the TechPowerUp database",
    ),
    "120": Chip(
        name="RTX 5090",
        multiprocessors=170,
        clock_hertz=2.407e9,
        memory_bytes_per_second=1.792e12,
        source="NVIDIA RTX Blackwell architecture whitepaper, table 3",
    ),
}


def lane_clocks(operations: Mapping[str, float], architecture: str) -> dict[str, float]:
    """Unit -> lane-clocks of threads that issue ``operations`` (name -> how often).

    Raises ValueError for an operation that no unit is known for: it would go uncounted.
    """
    busy: defaultdict[str, float] = defaultdict(float)
    for operation, times in operations.items():
        busy[ISSUE] += times
        name, _, detail = operation.partition(".")
        unit = "" if name.startswith("U") else _UNIT.get(name)
        if unit is None:
            raise ValueError(f"no unit is known for {operation}: name it, with its source, in bound.py")
        if unit == "add":
            unit = _SHARED_PIPE.get(architecture, unit)
        if unit:
            busy[unit] += times * _weight(unit, detail)
    return dict(busy)


def _weight(unit: str, detail: str) -> int:
    if unit == "load/store":  # four bytes of each lane at once
        return max(int(detail or 32) // 32, 1)
    return _WIDE if detail in ("WIDE", "HI") else 1


@dataclass(frozen=True, kw_only=True)
class Bound:
    """``clocks``: by unit, clocks that one item keeps it of one multiprocessor busy; ``unit``: the busiest.

    ``copy_share``: bytes moved at the bound over the memory's rate; 1 where memory is the limit.
    ``unknown``: units whose rate is not published, so not counted.
    """

    clocks: Mapping[str, float]
    unit: str
    items_per_second: float
    copy_share: float
    unknown: tuple[str, ...] = ()


def bound(busy: Mapping[str, float], architecture: str, *, bytes_per_item: float) -> Bound:
    """What ``busy`` lane-clocks of each unit an item allow on the chip of ``architecture``.

    ``bytes_per_item`` are read and written in device memory.
    """
    chip, lanes = CHIPS[architecture], _LANES_OF[architecture]
    all_clocks = chip.multiprocessors * chip.clock_hertz
    clocks = {unit: busy[unit] / lanes[unit] for unit in busy if unit in lanes}
    clocks[MEMORY] = bytes_per_item * all_clocks / chip.memory_bytes_per_second
    unit = max(clocks, key=clocks.__getitem__)
    return Bound(
        clocks=clocks,
        unit=unit,
        items_per_second=all_clocks / clocks[unit],
        copy_share=clocks[MEMORY] / clocks[unit],
        unknown=tuple(sorted(set(busy) - set(lanes))),
    )
