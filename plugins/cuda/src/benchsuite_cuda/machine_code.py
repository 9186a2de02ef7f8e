"""What a kernel becomes on an architecture: registers, shared memory, spills, operations of its main loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from benchsuite_cuda.bound import Bound, bound, lane_clocks
from benchsuite_cuda.nvrtc import Compiled, compiled
from benchsuite_cuda.occupancy import Occupancy, occupancy
from benchsuite_cuda.sass import Function, disassembled, flow, main_loop, parse
from benchsuite_cuda.source import KernelForm, text

_Key: TypeAlias = tuple[str, tuple[tuple[str, int], ...], str]


@dataclass(frozen=True, kw_only=True)
class MachineCode:
    """``shared_bytes``: static and dynamic ones of a block.

    ``busy``: unit -> lane-clocks an item; ``operations``: how often each is issued by the threads of an item.
    """

    form: KernelForm
    architecture: str
    registers: int
    shared_bytes: int
    spilled_bytes: int
    busy: Mapping[str, float]
    operations: Mapping[str, float] = field(default_factory=dict)

    def bound(self) -> Bound:
        """The most items a second on the architecture's chip."""
        return bound(self.busy, self.architecture, bytes_per_item=self.form.bytes_per_item)

    def occupancy(self) -> Occupancy:
        """How many blocks run at once."""
        return occupancy(
            self.architecture,
            threads=self.form.threads,
            registers=self.registers,
            shared_bytes=self.shared_bytes,
        )


def machine_code(form: KernelForm, architecture: str) -> MachineCode:
    """Compile and disassemble ``form`` for ``architecture`` (``90``); no GPU, no driver is needed.

    Raises ToolMissing, DoesNotCompile; ValueError where the form does not fit the loops of the code.
    """
    return counted(form, architecture, *_of_source(*_key(form, architecture)))


def machine_codes(
    wanted: Iterable[tuple[KernelForm, str]], progress: Callable[[int, int], None] | None = None
) -> list[MachineCode]:
    """``machine_code`` of each, as many compiled at a time as there are cores.

    ``progress`` is called with how many compilations are over, of how many.
    """
    pairs = list(wanted)
    keys = dict.fromkeys(_key(*pair) for pair in pairs)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(lambda key: _of_source(*key), keys), start=1):  # which caches
            if progress:
                progress(done, len(keys))
    return [machine_code(*pair) for pair in pairs]


def counted(
    form: KernelForm, architecture: str, made: Compiled, functions: Mapping[str, Function]
) -> MachineCode:
    """What ``made`` and its ``functions`` have for ``form``."""
    resources = made.resources[form.name]
    try:
        turn = main_loop(flow(functions[form.name]), form.inner_turns, whole=form.whole)
        operations = {name: times / form.items_per_loop for name, times in turn.items()}
        busy = lane_clocks(operations, architecture)
    except ValueError as error:
        raise ValueError(f"{form.label} on sm_{architecture}: {error}") from error
    return MachineCode(
        form=form,
        architecture=architecture,
        registers=resources.registers,
        shared_bytes=resources.shared_bytes + form.shared_bytes,
        spilled_bytes=resources.spilled_bytes,
        busy=busy,
        operations=operations,
    )


def _key(form: KernelForm, architecture: str) -> _Key:
    return form.source, tuple(sorted(form.defines.items())), architecture


@cache
def _of_source(
    source: str, defines: tuple[tuple[str, int], ...], architecture: str
) -> tuple[Compiled, dict[str, Function]]:
    """All kernels of one file: forms often share one."""
    made = compiled(text(source, dict(defines)), architecture)
    return made, parse(disassembled(made.cubin))
