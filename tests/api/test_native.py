"""The C interface: header and mirror agree, jobs arrive as they are, faults are refused or contained."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsuite.api import Backend, HostLane, Job, Prepared, Unavailable, Unsupported, native
from benchsuite.host.engine import origin, probe_all
from benchsuite.host.plugins import Registry, discover
from benchsuite.measure.crew import Crew
from benchsuite.measure.verify import Verified, to_verify, verify
from benchsuite.workloads import CRC, PARITY_CHECK, PARITY_ENCODE, RSA_SIGN
from benchsuite.workloads.codes.crc import COMMON
from benchsuite.workloads.codes.crc_bulk import crcs
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS

EXAMPLE = Path(__file__).parents[2] / "docs/examples/c"
MINE = Path(__file__).with_name("mine.c").read_text(encoding="utf-8")
PAGE = (Path(__file__).parents[2] / "docs/c-interface.md").read_text(encoding="utf-8")
MIRRORS = {
    "benchsuite_param": native.Param,
    "benchsuite_params": native.Params,
    "benchsuite_field": native.Field,
    "benchsuite_job": native.NativeJob,
    "benchsuite_implementation": native.NativeImplementation,
    "benchsuite_fact": native.Fact,
    "benchsuite_backend": native.NativeBackend,
}

Compiler = Callable[..., Path]


@dataclass(frozen=True)
class Params:
    whole: int = -3
    share: float = 0.25
    name: str = "É"


@dataclass
class Fields:
    """The shape that the test library's ``run`` knows."""

    data: Any
    key: bytes = b""


@dataclass
class Check:
    check: Any = field(default_factory=lambda: np.zeros(2, np.uint8))


def job(params: Any, inputs: Any, outputs: Any) -> Job[Any, Any, Any, HostLane]:
    return Job(
        params=params, device=None, lane=HostLane(), scope="end-to-end", inputs=inputs, outputs=outputs
    )  # type: ignore[arg-type]


def prepare(backend: Backend[HostLane], job: Job[Any, Any, Any, HostLane]) -> Prepared:
    return backend.implementations["parity-encode", ""].prepare(job)


def verified(path: Path, backend: str) -> dict[str, Verified]:
    registry: Registry = discover(extra=[str(path)])
    found = origin(registry, backend)
    probe = probe_all([found])[backend][0]
    crew = Crew({backend: found})
    try:
        results = [verify(row, crew) for row in to_verify(registry, {backend: probe})]
    finally:
        crew.dismiss()
    return {result.workload: result for result in results if result.status != "unsupported"}


