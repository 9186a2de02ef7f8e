"""Every planted wrong of ``bugs.cu`` is found by the detector for it, and named with its line."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import planted
import pytest
from cuda_emulator import Emulator

HERE = Path(__file__).parent


def line_of(kernel: str) -> int:
    """Of the comment ``wrong`` in a kernel."""
    lines = planted.SOURCE.splitlines()
    start = next(i for i, line in enumerate(lines) if f" {kernel}(" in line)
    return next(i for i in range(start, len(lines)) if "// wrong" in lines[i]) + 1


def sanitized(sanitizer: str, kernel: str) -> subprocess.CompletedProcess[str]:
    under = [sys.executable, "-m", "cuda_emulator.sanitized", sanitizer, "--"]
    command = [*under, sys.executable, str(HERE / "planted.py"), kernel]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("sanitizer", "kernel", "finding"),
    [
        ("address", "writes_behind", "use-after-poison"),
        ("address", "reads_behind", "use-after-poison"),
        ("address", "leaves_static_shared", "global-buffer-overflow"),
        ("address", "leaves_dynamic_shared", "use-after-poison"),
        ("thread", "lacks_a_barrier", "data race"),
        ("thread", "lacks_a_warp_barrier", "data race"),
        ("undefined", "shifts_too_far", "shift exponent 32 is too large"),
        ("undefined", "is_misaligned", "misaligned address"),
    ],
)
def test_a_sanitizer_ends_the_command_and_names_the_line(sanitizer: str, kernel: str, finding: str) -> None:
    done = sanitized(sanitizer, kernel)
    assert done.returncode == 66, done.stderr
    assert finding in done.stderr
    assert f"kernel.cu:{line_of(kernel)}" in done.stderr


@pytest.mark.parametrize("sanitizer", ["address", "thread", "undefined", "uninitialised"])
def test_a_sanitizer_has_nothing_against_a_kernel_with_its_barriers(sanitizer: str) -> None:
    done = sanitized(sanitizer, "has_its_barriers")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("kernel", "finding"),
    [
        ("leaves_before_a_shuffle", "a lane left the kernel while its warp waits for it in a collective"),
        ("is_outside_its_mask", "a collective is called by a lane outside its mask"),
        ("shuffles_from_outside", "a shuffle reads a lane outside its mask"),
        ("meets_elsewhere", "threads of a block wait at different barriers"),
        ("meets_beside", "threads of a block wait at different barriers"),
        ("meets_in_a_macro", "threads of a block wait at different barriers"),
        ("waits_for_nobody", "waits in a warp collective for lanes that never come"),
        ("traps", "__trap()"),
    ],
)
def test_a_fault_is_named_with_block_thread_and_line(kernel: str, finding: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        planted.run(Emulator(), kernel)
    message = str(caught.value)
    assert f"{kernel}: {finding}: block (0, 0, 0), thread (" in message
    assert message.endswith(f"kernel.cu:{line_of(kernel)}")


def test_a_barrier_does_not_wait_for_threads_that_have_left_the_kernel() -> None:
    assert (planted.run(Emulator(), "leaves_before_a_barrier") == 1).all()


def test_a_thread_that_leaves_its_stack_is_named() -> None:
    with pytest.raises(RuntimeError, match="more local memory than a thread's stack has: block"):
        planted.run(Emulator(), "needs_a_large_stack")


@pytest.mark.parametrize("order", ["forward", "reverse", "random:4"])
def test_lanes_that_vote_in_different_ways_are_found_in_every_order(order: str) -> None:
    with pytest.raises(RuntimeError, match="lanes of one mask meet in different collectives"):
        planted.run(Emulator(order), "votes_apart")


def test_a_missing_barrier_shows_in_what_some_orders_compute() -> None:
    answers = {order: planted.run(Emulator(order), "lacks_a_barrier") for order in ("forward", "reverse")}
    right = np.arange(64)[::-1]
    assert not any((answer == right).all() for answer in answers.values())
    assert not (answers["forward"] == answers["reverse"]).all()


def test_shared_memory_that_nobody_wrote_holds_poison() -> None:
    answer = planted.run(Emulator(), "leaves_shared_unset")
    assert (answer[:60] == 1).all()
    assert (answer[60:] == 0xA5A5A5A5).all()


@pytest.mark.parametrize(
    ("kernel", "thread"),
    [("leaves_shared_unset", 60), ("adds_to_what_is_unset", 0), ("lacks_a_barrier", 0)],
)
def test_a_read_of_what_nobody_wrote_is_named(kernel: str, thread: int) -> None:
    with pytest.raises(RuntimeError) as caught:
        planted.run(Emulator(sanitize="uninitialised"), kernel)
    what = f"{kernel}: reads shared memory that no thread of the block wrote"
    place = f"block (0, 0, 0), thread ({thread}, 0, 0), kernel.cu:{line_of(kernel)}"
    assert str(caught.value).endswith(f"{what}: {place}")


@pytest.mark.parametrize(
    ("kernel", "finding"),
    [
        ("writes_behind", "wrote before or behind array 0 of its arguments"),
        ("leaves_dynamic_shared", "a write behind the dynamic shared memory of the launch"),
        ("writes_constant_data", "changed an array that it takes by a pointer to const"),
    ],
)
def test_stray_writes_are_found_without_a_sanitizer_too(kernel: str, finding: str) -> None:
    with pytest.raises(RuntimeError, match=re.escape(finding)):
        planted.run(Emulator(), kernel)


def test_after_a_fault_the_next_launch_is_sound() -> None:
    cp: Any = Emulator()
    with pytest.raises(RuntimeError, match="different barriers"):
        planted.run(cp, "meets_elsewhere")
    assert planted.run(cp, "has_its_barriers").sum() == 64 * 63 // 2


def test_a_sanitizer_that_is_not_loaded_says_how_to_load_it() -> None:
    with pytest.raises(Exception, match=r"python -m cuda_emulator.sanitized address -- COMMAND"):
        planted.run(Emulator(sanitize="address"), "has_its_barriers")


@pytest.mark.parametrize("arguments", [[], ["memory", "--", "true"], ["address"], ["address", "--"]])
def test_the_runner_of_sanitizers_says_how_it_is_used(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "cuda_emulator.sanitized", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    known = "address|thread|undefined|uninitialised"
    assert done.stderr == f"usage: python -m cuda_emulator.sanitized {known} -- COMMAND ...\n"
