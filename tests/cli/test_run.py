import getpass
import json
import os
import re
import socket
from pathlib import Path

import pytest

THROUGHPUT = ["--preset", "smoke", "--suite", "throughput"]


def test_a_run_writes_a_valid_file_and_prints_both_tables(finished, benchsuite, lines):
    path, run = finished
    assert run.code == 0
    assert run.out.index("Throughput") < run.out.index("Error injection")
    assert re.search(r"numpy .*B/s.*baseline", run.out)
    assert benchsuite("results", "validate", path) == (0, f"{path}: valid, {len(lines(path))} lines\n", "")


def test_results_go_to_stdout_and_progress_to_stderr(finished):
    path, run = finished
    assert "benchsuite: " not in run.out
    assert all(f"benchsuite: {phase} 0 of" in run.err for phase in ("verifying", "measuring"))
    assert "benchsuite: injecting" in run.err
    assert run.err.endswith(f"benchsuite: written to {path}\n")


def test_both_backends_gave_the_same_bytes_and_every_planned_cell_has_a_row(finished, lines):
    found = lines(finished[0])
    planned = {line["cell"] for line in found if line["type"] == "planned"}
    cells = [line for line in found if line["type"] == "cell"]
    assert {cell["cell"] for cell in cells} == planned
    assert {cell["status"] for cell in cells} == {"measured"}
    assert {cell["backend"] for cell in cells} == {"numpy", "openssl"}
    assert len({cell["output_sha256"] for cell in cells}) == 1


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in strings(part)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_a_run_file_tells_no_name_of_host_or_user_and_no_path(finished, tmp_path, lines):
    path, _ = finished
    told = "\n".join(strings(lines(path)[0]))
    for name in {socket.gethostname(), socket.getfqdn(), getpass.getuser()}:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)
    content = path.read_text()
    for folder in {Path.home(), path.parent, Path(__file__).parents[2]} - {Path("/")}:
        assert str(folder) not in content


def test_the_error_of_an_installed_broken_plugin_is_recorded_without_the_path_in_it(
    benchsuite, absent, tmp_path, lines, monkeypatch
):
    site = tmp_path / "site"
    info = site / "broken-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[benchsuite]\nbroken = broken\n")
    (site / "broken.py").write_text("from benchsuite.api import no_such_thing")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)  # for workers too
    run = benchsuite("run", *THROUGHPUT, *absent, "--output", "run.jsonl")
    assert "benchsuite: plugin broken is broken: ImportError: cannot import name" in run.err
    (error,) = [p["error"] for p in lines(tmp_path / "run.jsonl")[0]["plugins"] if p["name"] == "broken"]
    assert error.startswith("ImportError: cannot import name 'no_such_thing' from 'benchsuite.api' (")
    assert "/" not in error


def test_a_run_goes_to_a_folder_of_its_own_unless_told_otherwise(benchsuite, absent, tmp_path, lines):
    run = benchsuite("run", *THROUGHPUT, *absent, "--json")
    (path,) = tmp_path.glob("results/local/*.jsonl")
    assert run.object["file"] == str(path.relative_to(tmp_path))
    assert lines(path)[0]["argv"][:3] == ["run", "--preset", "smoke"]


def test_a_dry_run_writes_nothing_and_says_what_would_be_measured(benchsuite, tmp_path, lines, small):
    run = benchsuite("run", "--dry-run", *small, "--backend", "numpy", "--backend", "openssl")
    assert run.code == 0
    *plan, blank, costs = run.out.splitlines()
    assert plan == [
        f"{'numpy':<12} {'AES-128-CTR, 1 KiB, hot, end-to-end':<60} planned",
        f"{'openssl':<12} {'AES-128-CTR, 1 KiB, hot, end-to-end':<60} planned",
        f"{'numpy':<12} {'AES-128-CTR, 1 KiB, hot, end-to-end, A/A twin':<60} planned",
    ]
    assert re.fullmatch(
        r"3 cells to measure in 2 blocks, 5 campaigns to inject: about [\d.]+ (s|min), \d+ MiB of memory, "
        r"1 MiB of disk \(by trying each once\)",
        costs,
    )
    assert blank == ""
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_tells_rows_of_several_processes_apart(benchsuite, small):
    options = ["--backend", "openssl", "--processes", "1", "--processes", "2", "--suite", "throughput"]
    run = benchsuite("run", "--dry-run", *small, *options)
    assert [line.split(", ", 2)[2].split("  ")[0] for line in run.out.splitlines()[:3]] == [
        "hot, end-to-end",
        "hot, end-to-end, 2 processes",
        "hot, end-to-end, A/A twin",
    ]