def benchsuite(folder: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    """(exit code, the object on stdout) of the command line, where what crashes cannot end the tests."""
    done = subprocess.run(
        [sys.executable, "-m", "benchsuite", *map(str, arguments), "--json"],
        cwd=folder, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_the_structures_are_laid_out_as_the_header_declares_them(library, tmp_path):
    sizes = [f'printf("%zu\\n", sizeof({name}));' for name in MIRRORS]
    offsets = [
        f'printf("%zu\\n", offsetof({name}, {entry[0]}));'
        for name, m in MIRRORS.items()
        for entry in m._fields_
    ]
    text = "#include <benchsuite_abi.h>\n#include <stdio.h>\nvoid print(void);\nvoid print(void) {%s}"
    path = library(text % "\n".join([*sizes, *offsets, 'printf("%d\\n", BENCHSUITE_ABI);']))
    code = f"import ctypes; ctypes.CDLL({str(path)!r}).print()"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    mirrored = [ctypes.sizeof(mirror) for mirror in MIRRORS.values()]
    mirrored += [getattr(m, entry[0]).offset for m in MIRRORS.values() for entry in m._fields_]
    assert [int(line) for line in out.split()] == [*mirrored, native.ABI]


def test_every_structure_and_field_of_the_header_is_mirrored():
    text = re.sub(r"/\*.*?\*/", "", native.HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    declared = {
        name: re.findall(r"(\w+)(?:\)\(.*?\))?;", body)
        for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, re.DOTALL)
    }
    assert declared == {name: [entry[0] for entry in m._fields_] for name, m in MIRRORS.items()}


def test_the_header_is_c_plus_plus_too(tmp_path):
    if not shutil.which("c++"):
        pytest.skip("no C++ compiler (c++) here")
    (tmp_path / "empty.cpp").write_text(
        "#include <benchsuite_abi.h>\nint main() { return BENCHSUITE_ABI - 1; }"
    )
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{native.HEADER.parent}"]
    subprocess.run(["c++", *strict, "-o", "empty", "empty.cpp"], cwd=tmp_path, check=True)
    assert subprocess.run([tmp_path / "empty"], check=False).returncode == 0


def test_importing_it_brings_no_array_library():
    code = "import sys, benchsuite.api.native; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_example_passes_every_vector(example):
    results = verified(example / "libexample.so", "example-c")
    for workload in (CRC, PARITY_ENCODE, PARITY_CHECK):
        counted = results[workload.id]
        others = [v for v in workload.vectors() if workload is CRC and v.params.algorithm not in COMMON]
        assert (counted.status, counted.failed, counted.skipped) == ("passed", 0, len(others))
        assert counted.passed >= len(list(workload.vectors())) - len(others) > 0
    assert len(results) == 3


def test_errors_are_injected_into_the_example(example, tmp_path):
    code, report = benchsuite(
        tmp_path, "inject", "parity-65-64", "--model", "flips:1", "--model", "flips:2", "--trials", "1000",
        "--plugin", example / "libexample.so", "--backend", "example-c",
    )  # fmt: skip
    assert code == 0
    counted = [{k: v for k, v in tally["outcomes"].items() if v} for tally in report["tallies"]]
    assert counted == [{"detected": 1000}, {"undetected": 1000}]


def test_the_example_stands_the_gate_at_odd_sizes(example, tmp_path):
    code, report = benchsuite(
        tmp_path, "run", "crc", "--plugin", example / "libexample.so", "--backend", "example-c",
        "--preset", "smoke", "--suite", "throughput", "--set", "algorithm=CRC-32/ISCSI,CRC-32/ISO-HDLC",
        "--set", "messages=5", "--set", "message_bytes=0,7,1021",
    )  # fmt: skip
    assert (code, len(report["cells"])) == (0, 7)  # one is the twin
    assert {(cell["status"], cell["constant_time"]) for cell in report["cells"]} == {("measured", "no")}


@pytest.mark.parametrize(("messages", "message_bytes"), [(3, 0), (1, 1), (5, 13), (64, 16)])
def test_the_example_does_nothing_that_c_leaves_undefined(tmp_path, messages, message_bytes):
    if not shutil.which("cc"):
        pytest.skip("no C compiler (cc) here")
    flags = ["-std=c99", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    (tmp_path / "empty.c").write_text("int main(void) { return 0; }")
    linked = subprocess.run(["cc", *flags, "empty.c"], cwd=tmp_path, capture_output=True, check=False)
    if linked.returncode:
        pytest.skip("this C compiler has no sanitizers")
    command = [
        "cc",
        *flags,
        f"-I{native.HEADER.parent}",
        "-o",
        "loop",
        EXAMPLE / "loop.c",
        EXAMPLE / "backend.c",
    ]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run(
        [tmp_path / "loop", str(messages), str(message_bytes)],
        input="2\n1\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    word, data = 1, np.zeros((messages, message_bytes), np.uint8)
    for i in range(data.size):
        word ^= word << 13 & (1 << 64) - 1
        word ^= word >> 7
        word ^= word << 17 & (1 << 64) - 1
        data.flat[i] = word >> 32 & 0xFF
    *seconds, total = done.stdout.split()
    assert len(seconds) == 2
    assert int(total, 16) == np.bitwise_xor.reduce(crcs(ALGORITHMS["CRC-32/ISCSI"], data))


def test_the_library_of_the_page_compiles_as_it_says_and_passes_every_vector(library, tmp_path):
    library(source := re.findall(r"```c\n(.*?)```", PAGE, re.DOTALL)[0], name="strict.so")
    (tmp_path / "mine.c").write_text(source)
    (line,) = re.findall(r"^cc .*$", PAGE, re.MULTILINE)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-c", line], cwd=tmp_path, env=os.environ | {"PATH": path}, check=True)
    counted = verified(tmp_path / "libmine.so", "mine-c")["crc"]
    assert (counted.status, counted.failed) == ("passed", 0)
    assert counted.passed > 0 < counted.skipped


def test_the_page_explains_every_name_of_the_header():
    text = native.HEADER.read_text(encoding="utf-8")
    names = set(re.findall(r"\b(?:benchsuite|BENCHSUITE)_\w+", text)) | {
        entry[0] for mirror in MIRRORS.values() for entry in mirror._fields_
    }
    hidden = {"BENCHSUITE_ABI_H", "BENCHSUITE_EXPORT", "benchsuite_abi"}
    assert {name for name in names - hidden if f"`{name}`" not in PAGE} == set()


def test_a_distribution_is_a_module_of_two_lines(library, tmp_path):
    library(MINE)
    module = tmp_path / "two_lines.py"
    (two_lines,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module.write_text(two_lines)
    registry = discover(extra=[str(module)])
    assert [(p.status, p.error) for p in registry.plugins if p.name == "two_lines"] == [("loaded", "")]
    assert registry.backends["mine"].implementations.keys() == {
        ("parity-encode", ""),
        ("parity-encode", "other"),
    }
    assert verified(module, "mine")["parity-encode"].status == "passed"


def test_what_a_library_says_of_itself_is_read(library):
    backend = native.load(library(MINE, '-DCONSTANT_TIME="claimed"', "-DIN_PLACE=1", "-DVERSION=7"))
    implementation = backend.implementations["parity-encode", "other"]
    assert (backend.name, backend.api) == ("mine", 1)
    assert (implementation.version, implementation.constant_time) == (7, "claimed")
    assert implementation.unless(PARITY_ENCODE.params()) is None
    (device,) = backend.probe()
    assert (device.id, device.facts) == ("cpu", {"answer": "42", "unread": None})
    params = PARITY_ENCODE.params(codewords=2)
    inputs, outputs = PARITY_ENCODE.inputs(params, 1, 0), PARITY_ENCODE.outputs(params)
    assert prepare(backend, job(params, inputs, outputs)).in_place


def test_reasons_arrive_in_one_line_whatever_their_bytes(library):
    backend = native.load(library(MINE, "-DUNLESS=refuse", "-DPROBE=absent"))
    unless = backend.implementations["parity-encode", ""].unless
    assert unless(PARITY_ENCODE.params()) is None
    assert unless(PARITY_ENCODE.params(n=129, k=128)) == "over 64 data bits \ufffd"
    with pytest.raises(Unavailable, match=r"^no such engine: plug it in$"):
        backend.probe()


def test_parameters_and_fields_arrive_by_name_with_kind_shape_and_bytes(library):
    @dataclass
    class Inputs:
        words: Any
        signs: Any
        reals: Any
        flags: Any
        none: Any
        key: bytes
        modulus: int
        zero: int

    inputs = Inputs(
        words=np.array([[1, 2, 3], [4, 5, 0x0607]], "<u2"),
        signs=np.array([-2], np.int64),
        reals=np.array([1.0], np.float32),
        flags=np.array([True, False]),
        none=np.empty((4, 0), np.uint8),
        key=b"\0\xff",
        modulus=0x1_00_FE,
        zero=0,
    )
    backend = native.load(library(MINE, "-DPREPARE=describe"))
    with pytest.raises(Unsupported) as said:
        prepare(backend, job(Params(), inputs, Check()))
    assert str(said.value).removesuffix(";").split("; ") == [
        "whole i -3 0 ''",
        "share f 0 0.25 ''",
        "name s 0 0 'É'",
        "words u2[2,3]=010002000300040005000706",
        "signs i8[1]=feffffffffffffff",
        "reals f4[1]=0000803f",
        "flags b1[2]=0100",
        "none u1[4,0]=",
        "key B1[2]=00ff",
        "modulus N1[3]=0100fe",
        "zero N1[1]=00",
        "check u1[2]=0000",
    ]


def test_a_key_of_rsa_arrives_whole(library):
    params = RSA_SIGN.params()
    inputs, outputs = RSA_SIGN.inputs(params, 1, 0), RSA_SIGN.outputs(params)
    backend = native.load(library(MINE, "-DPREPARE=describe"))
    with pytest.raises(Unsupported) as said:
        prepare(backend, job(params, inputs, outputs))
    assert f"n N1[256]={inputs.n:0512x}; e N1[3]={inputs.e:06x}; " in str(said.value)


def test_a_slot_reads_and_writes_the_hosts_arrays_and_holds_all_it_needs(library):
    backend = native.load(library(MINE, "-DCLOSE=count", name="libcounts.so"))
    data, check = np.array([[1, 2], [3, 3]], np.uint8), np.zeros(2, np.uint8)
    prepared = [
        prepare(backend, job(Params(), Fields(data, bytes([i, i + 1])), Check(check))) for i in range(64)
    ]
    gc.collect()
    for i, slot in enumerate(prepared):
        check[:] = 0xA5
        slot.run()
        assert check.tolist() == [i, i + 1]
        slot.close()
    closed = ctypes.CDLL(str(library(MINE, "-DCLOSE=count", name="libcounts.so"))).times_closed
    closed.restype = ctypes.c_uint64
    assert closed() == 64


def test_a_slot_without_close_is_closed_quietly(library):
    params = PARITY_ENCODE.params(codewords=3)
    inputs, outputs = PARITY_ENCODE.inputs(params, 1, 0), PARITY_ENCODE.outputs(params)
    prepared = prepare(native.load(library(MINE)), job(params, inputs, outputs))
    prepared.run()
    PARITY_ENCODE.check(params, inputs, outputs, [(0, None), (1, None), (2, None)])
    prepared.close()


def frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("params", "inputs", "message"),
    [
        (Params(whole=2**63), Fields(np.zeros((2, 1), np.uint8)), "parameter whole must fit into 64 bits"),
        (Params(name=None), Fields(np.zeros((2, 1), np.uint8)), "parameter name must be int, float or str"),  # type: ignore[arg-type]
        (Params(), Fields(-1), "input data must not be negative"),
        (Params(), Fields(np.zeros((4, 4), np.uint8)[:, ::2]), "array data must be contiguous"),
        (Params(), Fields(frozen(np.zeros(4, np.uint8))), "array data must be contiguous, writable"),
        (Params(), Fields(np.zeros(4, ">u4")), "its format is '>I'"),
        (Params(), Fields(np.zeros(4, np.complex128)), "its format is 'Zd'"),
    ],
)
def test_what_the_header_cannot_express_is_refused_by_name(library, params, inputs, message):
    with pytest.raises(ValueError, match=message):
        prepare(native.load(library(MINE)), job(params, inputs, Check()))


def test_a_library_that_gives_neither_state_nor_reason_has_failed(library):
    with pytest.raises(RuntimeError, match="neither a state nor a reason"):
        prepare(native.load(library(MINE, "-DPREPARE=fail")), job(Params(), Fields(np.zeros(1)), Check()))


FAULTS = {
    "another symbol": (["-DMUTE"], ImportError, r"libmine.so exports no benchsuite_plugin\(\)"),
    "no backend": (["-DBACKEND=NULL"], ValueError, "libmine.so gave NULL"),
    "future": (["-DABI=2"], ValueError, "written for ABI 2, this is ABI 1: upgrade benchsuite"),
    "never set": (["-DABI=0"], ValueError, "written for ABI 0, .* set abi = BENCHSUITE_ABI"),
    "no name": (["-DNAME=NULL"], ValueError, "name of the backend in libmine.so must be .* not NULL"),
    "empty name": (['-DNAME=""'], ValueError, "must be printable text, not ''"),
    "not UTF-8": ([r'-DNAME="\xff"'], ValueError, r"name of the backend .* is not UTF-8: b'\\xff'"),
    "no table": (["-DTABLE=NULL"], ValueError, "mine.implementations is NULL, but there are to be 2"),
    "empty table": (["-DCOUNT=0"], ValueError, "mine implements nothing: set .* implementation_count"),
    "no workload": (["-DWORKLOAD=NULL"], ValueError, r"mine.implementations\[0\].workload"),
    "cursor": ([r'-DVARIANTS="\x1b[2J","b"'], ValueError, r"\[0\].variant must be printable"),
    "no run": (["-DRUN=NULL"], ValueError, r"implementations\[0\].run is NULL"),
    "no prepare": (["-DPREPARE=NULL"], ValueError, r"implementations\[0\].prepare is NULL"),
    "claim": (['-DCONSTANT_TIME="maybe"'], ValueError, "must be one of yes, no, .* not 'maybe'"),
    "twice": (['-DVARIANTS="a","a"'], ValueError, r"implementations\[1\] implements parity-encode 'a' again"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_library_that_breaks_a_rule_is_refused_in_one_line(library, fault):
    definitions, kind, message = FAULTS[fault]
    with pytest.raises(kind, match=message) as refused:
        native.load(library(MINE, *definitions))
    assert "\n" not in str(refused.value)


def test_a_fact_that_is_no_text_is_refused(library):
    with pytest.raises(ValueError, match=r"facts\[0\]"):
        native.load(library(MINE, '-DFACTS={NULL,"42"}')).probe()


def test_a_file_that_is_no_library_is_refused_without_its_folder(tmp_path):
    path = tmp_path / "libtext.so"
    path.write_text("no library")
    with pytest.raises(ImportError, match=r"libtext.so is no shared library that loads here: ") as refused:
        native.load(path)
    assert str(tmp_path) not in str(refused.value)


def test_a_name_that_is_no_name_makes_the_plugin_broken(library):
    path = library(MINE, '-DNAME="No Name"')
    (plugin,) = [p for p in discover(extra=[str(path)]).plugins if p.name == "libmine"]
    assert (plugin.status, "'No Name' is no name" in plugin.error) == ("broken", True)


FAILING = {
    "wrong": ([], "wrong", "published vector"),  # it sums all bits, which is another code
    "crashes": (["-DRUN=crash"], "failed", "SIGABRT"),
    "empty": (["-DPREPARE=fail"], "failed", "neither a state nor a reason"),
    "choosy": (["-DPREPARE=describe"], "unsupported", "codewords i 64"),
    "astray": (
        ["-DUNLESS=astray"],
        "unsupported",
        "did not survive: the worker was killed by SIGSEGV",
    ),
    "stale": (["-DVERSION=2"], "unsupported", "stale (implements v2, suite asks v1)"),
    "absent": (["-DPROBE=absent"], "unavailable", "no such engine: plug it in"),
}


def test_what_goes_wrong_in_a_library_is_a_status_with_its_reason_and_costs_no_other(library, tmp_path):
    options = []
    for name, (definitions, _, _) in FAILING.items():
        bent = [*definitions, f'-DNAME="{name}"', '-DWORKLOAD="hsiao-encode"']
        options += ["--plugin", library(MINE, *bent, name=f"lib{name}.so"), "--backend", name]
    _, report = benchsuite(
        tmp_path, "run", "hsiao-encode", *options, "--backend", "numpy",
        "--set", "codewords=64", "--preset", "smoke", "--suite", "throughput",
    )  # fmt: skip
    for name, (_, status, reason) in FAILING.items():
        mine = [cell for cell in report["cells"] if cell["backend"] == name]
        assert {cell["status"] for cell in mine} == {status}, name
        assert all(reason in cell["reason"] and cell["summary"] is None for cell in mine), name
    assert {c["status"] for c in report["cells"] if c["backend"] == "numpy"} == {"measured"}
