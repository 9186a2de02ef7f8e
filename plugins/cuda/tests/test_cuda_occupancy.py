"""Blocks at once, against the examples of the CUDA C++ Best Practices Guide, section "Calculating Occupancy".

They are told for compute capability 7.0, which has the registers and warps of 8.0 and 9.0.
"""

import pytest
from benchsuite_cuda.occupancy import LIMITS, occupancy


@pytest.mark.parametrize("architecture", ["80", "90"])
@pytest.mark.parametrize(
    ("threads", "registers", "blocks", "share"),
    [(128, 37, 12, 0.75), (320, 37, 4, 0.625), (128, 32, 16, 1.0)],
)
def test_the_published_examples_come_out(
    architecture: str, threads: int, registers: int, blocks: int, share: float
) -> None:
    found = occupancy(architecture, threads=threads, registers=registers, shared_bytes=0)
    assert (found.blocks, found.share) == (blocks, share)


@pytest.mark.parametrize(
    ("architecture", "threads", "registers", "shared_bytes", "blocks", "limit"),
    [
        ("90", 32, 16, 0, 32, "blocks"),
        ("90", 256, 64, 0, 4, "registers"),
        ("90", 1024, 16, 0, 2, "warps"),
        ("90", 1024, 32, 0, 2, "warps and registers"),
        ("90", 256, 32, 113 << 10, 2, "shared memory"),
        ("90", 256, 32, 114 << 10, 1, "shared memory"),  # 1 KiB of each block is the system's
        ("120", 1024, 32, 0, 1, "warps"),
        ("120", 32, 16, 0, 24, "blocks"),
    ],
)
def test_what_is_used_up_first_is_the_limit(
    architecture: str, threads: int, registers: int, shared_bytes: int, blocks: int, limit: str
) -> None:
    found = occupancy(architecture, threads=threads, registers=registers, shared_bytes=shared_bytes)
    assert (found.blocks, found.limit) == (blocks, limit)


@pytest.mark.parametrize("architecture", LIMITS)
def test_a_block_may_have_all_that_a_kernel_can_opt_in_to_and_not_a_byte_more(architecture: str) -> None:
    most = LIMITS[architecture].shared_bytes_a_block
    assert occupancy(architecture, threads=32, registers=32, shared_bytes=most).blocks == 1
    assert occupancy(architecture, threads=32, registers=32, shared_bytes=most + 1).blocks == 0
