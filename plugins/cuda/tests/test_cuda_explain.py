"""The command, over a kernel whose figures can be counted on paper."""

from collections.abc import Iterator
from pathlib import Path

import benchsuite_cuda
import pytest
from benchsuite_cuda import explain, sass, source
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


def form(rounds: int) -> KernelForm:
    return KernelForm(
        source="explained",
        name="mixed",
        defines={"ROUNDS": rounds},
        threads=256,
        shared_bytes=0,
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
        "mixed[ROUNDS=1]  (one quarter of a line; kernels/explained.cu)",
        "mixed[ROUNDS=64]  (one quarter of a line; kernels/explained.cu)",
    ]


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
    code, out, _ = run("explain --table", capsys)
    few, many = out.splitlines()[2:]
    assert code == 0
    assert few.startswith("| `mixed[ROUNDS=1]` | quarter of a line | 32 |")
    assert few.endswith("| device memory | 1675 GB/s | 1.00 |")  # half of 3.35 TB/s is read, half written
    assert many.endswith("| bits | 927 GB/s | 0.55 |")  # 64 / 16 clocks: 132 x 1.755 GHz / 4 x 16 bytes


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
    assert err.startswith("benchsuite cuda explain: there is no kernel 'mixt'; near it: mixed")
    assert err.count("\n") == 1
    assert run("explain qqqq", capsys)[2] == "benchsuite cuda explain: there is no kernel 'qqqq'\n"


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
