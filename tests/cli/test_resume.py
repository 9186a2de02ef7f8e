import contextlib
import json
import re
import signal
import subprocess

import pytest

CASES = ["hsiao-encode", "--plugin", "benchsuite.testing.fakes", "--backend", "honest", "--preset", "smoke",
         "--suite", "throughput", "--set", "codewords=64,128,256,512"]  # fmt: skip


def wait_for(process, path, text, count):
    """Return when the file holds ``text`` ``count`` times."""
    while not path.exists() or path.read_text().count(text) < count:
        assert process.poll() is None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_everything_says_how_to_go_on_and_does(
    start, benchsuite, tmp_path, lines, number
):
    path = tmp_path / "run.jsonl"
    process = start("run", *CASES, "--output", path)
    wait_for(process, path, '"type":"gate"', 2)
    process.send_signal(number)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "Throughput" in out
    assert "Traceback" not in err
    saved = path.read_bytes()
    assert saved.endswith(b"\n")
    assert saved.count(b'"type":"gate"') >= 2
    command = re.search(r"^benchsuite: interrupted; .*: benchsuite (run --resume .*)$", err, re.MULTILINE)
    assert command

    resumed = benchsuite(*command[1].split(), "--plugin", "benchsuite.testing.fakes")
    assert resumed.code == 0
    assert path.read_bytes().startswith(saved)
    assert benchsuite("results", "validate", path).code == 0
    found = lines(path)
    planned = [line["cell"] for line in found if line["type"] == "planned"]
    assert len(planned) == len(set(planned)) == 5
    assert sorted(line["cell"] for line in found if line["type"] == "gate") == sorted(planned)
    visits = [(line["cell"], line["block"]) for line in found if line["type"] == "samples"]
    assert sorted(visits) == sorted((cell, block) for cell in planned for block in (0, 1))
    assert {line["status"] for line in found if line["type"] == "cell"} == {"measured"}


def test_a_finished_run_resumed_is_the_same_run(benchsuite, smoke):
    before = [benchsuite("report", smoke, "--format", name).out for name in ("table", "json")]
    content = smoke.read_bytes()
    run = benchsuite("run", "--resume", smoke)
    assert run.code == 0
    assert smoke.read_bytes().startswith(content)
    assert '"samples"' not in smoke.read_text()[len(content) :]
    assert '"cell"' not in smoke.read_text()[len(content) :]
    assert [benchsuite("report", smoke, "--format", name).out for name in ("table", "json")] == before
    assert benchsuite("results", "validate", smoke).code == 0


def test_a_torn_last_line_costs_only_itself(benchsuite, smoke):
    content = smoke.read_bytes()
    smoke.write_bytes(content + b'{"type": "samples", "cell"')
    run = benchsuite("run", "--resume", smoke)
    assert run.code == 0
    assert "smoke.jsonl: line" in run.err
    assert "is torn (no end of line) and was dropped" in run.err
    assert smoke.read_bytes().startswith(content)
    assert benchsuite("results", "validate", smoke).code == 0


def test_the_same_options_may_be_said_again_and_others_may_not(benchsuite, smoke, small):
    options = [*small, "--backend", "numpy", "--backend", "openssl"]
    assert benchsuite("run", *options, "--resume", smoke).code == 0
    for other in (["--seed", "2"], [*options, "--seed", "2"], ["--preset", "standard"], ["hsiao-encode"]):
        before = smoke.read_bytes()
        run = benchsuite("run", *other, "--resume", smoke)
        assert run.code == 2
        assert run.err.startswith(f"benchsuite: {smoke} was begun by other options: benchsuite run aes-ctr ")
        assert smoke.read_bytes() == before


@pytest.mark.parametrize("option", [["--output", "other.jsonl"], ["--dry-run"]])
def test_a_resumed_run_measures_into_its_own_file(benchsuite, smoke, option):
    run = benchsuite("run", "--resume", smoke, *option)
    assert (run.code, run.err) == (
        2,
        "benchsuite: --resume goes on in the same file: leave --output and --dry-run out\n",
    )


