#!/usr/bin/env python3
"""Writes budgets of machine code, plugins/cuda/budgets/<source>.toml, and a table of docs/cuda.md from them.

A budget is a ceiling for one form of a kernel on one architecture: registers, bytes of shared memory, and the
lane-clocks that an item takes of each unit. Tests fail where code of the same compiler exceeds it; another
version of the compiler may exceed it by a tenth. Run this where a change is wanted, and read the difference.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from benchsuite_cuda.bound import ARCHITECTURES
from benchsuite_cuda.explain import page_of, table_of
from benchsuite_cuda.machine_code import MachineCode, machine_code, machine_codes
from benchsuite_cuda.nvrtc import version
from benchsuite_cuda.occupancy import fits
from benchsuite_cuda.source import KernelForm, forms

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "plugins/cuda/budgets"
PAGE = ROOT / "docs/cuda.md"
EXAMPLE = "aes_ecb[INVERSE=0,ROUNDS=10,TABLES=4,WHOLE=1]"
EXAMPLE_BEGIN = "<!-- example: written by ci/cuda_budgets.py -->\n"
EXAMPLE_END = "<!-- end of the example -->\n"
BEGIN = "<!-- written by ci/cuda_budgets.py from plugins/cuda/budgets -->\n"
END = "<!-- end -->\n"
COMMAND = "uv run --group test python ci/cuda_budgets.py"
OTHER_COMPILER = 1.1
"""What another version of the compiler may take of a budget."""

Budget = Mapping[str, float]
"""``registers``, ``shared_bytes`` and, by unit, the lane-clocks of an item."""


def used(form: KernelForm, architecture: str) -> bool:
    """Whether ``form`` can run there; one with more shared memory than there is has another in its place."""
    return fits(architecture, form.shared_bytes)


def budget_of(code: MachineCode) -> Budget:
    """What ``code`` takes, as the files have it."""
    fixed = {"registers": code.registers, "shared_bytes": code.shared_bytes}
    return fixed | {unit: round(busy, 3) for unit, busy in code.busy.items()}


def read(source: str) -> Mapping[str, Mapping[str, Budget]]:
    """Form -> ``sm_…`` -> budget, and ``compiler`` -> the version that they were taken with."""
    return tomllib.loads((FOLDER / f"{source}.toml").read_text(encoding="utf-8"))


def excess(budget: Budget, code: MachineCode, *, same_compiler: bool) -> Iterator[str]:
    """A line for each part of ``budget`` that ``code`` exceeds."""
    slack = 1 if same_compiler else OTHER_COMPILER
    for part, taken in budget_of(code).items():
        if taken > budget.get(part, 0) * slack:
            where = f"{code.form.label} on sm_{code.architecture}"
            yield f"{where}: {part} {budget.get(part, 0):g} -> {taken:g}; where this is wanted: {COMMAND}"


def written(codes: Sequence[MachineCode]) -> str:
    """The file of one source."""
    lines = [
        f"# Ceilings for the machine code of kernels/{codes[0].form.source}.cu: registers a thread, shared",
        "# bytes a block, lane-clocks an item by unit. Written by ci/cuda_budgets.py, which says more.",
        f'compiler.nvrtc = "{version()}"',
    ]
    for label, of_form in groupby(codes, key=lambda code: code.form.label):
        lines += ["", f'["{label}"]']
        for code in of_form:
            parts = ", ".join(f'"{part}" = {taken:g}' for part, taken in budget_of(code).items())
            lines.append(f"sm_{code.architecture} = {{ {parts} }}")
    return "\n".join(lines) + "\n"


def table() -> str:
    """The bounds on sm_90 that the budgets imply, as Markdown."""
    codes = []
    for form in forms():
        if used(form, "90"):
            parts = dict(read(form.source)[form.label]["sm_90"])
            registers, shared_bytes = int(parts.pop("registers")), int(parts.pop("shared_bytes"))
            codes.append(
                MachineCode(
                    form=form,
                    architecture="90",
                    registers=registers,
                    shared_bytes=shared_bytes,
                    spilled_bytes=0,
                    busy=parts,
                )
            )
    return "".join(f"{line}\n" for line in table_of(codes))


def example() -> str:
    """What the command prints of one kernel, as an indented block."""
    command = f"    benchsuite cuda explain '{EXAMPLE}'"
    of_name = (form for form in forms() if form.label == EXAMPLE)
    lines = (f"    {line}" for form in of_name for line in page_of(machine_code(form, "90")))
    return "\n".join([command, *lines]) + "\n"


def between(begin: str, made: str, end: str, text: str) -> str:
    """``text`` with ``made`` between the two marks."""
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{made}{end}{after}"


def page(text: str) -> str:
    """``text`` of docs/cuda.md with the table as the budgets have it."""
    return between(BEGIN, table(), END, text)


def main() -> int:
    """Compile all forms for all architectures; write what they take."""
    FOLDER.mkdir(exist_ok=True)
    for source, of_source in groupby(forms(), key=lambda form: form.source):
        codes = machine_codes((form, one) for form in of_source for one in ARCHITECTURES if used(form, one))
        (FOLDER / f"{source}.toml").write_text(written(codes), encoding="utf-8")
        print(f"{source}: {len(codes)} budgets")
    text = between(EXAMPLE_BEGIN, example(), EXAMPLE_END, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
