"""The command, over a kernel whose figures can be counted on paper."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import benchsuite_cuda
import pytest
from benchsuite_cuda import explain, sass, source
from benchsuite_cuda.machine_code import MachineCode
from benchsuite_cuda.source import KernelForm, forms

pytest.importorskip("cupy")

KERNEL = """
extern "C" __global__ void __launch_bounds__(256) mixed(const uint4 *from, uint4 *to, u64 count) {
    const u64 step = (u64)gridDim.x * blockDim.x;
#pragma unroll 1
    for (u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += step) {
        uint4 data = from[i];
        for (int round = 0; round < ROUNDS; round++) data.x = __popc(data.x ^ data.y) + round;
        to[i] = data;
    }
}
"""


def form(rounds: int, *, shared_bytes: int = 0) -> KernelForm:
    return KernelForm(
        source="explained",
        name="mixed",
        defines={"ROUNDS": rounds},
        threads=256,
        shared_bytes=shared_bytes,
        items="quarter of a line",
        bytes_per_item=32,
        payload_per_item=16,
    )


@pytest.fixture(autouse=True)
def _kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "prelude.cuh").write_text("typedef unsigned long long u64;\n", encoding="utf-8")
    (tmp_path / "explained.cu").write_text(KERNEL, encoding="utf-8")
    monkeypatch.setattr(source, "FOLDER", tmp_path)
    monkeypatch.setattr(explain, "forms", lambda: [form(1), form(64)])
    source._read.cache_clear()
    yield
    source._read.cache_clear()


def run(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    (command,) = benchsuite_cuda.benchsuite_commands()
    assert command.name == "cuda"
    code = command.main(arguments.split())
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_without_a_name_the_kernels_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("explain", capsys)
    assert code == 0
    assert out.splitlines() == [
        "mixed[ROUNDS=1]  (item: quarter of a line; kernels/explained.cu)",
        "mixed[ROUNDS=64]  (item: quarter of a line; kernels/explained.cu)",
    ]


def test_an_architecture_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain --arch sm_80", capsys) == (
        2,
        "",
        "benchsuite cuda explain: --arch says nothing without a KERNEL or --table\n",
    )


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
def test_a_form_is_explained_by_its_counts(architecture: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(f"explain mixed[ROUNDS=64] --arch {architecture}", capsys)
    assert code == 0
    title, *_ = out.splitlines()
    assert title.startswith(f"mixed[ROUNDS=64] on {architecture}: predicted from code of NVRTC ")
    assert title.endswith(", not measured")
    for said in ("registers ", "0 bytes spilled", "blocks a multiprocessor at once: 8, 64 warps", "POPC 64"):
        assert said in out
    assert "4 bits" in " ".join(out.split())
    assert out.rstrip().endswith("(predicted)")


def test_the_rounds_decide_whether_memory_or_counting_bits_is_the_limit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run("explain --table", capsys)
    few, many = out.splitlines()[2:]
    assert (code, err) == (0, "compiled: 1 of 2\ncompiled: 2 of 2\n")
    assert few.startswith("| `mixed[ROUNDS=1]` | quarter of a line | 32 |")
    assert few.endswith("| device memory | 1675 GB/s | 1.00 |")  # half of 3.35 TB/s is read, half written
    assert many.endswith("| bits | 927 GB/s | 0.55 |")  # 64 / 16 clocks: 132 x 1.755 GHz / 4 x 16 bytes


def test_a_form_that_does_not_fit_has_no_bound_and_is_named_below_the_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain, "forms", lambda: [form(2), form(64, shared_bytes=131072)])
    assert run("explain mixed[ROUNDS=64] --arch sm_120", capsys) == (
        0,
        "mixed[ROUNDS=64] on sm_120: does not fit: 131072 bytes of shared memory a block, "
        "101376 there; no bound\n",
        "",
    )
    _, out, _ = run("explain --table --arch sm_120", capsys)
    row, blank, left_out = out.splitlines()[2:]
    assert (row.split("`")[1], blank) == ("mixed[ROUNDS=2]", "")
    assert left_out == "left out: `mixed[ROUNDS=64]`: a block has 101376 bytes of shared memory at most"
    assert "left out" not in run("explain --table --arch sm_90", capsys)[1]


@pytest.mark.parametrize(("architecture", "unknown"), [("80", False), ("90", True)])
def test_a_unit_of_unknown_rate_stands_beside_the_limit_and_makes_the_bound_a_ceiling(
    architecture: str, unknown: bool
) -> None:
    code = MachineCode(
        form=replace(form(1), bytes_per_item=0, payload_per_item=0),
        architecture=architecture,
        registers=16,
        shared_bytes=0,
        spilled_bytes=0,
        busy={"tensor": 1, "issue": 128},
    )
    *_, row = explain.table_of([code])
    *_, limit, bound = explain.page_of(code)
    assert ("| issue (tensor unknown) | ≤ " in row, "| issue | " in row) == (unknown, not unknown)
    assert limit.endswith("issue (tensor unknown)") == unknown
    assert ("(≤ " in bound) == unknown
    assert bound.endswith(" · 10⁹/s) (predicted)")  # no share of a copy: nothing is moved


def test_all_forms_of_a_kernel_go_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("explain mixed", capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "mixed[ROUNDS=1]",
        "mixed[ROUNDS=64]",
    ]


def test_an_unknown_kernel_is_one_line_with_the_nearest_names(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("explain mixt", capsys)
    assert (code, out) == (2, "")
    assert err.startswith("benchsuite cuda explain: there is no kernel 'mixt'; there are: mixed")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("crc", "there is no kernel 'crc'; there are: crc_parts, crc_sum"),
        (
            "nosuch",
            "there is no kernel 'nosuch'; there are: aes_ctr, aes_ctr_bitsliced, aes_ctr_long, aes_ecb, ",
        ),
        (
            "aes_ecb[ROUNDS=10]",
            "'aes_ecb[ROUNDS=10]' is not among the examined forms; near it: aes_ecb[INVERSE=",
        ),
        (
            "decode_sliced[hamming-63-57]",
            "'decode_sliced[hamming-63-57]' is not among the examined forms; near it: decode_sliced[",
        ),
    ],
)
def test_what_is_near_is_of_the_same_kernel_or_begins_so_or_is_every_kernel(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain, "forms", forms)
    code, _, err = run(f"explain {name}", capsys)
    assert code == 2
    assert err.startswith(f"benchsuite cuda explain: {said}")
    assert "aes_ecb_bitsliced[" not in err


def test_a_missing_tool_is_one_line_with_the_remedy_and_exit_code_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sass, "PACKAGE", "nvidia-cuda-nvdisasm-is-not-here")
    monkeypatch.setenv("PATH", "")
    code, out, err = run("explain mixed[ROUNDS=1] --arch sm_120", capsys)
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith("benchsuite cuda explain: nvdisasm is missing: pip install nvidia-cuda-nvdisasm")


def test_the_forms_of_all_modules_have_names_of_their_own() -> None:
    labels = [form.label for form in forms()]
    assert len(set(labels)) == len(labels)