SPOILED = {
    "empty": ("", "holds nothing to go on with: start anew without --resume"),
    "torn head": ('{"type": "run", "sch', "holds nothing to go on with"),
    "text": ("dear diary\nno measurements today\n", "line 1 is not JSON"),
    "other json": ('{"name": "package", "version": 1}\n', "line 1: "),
    "headless": ('{"type": "lost", "cell": "c", "block": 0, "reason": "r"}\n', "the head is missing"),
    "newer": ('{"type": "run", "schema": 99}\n', "schema 99 is newer than 1"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_no_run_file_is_not_resumed(benchsuite, tmp_path, name):
    content, message = SPOILED[name]
    path = tmp_path / "file.jsonl"
    path.write_text(content)
    run = benchsuite("run", "--resume", path)
    assert (run.code, run.out) == (2, "")
    assert message in run.err.splitlines()[-1]
    assert "Traceback" not in run.err


def change_threads(line):
    line.get("machine", {})["blas_threads"] = 64


def change_machine(line):
    line.get("machine", {})["kernel_release"] = "0.1-elsewhere"


def change_device(line):
    for device in line.get("devices", ()):
        device["facts"]["library"] = "another"


def lose_device(line):
    if "devices" in line:
        line["devices"].pop()


def change_plan(line):
    if line["type"] == "planned":
        line["label"] = "something else"


REFUSALS = {
    change_threads: "the file was begun where blas_threads was 64, here it is 1",
    change_machine: "the file was begun where kernel_release was 0.1-elsewhere, here it is",
    change_device: "is not what it was when the file was begun (library: another, now ",
    lose_device: "is not what it was when the file was begun (it is new)",
    change_plan: "the file's plan is not what would be planned now",
}


@pytest.mark.parametrize("change", REFUSALS)
def test_figures_of_two_machines_or_plans_are_never_mixed(benchsuite, smoke, edit, change):
    edit(smoke, change)
    before = smoke.read_bytes()
    run = benchsuite("run", "--resume", smoke)
    assert run.code == 2
    assert REFUSALS[change] in run.err
    assert run.err.count("\n") == 1
    assert smoke.read_bytes() == before


def test_a_run_and_an_injection_do_not_go_on_in_each_others_file(benchsuite, smoke, tmp_path):
    injection = ["inject", "hsiao-72-64", "--model", "flips:1", "--trials", "10", "--backend", "numpy"]
    assert benchsuite(*injection, "--output", "inject.jsonl").code == 0
    run = benchsuite("run", "--resume", "inject.jsonl")
    assert run.code == 2
    assert "inject.jsonl was begun by other options: benchsuite inject hsiao-72-64 --seed 1" in run.err
    other = benchsuite(*injection, "--resume", smoke)
    assert other.code == 2


def test_an_interrupted_run_goes_on_from_any_visit_to_a_whole_one(benchsuite, smoke, lines):
    whole = lines(smoke)
    cut = next(i for i, line in enumerate(whole) if line["type"] == "samples") + 1
    smoke.write_text("".join(json.dumps(line) + "\n" for line in whole[:cut]))
    assert benchsuite("run", "--resume", smoke).code == 0
    again = lines(smoke)
    assert again[:cut] == whole[:cut]
    for kind in ("planned", "gate", "samples", "cell", "comparison", "tally"):
        assert sum(line["type"] == kind for line in again) == sum(line["type"] == kind for line in whole)


def test_a_second_process_does_not_write_the_same_file(start, benchsuite, tmp_path):
    path = tmp_path / "run.jsonl"
    process = start("run", *CASES, "--output", path)
    wait_for(process, path, '"type":"gate"', 1)
    process.send_signal(signal.SIGSTOP)  # it must not end while the second one begins
    run = benchsuite("run", "--resume", path)
    assert run.code == 2
    assert "is being written by another process" in run.err


def test_a_file_that_was_begun_by_impossible_options_is_refused_in_a_line(benchsuite, smoke, edit):
    def change_preset(line):
        if "argv" in line:
            line["argv"][line["argv"].index("--preset") + 1] = "smoky"

    edit(smoke, change_preset)
    run = benchsuite("run", "--resume", smoke)
    assert run.code == 2
    assert run.err.startswith("benchsuite: no preset is called 'smoky'")
    assert run.err.count("\n") == 1
