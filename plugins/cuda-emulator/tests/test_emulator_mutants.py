"""A mutant is killed by a wrong answer, a fault, a crash or a standstill, and by nothing else."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cuda_emulator import Emulator
from cuda_emulator.mutants import Mutant, mutated, read_mutants, verdict

SOURCE = """
extern "C" __global__ void count(unsigned* out) {
  __shared__ unsigned seen[64];
  seen[threadIdx.x] = threadIdx.x;
  __syncthreads();
  out[threadIdx.x] = seen[63 - threadIdx.x] + 1;
}
"""


def check(code: str) -> None:
    for order in ("forward", "reverse"):
        cp: Any = Emulator(order)
        out = cp.empty(64, np.uint32)
        cp.RawModule(code=code).get_function("count")((1,), (64,), (out,))
        assert (out.get() == 64 - np.arange(64)).all()


@pytest.mark.parametrize(
    ("find", "replace", "expected"),
    [
        ("+ 1", "+ 2", "killed"),
        ("  __syncthreads();\n", "", "killed"),
        ("seen[63 -", "seen[62 -", "killed"),
        ("__syncthreads();", "if (threadIdx.x) __syncthreads(); else __syncwarp();", "killed"),
        ("out[threadIdx.x]", "*(unsigned*)8", "killed"),
        ("seen[64]", "seen[65]", "survived"),
        ("+ 1", "+ nothing", "does not compile"),
    ],
)
def test_a_verdict_tells_wrong_answers_from_equal_ones_and_from_no_program(
    find: str, replace: str, expected: str
) -> None:
    code = mutated(SOURCE, Mutant("try", find, replace))
    assert verdict(lambda: check(code)) == expected


def test_a_standstill_is_a_kill() -> None:
    code = mutated(
        SOURCE, Mutant("never ends", "  out[", "  while (*(volatile unsigned*)seen == 0);\n  out[")
    )
    assert verdict(lambda: check(code), seconds=1) == "killed"


def test_a_check_leaves_this_process_as_it_is() -> None:
    before = os.getpid(), dict(os.environ)
    assert verdict(lambda: os.environ.update(CHANGED="yes")) == "survived"
    assert (os.getpid(), dict(os.environ)) == before


@pytest.mark.parametrize(
    ("mutant", "why"),
    [
        (Mutant("gone", "absent", "x"), "gone: 'absent' stands 0 times in the source, not 1"),
        (Mutant("twice", "seen[", "x"), "twice: 'seen\\[' stands 3 times in the source, not 1"),
        (Mutant("same", "+ 1", "+ 1"), "same: it changes nothing"),
    ],
)
def test_a_mutant_must_change_what_is_there(mutant: Mutant, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        mutated(SOURCE, mutant)


def test_mutants_are_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "count.toml"
    path.write_text('[[mutant]]\nwhy = "off by one"\nfind = "+ 1"\nreplace = "+ 2"\ncount = 1\n')
    assert read_mutants(path) == [Mutant("off by one", "+ 1", "+ 2")]
    path.write_text('[[mutant]]\nwhy = "off by one"\n')
    with pytest.raises(ValueError, match=r"count.toml: a mutant has why, find, replace"):
        read_mutants(path)
