"""Machine code as text: the instructions of each kernel and its loops. Knows no rate, no chip, no form.

It reads what ``nvdisasm -c`` prints of a cubin.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchsuite_cuda.nvrtc import ToolMissing

PACKAGE = "nvidia-cuda-nvdisasm"

_FUNCTION = re.compile(r"\.text\.(\S+):")
_LABEL = re.compile(r"(\.L\w+|\$[\w$]+):")
_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(.*?)\s*;")
_TARGET = re.compile(r"`\((\.L\w+|\$[\w$]+)\)")
_GUARD = re.compile(r"@!?U?P\w+\s+")
_CONDITION = re.compile(r"\s!?U?P\d")
_BARRIER = re.compile(r"\bB\d+\b")
_BITS = re.compile(r"[US]?(8|16|64|128|256)")

_OF_GLOBAL = ("LDG", "STG", "LD", "ST", "LDGSTS")
_OF_MEMORY = ("LD", "ST", "ATOM", "RED.", "REDG")


@dataclass(frozen=True, kw_only=True)
class Function:
    """One kernel: its instructions in order, and the index that each label stands before."""

    instructions: Sequence[str]
    labels: Mapping[str, int]


def disassembled(cubin: bytes) -> str:
    """What ``nvdisasm -c`` prints of ``cubin``. Raises ToolMissing, where it fails too."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        try:
            done = subprocess.run([_nvdisasm(), "-c", file.name], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ToolMissing(
                f"nvdisasm fails ({type(error).__name__}): pip install --force-reinstall {PACKAGE}"
            ) from error
    return done.stdout


def _nvdisasm() -> str:
    """The program: that of the PyPI package, which brings it inside its library, else that of the PATH."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if Path(file).name in ("nvdisasm", "nvdisasm.exe"):
            return str(file.locate())
    if found := shutil.which("nvdisasm"):
        return found
    raise ToolMissing(f"nvdisasm is missing: pip install {PACKAGE}")


def parse(text: str) -> dict[str, Function]:
    """Kernel name -> its code."""
    functions: dict[str, Function] = {}
    instructions: list[str] = []
    labels: dict[str, int] = {}
    for line in text.splitlines():
        if found := _FUNCTION.match(line):
            instructions, labels = [], {}
            functions[found[1]] = Function(instructions=instructions, labels=labels)
        elif found := _LABEL.match(line):
            labels[found[1]] = len(instructions)
        elif found := _INSTRUCTION.match(line):
            instructions.append(found[1])
    return functions


def opcode(instruction: str) -> str:
    """The operation, with what its cost depends on: ``LDG.128``, ``IMAD.WIDE``, ``LOP3``."""
    name, *modifiers = _unguarded(instruction).split()[0].split(".")
    if name == "CALL" and "`(.L" in instruction:
        return "BRA"  # ptxas jumps out of loops of sm_80 so; a subroutine has a name, not a label
    if name == "IMAD":
        kept = [modifier for modifier in modifiers if modifier in ("WIDE", "HI")]
    elif name.startswith(_OF_MEMORY):
        kept = [bits[1] for modifier in modifiers if (bits := _BITS.fullmatch(modifier))]
    else:
        kept = []
    return ".".join([name, *kept[:1]])


def global_bytes(operations: Mapping[str, float]) -> float:
    """What ``operations`` load from and store to device memory, in bytes."""
    moving = (operation.partition(".") for operation in operations)
    sizes = {f"{name}{dot}{bits}": int(bits or 32) / 8 for name, dot, bits in moving if name in _OF_GLOBAL}
    return sum(times * sizes.get(operation, 0) for operation, times in operations.items())


def _unguarded(instruction: str) -> str:
    return _GUARD.sub("", instruction, count=1)


def _successors(function: Function) -> list[list[int]]:
    """Where execution may go after each instruction.

    The slow path of BRA.DIV is left out: it is taken by warps whose threads have parted only.
    """
    instructions, last = function.instructions, len(function.instructions) - 1
    ways = []
    for index, instruction in enumerate(instructions):
        words = _unguarded(instruction)
        name = words.split()[0]
        target = _TARGET.search(words)
        following = [index + 1] if index < last else []
        if opcode(instruction) == "BRA" and target and not name.startswith("BRA.DIV"):
            certain = words == instruction and not _CONDITION.search(words)
            jump = function.labels[target[1]]
            ways.append([jump] if certain else [*following, jump])
        elif name.startswith("BSYNC"):
            ways.append([_reconvergence(function, index)])
        elif name.startswith(("EXIT", "RET")) and words == instruction:
            ways.append([])
        else:
            ways.append(following)
    return ways


def _reconvergence(function: Function, index: int) -> int:
    """Where BSYNC goes on: at the label of the last BSSY before it with the same barrier."""
    barrier = _BARRIER.search(function.instructions[index])
    for earlier in reversed(function.instructions[:index]):
        words = _unguarded(earlier)
        if words.startswith("BSSY") and barrier and barrier[0] in words and (target := _TARGET.search(words)):
            return function.labels[target[1]]
    return min(index + 1, len(function.instructions) - 1)


def _edges_back(ways: Sequence[Sequence[int]], first: int = 0) -> tuple[list[tuple[int, int]], set[int]]:
    """The edges that close a loop, and all that can be reached: depth first from the ``first`` instruction.

    What ptxas writes is reducible, so these are the edges of natural loops in whatever order they are met.
    """
    edges: list[tuple[int, int]] = []
    open_, reached = {first}, {first}
    stack: list[tuple[int, Iterator[int]]] = [(first, iter(ways[first]))]
    while stack:
        here, rest = stack[-1]
        there = next(rest, None)
        if there is None:
            open_.remove(here)
            stack.pop()
        elif there in open_:
            edges.append((here, there))
        elif there not in reached:
            reached.add(there)
            open_.add(there)
            stack.append((there, iter(ways[there])))
    return edges, reached


def _loops(ways: Sequence[Sequence[int]], edges: Sequence[tuple[int, int]]) -> list[frozenset[int]]:
    """The instructions of each loop, in the order in which the loops begin."""
    before: list[list[int]] = [[] for _ in ways]
    for here, targets in enumerate(ways):
        for there in targets:
            before[there].append(here)
    bodies: dict[int, set[int]] = {}
    for end, head in edges:
        body = bodies.setdefault(head, {head})
        waiting = [end]
        while waiting:
            if (index := waiting.pop()) not in body:
                body.add(index)
                waiting += before[index]
    return [frozenset(bodies[head]) for head in sorted(bodies)]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What of a function can run, its loops in the order in which they begin, and what each call runs."""

    function: Function
    reached: frozenset[int]
    loops: Sequence[frozenset[int]]
    called: Mapping[int, frozenset[int]]


def flow(function: Function) -> Flow:
    """The loops of ``function``; what only parted warps or nothing can reach is in none of them."""
    ways = _successors(function)
    edges, reached = _edges_back(ways)
    return Flow(
        function=function,
        reached=frozenset(reached),
        loops=[loop & reached for loop in _loops(ways, edges)],
        called={
            index: frozenset(_edges_back(ways, _entry(function, index))[1])
            for index in reached
            if opcode(function.instructions[index]) == "CALL"
        },
    )


def _entry(function: Function, call: int) -> int:
    """Where the subroutine begins. Raises ValueError where that is not known before it runs."""
    target = _TARGET.search(function.instructions[call])
    if not target or target[1] not in function.labels:
        raise ValueError(f"a call whose operations cannot be counted: {function.instructions[call]}")
    return function.labels[target[1]]


def main_loop(found: Flow, inner_turns: Sequence[float] = (), *, whole: bool = False) -> dict[str, float]:
    """How often each operation is issued in one turn of the main loop, every path of it counted as taken.

    The operations of a subroutine count at each of its calls.

    That is the largest loop without a loop in it; with ``inner_turns`` (how often the loops inside it turn,
    in the order in which they begin) the largest of all. With ``whole``, or where there is no loop, it is the
    whole kernel. Raises ValueError where ``inner_turns`` are not as many as there are loops inside.
    """
    loops = found.loops
    inside = [loop for loop in loops if not any(other < loop for other in loops)]
    candidates = loops if inner_turns else inside
    main = found.reached if whole or not candidates else max(candidates, key=len)
    inner = [loop for loop in loops if loop < main]
    if len(inner) != len(inner_turns):
        raise ValueError(f"{len(inner)} loops lie inside the main one, inner_turns has {len(inner_turns)}")
    counts: defaultdict[str, float] = defaultdict(float)
    for index in sorted(main):
        times = math.prod(turns for loop, turns in zip(inner, inner_turns, strict=True) if index in loop)
        for one in (index, *found.called.get(index, ())):
            counts[opcode(found.function.instructions[one])] += times
    return dict(counts)
