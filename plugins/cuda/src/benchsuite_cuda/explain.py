"""``benchsuite cuda explain``: what machine code says of a kernel before any GPU has run it.

All it prints is predicted and says so; nothing of it gets into a run file.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Iterator, Sequence

from benchsuite_cuda.bound import ARCHITECTURES, CHIPS, ISSUE
from benchsuite_cuda.machine_code import MachineCode, machine_code, machine_codes
from benchsuite_cuda.nvrtc import ToolMissing, version
from benchsuite_cuda.occupancy import fits
from benchsuite_cuda.source import KernelForm, forms

USAGE, UNAVAILABLE = 2, 4
"""Exit codes, as those of the suite."""

TABLE_HEAD = (
    "| kernel | item | bytes an item | registers | warps | limit | predicted bound | of copy bandwidth |",
    "|---|---|---|---|---|---|---|---|",
)


def parser() -> argparse.ArgumentParser:
    """Of ``benchsuite cuda``."""
    command = argparse.ArgumentParser(prog="benchsuite cuda", description="CUDA kernels, without a GPU.")
    commands = command.add_subparsers(required=True, metavar="COMMAND")
    explain = commands.add_parser(
        "explain",
        help="predict what limits a kernel, by its machine code",
        description="Registers, occupancy, operations of the main loop, and the bound on a kernel, "
        "predicted by counting machine code; nothing is run.",
    )
    explain.add_argument("kernel", nargs="?", metavar="KERNEL", help="a kernel; without it they are listed")
    explain.add_argument("--arch", choices=[f"sm_{digits}" for digits in ARCHITECTURES], default="sm_90")
    explain.add_argument("--table", action="store_true", help="a row of Markdown for each, or for KERNEL")
    return command


def main(arguments: list[str]) -> int:
    """``explain [KERNEL] [--arch sm_90] [--table]``; the exit code."""
    options = parser().parse_args(arguments)
    try:
        return _explain(options.kernel, options.arch.removeprefix("sm_"), table=options.table)
    except ToolMissing as error:
        print(f"benchsuite cuda explain: {error}", file=sys.stderr)
        return UNAVAILABLE


def _explain(kernel: str | None, architecture: str, *, table: bool) -> int:
    known = forms()
    chosen = [form for form in known if kernel in (None, form.name, form.label)]
    if kernel and not chosen:
        names = sorted({form.name for form in known} | {form.label for form in known})
        near = difflib.get_close_matches(str(kernel), names, n=3, cutoff=0.4)
        said = f"; near it: {', '.join(near)}" if near else ""
        print(f"benchsuite cuda explain: there is no kernel {kernel!r}{said}", file=sys.stderr)
        return USAGE
    if table:
        fitting = [(form, architecture) for form in chosen if fits(architecture, form.shared_bytes)]
        lines: Iterable[str] = table_of(machine_codes(fitting))
    elif kernel is None:
        lines = (f"{form.label}  (one {form.items}; kernels/{form.source}.cu)" for form in known)
    else:
        lines = (line for form in chosen for line in page_of(machine_code(form, architecture)))
    for line in lines:
        print(line)
    return 0


def table_of(codes: Sequence[MachineCode]) -> Iterator[str]:
    """Markdown; every figure follows from machine code."""
    yield from TABLE_HEAD
    for code in codes:
        form, limit = code.form, code.bound()
        entries = (
            *(f"`{form.label}`", form.items, f"{form.bytes_per_item:g}"),
            *(f"{code.registers}", f"{code.occupancy().warps}"),
            *(limit.unit, _rate(form, limit.items_per_second), _share(code)),
        )
        yield f"| {' | '.join(entries)} |"


def _rate(form: KernelForm, items_per_second: float) -> str:
    """As user data where the items have any."""
    if form.payload_per_item:
        return f"{items_per_second * form.payload_per_item / 1e9:.0f} GB/s"
    return f"{items_per_second / 1e9:.0f} · 10⁹/s"


def _share(code: MachineCode) -> str:
    return f"{code.bound().copy_share:.2f}" if code.form.bytes_per_item else "–"


def page_of(code: MachineCode) -> Iterator[str]:
    """All that is counted of one form."""
    form, chip, limit, resident = code.form, CHIPS[code.architecture], code.bound(), code.occupancy()
    issued = sum(code.operations.values())
    yield f"{form.label} on sm_{code.architecture}: predicted from code of NVRTC {version()}, not measured"
    yield (
        f"  chip           {chip.name}: {chip.multiprocessors} multiprocessors at "
        f"{chip.clock_hertz / 1e9:g} GHz, {chip.memory_bytes_per_second / 1e12:g} TB/s"
    )
    yield f"  registers      {code.registers} a thread, {code.spilled_bytes} bytes spilled"
    yield f"  shared memory  {code.shared_bytes} bytes a block of {form.threads} threads"
    yield (
        f"  occupancy      blocks a multiprocessor at once: {resident.blocks}, {resident.warps} warps "
        f"({resident.share:.0%}), limited by {resident.limit}"
    )
    yield f"  main loop      {issued:.4g} operations for one {form.items}:"
    counts = sorted(code.operations.items(), key=lambda pair: (-pair[1], pair[0]))
    said = [f"{name} {times:.4g}" for name, times in counts]
    for start in range(0, len(said), 8):
        yield f"                 {', '.join(said[start : start + 8])}"
    yield f"  clocks         that one {form.items} keeps a multiprocessor busy:"
    for unit, clocks in sorted(limit.clocks.items(), key=lambda pair: -pair[1]):
        yield f"                 {clocks:9.4g} {unit if unit != ISSUE else 'issue of instructions'}"
    for unit in limit.unknown:
        yield f"                   unknown {unit}: its rate is not published, so it is not counted"
    yield f"  limit          {limit.unit}"
    yield (
        f"  bound          {limit.items_per_second:.4g} a second ({_rate(form, limit.items_per_second)}), "
        f"{_share(code)} of copy bandwidth (predicted)"
    )
