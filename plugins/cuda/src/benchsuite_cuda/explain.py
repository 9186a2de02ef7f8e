"""``benchsuite cuda explain``: what machine code says of a kernel before any GPU has run it.

All it prints is predicted and says so; nothing of it gets into a run file.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence

from benchsuite_cuda.bound import ARCHITECTURES, CHIPS, ISSUE, Bound
from benchsuite_cuda.machine_code import MachineCode, machine_code, machine_codes
from benchsuite_cuda.nvrtc import ToolMissing, version
from benchsuite_cuda.occupancy import LIMITS, fits
from benchsuite_cuda.source import KernelForm, forms

DEFAULT = "sm_90"

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
    explain.add_argument(
        "--arch",
        choices=[f"sm_{digits}" for digits in ARCHITECTURES],
        help=f"the architecture to compile for; {DEFAULT} where it is not given",
    )
    explain.add_argument(
        "--table", action="store_true", help="a row of Markdown for each that fits, or for KERNEL"
    )
    return command


def main(arguments: list[str]) -> int:
    """``explain [KERNEL] [--arch sm_90] [--table]``; the exit code."""
    options = parser().parse_args(arguments)
    if options.arch and options.kernel is None and not options.table:
        return _refused("--arch says nothing without a KERNEL or --table")
    architecture = (options.arch or DEFAULT).removeprefix("sm_")
    try:
        return _explain(options.kernel, architecture, table=options.table)
    except ToolMissing as error:
        print(f"benchsuite cuda explain: {error}", file=sys.stderr)
        return UNAVAILABLE


def _explain(kernel: str | None, architecture: str, *, table: bool) -> int:
    known = forms()
    chosen = [form for form in known if kernel in (None, form.name, form.label)]
    if kernel is not None and not chosen:
        return _refused(_unknown(kernel, known))
    if table:
        lines = _table(chosen, architecture)
    elif kernel is None:
        lines = (f"{form.label}  (item: {form.items}; kernels/{form.source}.cu)" for form in known)
    else:
        lines = (line for form in chosen for line in _page(form, architecture))
    for line in lines:
        print(line)
    return 0


def _refused(why: str) -> int:
    print(f"benchsuite cuda explain: {why}", file=sys.stderr)
    return USAGE


def _unknown(kernel: str, known: Sequence[KernelForm]) -> str:
    """With other forms of that kernel; else kernels that begin so, or are spelt alike; else all."""
    stem = kernel.partition("[")[0]
    forms_of_it = [form.label for form in known if form.name == stem]
    if forms_of_it:
        near = difflib.get_close_matches(kernel, forms_of_it, n=3, cutoff=0)
        return f"{kernel!r} is not among the examined forms; near it: {', '.join(near)}"
    names = sorted({form.name for form in known})
    labels = [form.label for form in known]
    alike = difflib.get_close_matches(kernel, [*names, *labels], n=3, cutoff=0.4)
    near = [name for name in names if name.startswith(stem)] or alike or names
    return f"there is no kernel {kernel!r}; there are: {', '.join(near)}"


def _table(chosen: Sequence[KernelForm], architecture: str) -> Iterator[str]:
    fitting = [form for form in chosen if fits(architecture, form.shared_bytes)]
    yield from table_of(machine_codes(((form, architecture) for form in fitting), _compiled))
    left_out = [f"`{form.label}`" for form in chosen if form not in fitting]
    if left_out:
        most = LIMITS[architecture].shared_bytes_a_block
        yield f"\nleft out: {', '.join(left_out)}: a block has {most} bytes of shared memory at most"


def _compiled(done: int, total: int) -> None:
    ending = "\r" if sys.stderr.isatty() and done < total else "\n"
    print(f"compiled: {done} of {total}", end=ending, file=sys.stderr, flush=True)


def _page(form: KernelForm, architecture: str) -> Iterator[str]:
    if fits(architecture, form.shared_bytes):
        yield from page_of(machine_code(form, architecture))
    else:
        most = LIMITS[architecture].shared_bytes_a_block
        yield (
            f"{form.label} on sm_{architecture}: does not fit: {form.shared_bytes} bytes of shared memory "
            f"a block, {most} there; no bound"
        )


def table_of(codes: Sequence[MachineCode]) -> Iterator[str]:
    """Markdown; every figure follows from machine code."""
    yield from TABLE_HEAD
    for code in codes:
        form, limit = code.form, code.bound()
        entries = (
            *(f"`{form.label}`", form.items, f"{form.bytes_per_item:g}"),
            *(f"{code.registers}", f"{code.occupancy().warps}"),
            *(_limit(limit), _rate(code), f"{limit.copy_share:.2f}" if form.bytes_per_item else "–"),
        )
        yield f"| {' | '.join(entries)} |"


def _limit(limit: Bound) -> str:
    return limit.unit + "".join(f" ({unit} unknown)" for unit in limit.unknown)


def _rate(code: MachineCode) -> str:
    """As user data where the items have any; with ≤ where a unit that is not counted may be the limit."""
    form, limit = code.form, code.bound()
    most = "≤ " if limit.unknown else ""
    if form.payload_per_item:
        return f"{most}{limit.items_per_second * form.payload_per_item / 1e9:.0f} GB/s"
    return f"{most}{limit.items_per_second / 1e9:.0f} · 10⁹/s"


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
    yield f"  main loop      {issued:.4g} operations an item ({form.items}):"
    counts = sorted(code.operations.items(), key=lambda pair: (-pair[1], pair[0]))
    said = [f"{name} {times:.4g}" for name, times in counts]
    for start in range(0, len(said), 8):
        yield f"                 {', '.join(said[start : start + 8])}"
    yield "  clocks         that an item keeps a multiprocessor busy:"
    for unit, clocks in sorted(limit.clocks.items(), key=lambda pair: -pair[1]):
        yield f"                 {clocks:9.4g} {unit if unit != ISSUE else 'issue of instructions'}"
    for unit in limit.unknown:
        yield f"                   unknown {unit}: its rate is not published, so it is not counted"
    yield f"  limit          {_limit(limit)}"
    share = f", {limit.copy_share:.2f} of copy bandwidth" if form.bytes_per_item else ""
    yield f"  bound          {limit.items_per_second:.4g} items a second ({_rate(code)}){share} (predicted)"