def test_a_dry_run_tells_rows_of_several_devices_apart(benchsuite, pair):
    run = benchsuite("run", "crc", "--dry-run", "--preset", "smoke", *pair)
    assert run.out.count("hot, end-to-end, cpu:0 ") == run.out.count("hot, end-to-end, cpu:1 ") > 0


def test_a_dry_run_in_json_says_what_the_run_will_take(benchsuite, small, lines, tmp_path):
    options = [*small, "--backend", "openssl", "--suite", "throughput", "--processes", "2"]
    told = benchsuite("run", "--dry-run", "--json", *options).object
    assert told["refused"] == []
    found = told["estimate"]
    assert (found["cells"], found["campaigns"], found["blocks"]) == (1, 0, 2)
    assert found["seconds"] > 0
    assert found["memory_bytes"] > 1 << 24
    benchsuite("run", *options, "--output", "run.jsonl")
    measured = [line for line in lines(tmp_path / "run.jsonl") if line["type"] == "cell"]
    assert [cell["status"] for cell in measured] == ["measured"]


def test_a_dry_run_does_not_count_what_the_gate_would_refuse(benchsuite):
    liar = benchsuite("run", "--dry-run", "--json", *LIAR)
    assert [row["status"] for row in liar.object["planned"]] == ["planned", "planned"]
    assert all("expected check" in row["reason"] for row in liar.object["planned"])
    assert liar.object["estimate"]["cells"] == 0


def test_a_dry_run_says_why_a_cell_cannot_be_measured(benchsuite, pair):
    run = benchsuite("run", "crc", "--dry-run", "--preset", "smoke", *pair)
    *plan, _, costs = run.out.splitlines()
    why = "  planned, but refused: an emulated device is never timed: use benchsuite verify"
    assert plan
    assert [line for line in plan if not line.endswith(why)] == []
    assert costs.startswith("0 cells to measure")
    assert run.code == 5


def test_sizes_may_be_set_in_units_and_several_at_once(benchsuite):
    options = ["--set", "message_bytes=4KiB,64KiB,100", "--set", "key_bits=256", "--set", "messages=1"]
    run = benchsuite("run", "aes-ctr", "--dry-run", "--json", *options, "--backend", "openssl")
    planned = run.object["planned"]
    sizes = {(row["case"]["params"]["message_bytes"], row["case"]["params"]["key_bits"]) for row in planned}
    assert sizes == {(4096, 256), (65536, 256), (100, 256)}


def test_an_expression_chooses_among_labels(benchsuite):
    run = benchsuite("run", "--dry-run", "--json", "--backend", "numpy", "-k", "hsiao and not decode")
    assert {row["case"]["workload"] for row in run.object["planned"]} == {"hsiao-encode"}


@pytest.mark.parametrize("pool", ["hot", "cold"])
def test_a_pool_can_be_chosen(benchsuite, pool):
    run = benchsuite("run", "hsiao-encode", "--dry-run", "--json", "--backend", "numpy", "--pool", pool)
    assert {row["pool"] for row in run.object["planned"]} == {pool}


# Exit codes: several may apply, then the first of 130, 2, 1, 3, 4, 5.

FAKES = ["--plugin", "benchsuite.testing.fakes"]
LIAR = ["hsiao-encode", *FAKES, "--backend", "liar-empty", "--set", "codewords=64", *THROUGHPUT]


