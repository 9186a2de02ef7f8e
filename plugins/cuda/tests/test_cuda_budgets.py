"""The machine code of every form of every kernel, on every architecture, against its budget."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from benchsuite_cuda.bound import ARCHITECTURES
from benchsuite_cuda.machine_code import MachineCode, counted, machine_code, machine_codes
from benchsuite_cuda.nvrtc import compiled, version
from benchsuite_cuda.sass import disassembled, global_bytes, parse
from benchsuite_cuda.source import KernelForm, forms

pytest.importorskip("cupy")

ROOT = Path(__file__).parents[3]
BUDGETS = runpy.run_path(str(ROOT / "ci/cuda_budgets.py"))
FORMS = [
    pytest.param(form, architecture, id=f"{form.label}-sm_{architecture}")
    for form in forms()
    for architecture in ARCHITECTURES
    if BUDGETS["used"](form, architecture)
]

SUM = """
extern "C" __global__ void __launch_bounds__(256) sum(const unsigned *from, unsigned *to, int count) {
#pragma unroll 1
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        unsigned data = from[i];
        to[i] = WORK;
    }
}
"""
SUM_FORM = KernelForm(
    source="sum", name="sum", defines={}, threads=256, shared_bytes=0, items="word", bytes_per_item=8
)


@pytest.fixture(scope="module")
def _compiled_side_by_side() -> None:
    machine_codes((form, architecture) for param in FORMS for form, architecture in [param.values])


def code_of(work: str) -> MachineCode:
    made = compiled(SUM.replace("WORK", work), "90")
    return counted(SUM_FORM, "90", made, parse(disassembled(made.cubin)))


@pytest.mark.usefixtures("_compiled_side_by_side")
@pytest.mark.parametrize(("form", "architecture"), FORMS)
def test_every_form_spills_nothing_fits_and_keeps_to_its_budget(form: KernelForm, architecture: str) -> None:
    code = machine_code(form, architecture)
    budgets: Any = BUDGETS["read"](form.source)
    same = budgets["compiler"]["nvrtc"] == version()
    assert code.spilled_bytes == 0
    assert code.occupancy().blocks > 0
    assert not list(BUDGETS["excess"](budgets[form.label][f"sm_{architecture}"], code, same_compiler=same))


@pytest.mark.usefixtures("_compiled_side_by_side")
@pytest.mark.parametrize(("form", "architecture"), FORMS)
def test_the_loop_that_is_counted_moves_the_bytes_that_the_form_states(
    form: KernelForm, architecture: str
) -> None:
    """Else it is not the main loop, or unrolled by four; ways to go byte by byte count too."""
    moved, stated = global_bytes(machine_code(form, architecture).operations), form.bytes_per_item
    assert 0.95 * stated <= moved < 4 * max(stated, 0.125)


def test_there_is_a_budget_for_every_form_and_for_nothing_else() -> None:
    kept = {
        (path.stem, label, architecture)
        for path in BUDGETS["FOLDER"].glob("*.toml")
        for label, budgets in BUDGETS["read"](path.stem).items()
        if label != "compiler"
        for architecture in budgets
    }
    wanted = {
        (form.source, form.label, f"sm_{architecture}")
        for form in forms()
        for architecture in ARCHITECTURES
        if BUDGETS["used"](form, architecture)
    }
    assert kept == wanted, f"run {BUDGETS['COMMAND']}"


def test_more_work_in_the_loop_is_found_with_old_new_and_the_command_that_renews() -> None:
    lean, heavy = code_of("data ^ 5u"), code_of("(data ^ 5u) + __popc(data)")
    budget = BUDGETS["budget_of"](lean)
    assert not list(BUDGETS["excess"](budget, lean, same_compiler=True))
    found = list(BUDGETS["excess"](budget, heavy, same_compiler=True))
    assert (
        "sum on sm_90: bits 0 -> 1; where this is wanted: uv run --group test python ci/cuda_budgets.py"
        in found
    )
    assert any(line.startswith("sum on sm_90: issue ") for line in found)


def test_code_that_became_leaner_passes() -> None:
    lean, heavy = code_of("data ^ 5u"), code_of("(data ^ 5u) + __popc(data)")
    assert not list(BUDGETS["excess"](BUDGETS["budget_of"](heavy), lean, same_compiler=True))


def test_another_compiler_may_take_a_tenth_more() -> None:
    code = code_of("data ^ 5u")
    taken = BUDGETS["budget_of"](code)
    for part, excess in (("registers", 1.05), ("issue", 1.05)):
        budget = taken | {part: taken[part] / excess}
        assert list(BUDGETS["excess"](budget, code, same_compiler=True))
        assert not list(BUDGETS["excess"](budget, code, same_compiler=False))
    assert list(BUDGETS["excess"](taken | {"issue": taken["issue"] / 1.2}, code, same_compiler=False))


def test_the_example_of_the_page_is_what_the_command_prints() -> None:
    text = (ROOT / "docs/cuda.md").read_text(encoding="utf-8")
    shown = text.partition(BUDGETS["EXAMPLE_BEGIN"])[2].partition(BUDGETS["EXAMPLE_END"])[0]
    assert f"    benchsuite cuda explain '{BUDGETS['EXAMPLE']}'\n" in shown
    if f"NVRTC {version()}," in shown:  # another compiler's code has figures of its own
        assert BUDGETS["example"]() == shown, f"run {BUDGETS['COMMAND']}"


def test_the_table_of_the_page_is_what_the_budgets_imply() -> None:
    text = (ROOT / "docs/cuda.md").read_text(encoding="utf-8")
    assert BUDGETS["BEGIN"] in text
    assert BUDGETS["page"](text) == text, f"run {BUDGETS['COMMAND']}"
