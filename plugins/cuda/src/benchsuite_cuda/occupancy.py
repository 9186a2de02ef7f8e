"""How many blocks of a kernel fit on a multiprocessor at once, and what keeps the next one out.

The limits of each architecture are those of the CUDA Programming Guide, appendix "Compute Capabilities",
"Technical Specifications per Compute Capability"; the rounding is that of NVIDIA's occupancy calculator.
"""

from __future__ import annotations

from dataclasses import dataclass

_REGISTERS = 65536
"""Of 32 bits, on every multiprocessor from compute capability 5.0 on."""

_REGISTERS_AT_ONCE = 256
"""A warp's registers are given in units of so many."""

_WARPS_AT_ONCE = 4
"""The registers lie in four parts, so warps fit in multiples of four."""

_SHARED_AT_ONCE = 128
_SHARED_RESERVED = 1024
"""Bytes that the system keeps of each block, from compute capability 8.0 on."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one multiprocessor; ``shared_bytes_a_block`` is what a kernel may opt in to."""

    warps: int
    blocks: int
    shared_bytes: int
    shared_bytes_a_block: int


LIMITS = {
    "80": Limits(warps=64, blocks=32, shared_bytes=164 << 10, shared_bytes_a_block=163 << 10),
    "90": Limits(warps=64, blocks=32, shared_bytes=228 << 10, shared_bytes_a_block=227 << 10),
    "100": Limits(warps=64, blocks=32, shared_bytes=228 << 10, shared_bytes_a_block=227 << 10),
    "120": Limits(warps=48, blocks=24, shared_bytes=100 << 10, shared_bytes_a_block=99 << 10),
}
"""By the digits of the architecture."""


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """Of one multiprocessor; ``limit``: which of registers, shared memory, warps and blocks are used up."""

    blocks: int
    warps: int
    share: float
    limit: str


def fits(architecture: str, shared_bytes: int) -> bool:
    """Whether a block may have so much shared memory."""
    return shared_bytes <= LIMITS[architecture].shared_bytes_a_block


def occupancy(architecture: str, *, threads: int, registers: int, shared_bytes: int) -> Occupancy:
    """Blocks of ``threads`` with so many registers a thread and bytes of shared memory; 0 where none fits."""
    limits = LIMITS[architecture]
    warps = -(-threads // 32)
    of_a_warp = _rounded(registers * 32, _REGISTERS_AT_ONCE)
    by_registers = _REGISTERS // max(of_a_warp, 1) // _WARPS_AT_ONCE * _WARPS_AT_ONCE // warps
    of_a_block = _rounded(shared_bytes + _SHARED_RESERVED, _SHARED_AT_ONCE)
    ways = {
        "warps": limits.warps // warps,
        "blocks": limits.blocks,
        "registers": by_registers,
        "shared memory": limits.shared_bytes // of_a_block if fits(architecture, shared_bytes) else 0,
    }
    blocks = min(ways.values())
    return Occupancy(
        blocks=blocks,
        warps=blocks * warps,
        share=blocks * warps / limits.warps,
        limit=" and ".join(name for name, most in ways.items() if most == blocks),
    )


def _rounded(count: int, unit: int) -> int:
    return -(-count // unit) * unit