def test_an_unavailable_backend_asked_for_by_name_is_exit_4_with_reason_and_remedy(benchsuite, absent):
    run = benchsuite("run", "aes-ctr", *THROUGHPUT, *absent)
    assert run.code == 4
    assert "benchsuite: absent is unavailable: no such engine: plug it in\n" in run.err
    assert "absent: unavailable" in run.out
    assert "Traceback" not in run.err


def test_a_wrong_answer_outranks_an_unavailable_backend(benchsuite, absent):
    run = benchsuite("run", *LIAR, *absent, "--json")
    assert run.code == 1
    assert {c["backend"]: c["status"] for c in run.object["cells"]} == {
        "absent": "unavailable",
        "liar-empty": "wrong",
    }


def test_a_mistake_outranks_an_unavailable_backend(benchsuite, absent):
    assert benchsuite("run", *THROUGHPUT, *absent, "--backend", "nosuch").code == 2


def test_nothing_selected_is_exit_5(benchsuite, tmp_path):
    run = benchsuite("run", "--preset", "smoke", "--backend", "numpy", "-k", "nosuchlabel")
    assert (run.code, run.out) == (5, "")
    assert "nothing selected" in run.err
    assert list(tmp_path.iterdir()) == []


def test_an_unavailable_backend_outranks_nothing_selected(benchsuite, absent):
    assert benchsuite("run", *THROUGHPUT, *absent, "-k", "nosuchlabel").code == 4


def test_a_dry_run_of_what_is_nowhere_feasible_finds_nothing_to_measure(benchsuite):
    run = benchsuite("run", "crc", "--dry-run", "--backend", "numpy", "--set", "messages=999999GiB")
    assert run.code == 5
    assert "more than half" in run.out


def test_a_dry_run_tells_an_unavailable_backend_too(benchsuite, absent):
    assert benchsuite("run", "--dry-run", *absent).code == 4


def test_an_output_that_exists_is_left_alone(benchsuite, absent, smoke):
    before = smoke.read_bytes()
    run = benchsuite("run", *THROUGHPUT, *absent, "--output", smoke)
    assert run.code == 2
    assert f"{smoke} exists and runs are never overwritten: continue it with --resume" in run.err
    assert smoke.read_bytes() == before


@pytest.mark.parametrize("command", ["run", "inject hsiao-72-64 --model flips:1", "report"])
def test_an_output_that_cannot_be_written_is_one_line_and_exit_2(benchsuite, absent, smoke, command):
    (smoke.parent / "file").write_text("not a folder")
    options = [smoke] if command == "report" else absent
    run = benchsuite(*command.split(), *options, "--format=csv" if command == "report" else "--seed=1",
                     "--output", smoke.parent / "file" / "out")  # fmt: skip
    assert run.code == 2
    assert run.err.startswith("benchsuite: ")
    assert run.err.count("\n") == 1


def test_a_run_in_json_holds_the_cells_and_the_file(benchsuite, absent, small):
    run = benchsuite("run", *small, "--suite", "throughput", "--json", "--backend", "openssl")
    assert {"schema", "command", "cells", "comparisons", "tallies", "file"} <= run.object.keys()
    (cell, _twin) = run.object["cells"]
    assert cell["summary"]["bytes_per_second"] > 0
    assert json.dumps(cell).count("openssl") == 1


def test_parameters_of_a_crc_are_one_value_of_set_until_a_key_comes_again(benchsuite):
    narrow, wide = (f"width={width},poly=0x07,init=0,refin=false,refout=false,xorout=1" for width in (8, 40))
    run = benchsuite(
        *("run", "crc", "--dry-run", "--backend", "numpy", "--set", "messages=1"),
        *("--set", f"algorithm=CRC-8/SMBUS,{narrow},{wide},CRC-64/XZ", "--set", "message_bytes=16"),
    )
    assert run.code == 0
    assert all(text in run.out for text in ("CRC-8/SMBUS, 16 B", "CRC-64/XZ, 16 B", "width=40"))
