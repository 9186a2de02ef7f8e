"""A mistake of the user is one line on stderr and exit code 2, never a traceback, and writes nothing."""

import pytest

RUN = ["run", "--preset", "smoke"]
INJECT = ["inject", "hsiao-72-64", "--model"]
MISTAKES = {
    "command": (["frobnicate"], "No such command 'frobnicate'"),
    "subcommand": (["results", "frobnicate"], "No such command 'frobnicate'"),
    "option": ([*RUN, "--frobnicate"], "--frobnicate"),
    "backend": ([*RUN, "--backend", "numpi"], "no backend is called 'numpi'; did you mean numpy? Known: "),
    "far backend": ([*RUN, "--backend", "zzz"], "no backend is called 'zzz'. Known: "),
    "backend to verify": (["verify", "--backend", "numpi"], "did you mean numpy?"),
    "backend to inject": ([*INJECT, "flips:1", "--backend", "numpi"], "did you mean numpy?"),
    "workload": ([*RUN, "aes-crt"], "no workload is called 'aes-crt'; did you mean aes-ctr? Known: "),
    "preset": (["run", "--preset", "smok"], "'smok' is not one of 'smoke', 'quick', 'standard'"),
    "scope": ([*RUN, "--scope", "orbit"], "'orbit' is not one of 'resident', 'end-to-end'"),
    "pool": ([*RUN, "--pool", "warm"], "'warm' is not one of 'hot', 'cold'"),
    "suite": ([*RUN, "--suite", "both"], "'both' is not one of"),
    "parameter": ([*RUN, "--set", "message_byte=1"], "no parameter is called 'message_byte'; did you mean"),
    "set without value": ([*RUN, "--set", "message_bytes"], "--set takes NAME=VALUE,VALUE…, not"),
    "set with nothing": ([*RUN, "--set", "message_bytes="], "--set takes NAME=VALUE,VALUE…, not"),
    "size": ([*RUN, "--set", "message_bytes=7x"], "message_bytes must be a whole number, with B, KiB"),
    "size in a list": ([*RUN, "--set", "message_bytes=1KiB,,"], "message_bytes must be a whole number"),
    "no size": ([*RUN, "--set", "codewords=0"], "codewords must be a whole number of at least 1"),
    "key": ([*RUN, "--set", "key_bits=100"], "key_bits"),
    "rate": ([*RUN, "--set", "wrong=often"], "wrong must be a number, not 'often'"),
    "too much work": ([*RUN, "crc", "--set", "messages=999999999999999999"], "no run file can hold"),
    "empty expression": ([*RUN, "-k", ""], "-k '' selects nothing: leave it out"),
    "empty plugin name": (["list", "plugins", "--no-plugin", ""], "--no-plugin '' names no plugin"),
    "plugin of another kind": ([*RUN, "--plugin", "/etc/passwd"], "ends neither in .py nor in .so"),
    "comparisons without A/A": (["doctor", "--comparisons", "5"], "--seed and --output go with --aa: add it"),
    "seed without A/A": (["doctor", "--seed", "1"], "--seed and --output go with --aa: add it"),
    "code size": ([*RUN, "--set", "n=73"], "n"),
    "expression": ([*RUN, "-k", "aes and ("], "-k 'aes and (': it ends too early"),
    "garbage expression": ([*RUN, "-k", "aes ctr"], "'ctr' is unexpected"),
    "threads": ([*RUN, "--threads", "0"], "--threads takes a number from 1 to 1024, or all, not '0'"),
    "processes": ([*RUN, "--processes", "many"], "--processes takes a number from 1 to 1024, or all"),
    "memory": ([*RUN, "--worker-memory", "4GB"], "--worker-memory must be a whole number, with B, KiB"),
    "seed": ([*RUN, "--seed", "-1"], "greater than or equal to 0"),
    "seed in words": ([*RUN, "--seed", "one"], "Invalid value for '--seed'"),
    "plugin": ([*RUN, "--plugin", "gone.py"], "--plugin gone.py: there is no such file"),
    "plugin module": ([*RUN, "--plugin", "no_such"], "--plugin no_such: neither a .py file nor a module"),
    "resume": ([*RUN, "--resume", "gone.jsonl"], "gone.jsonl: no such file or directory"),
    "list": (["list", "everything"], "'everything' is not one of 'backends', 'workloads', 'codes'"),
    "code": (
        ["inject", "hsiao-72-65", "--model", "flips:1"],
        "no code 'hsiao-72-65': nearest is hsiao-72-64; benchsuite list codes",
    ),
    "no model": (["inject", "hsiao-72-64"], "say how bits flip: --model flips:3"),
    "model": ([*INJECT, "flip:1"], "no error model is called 'flip'; did you mean flips?"),
    "model argument": ([*INJECT, "flips:x"], "--model flips:x: flips:K needs a whole number"),
    "too many flips": ([*INJECT, "flips:73"], "flips:73 flips more bits than the 72 of a codeword"),
    "too many patterns": ([*INJECT, "flips:9", "--exhaustive"], "more than the 20,000,000 that --exhaustive"),
    "no trials": ([*INJECT, "flips:1", "--trials", "0"], "Invalid value for '--trials'"),
    "precision": ([*INJECT, "flips:1", "--precision", "5"], "--precision takes a share such as 1% or 0.01"),
    "precision in words": ([*INJECT, "flips:1", "--precision", "1%%"], "not '1%%'"),
    "precision of a run": (
        [*RUN, "--precision", "5"],
        "--precision takes a share such as 1% or 0.01, not '5'",
    ),
    "budget alone": ([*RUN, "--budget", "60"], "--budget limits the blocks that --precision adds: give both"),
    "budget": ([*RUN, "--precision", "1%", "--budget", "1h"], "--budget takes whole seconds from 1 on"),
    "load": ([*RUN, "--rate", "1000/s,fast"], "--rate takes calls a second or a share of the highest rate"),
    "arrivals": ([*RUN, "--arrivals", "often"], "'often' is not one of 'poisson', 'fixed'"),
    "report": (["report", "gone.jsonl"], "gone.jsonl: no such file or directory"),
    "report of a folder": (["report", "."], "is a directory"),
    "new plugin": (["plugin", "new", "My Engine"], "'My Engine' is no name of a plugin: lower-case letters"),
    "check of a plugin": (["plugin", "check", "numpi"], "no plugin is called 'numpi'; did you mean numpy?"),
    "check of a file": (["plugin", "check", "gone.py"], "gone.py: there is no such file"),
    "rule": (["plugin", "check", "numpy", "--skip", "size"], "no rule is called 'size'; did you mean sizes?"),
    "validate": (["results", "validate", "gone.jsonl"], "gone.jsonl: no such file or directory"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_that_names_it(benchsuite, tmp_path, name):
    arguments, message = MISTAKES[name]
    run = benchsuite(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("benchsuite: ")
    assert run.err.count("\n") == 1
    assert message in run.err
    assert list(tmp_path.iterdir()) == []


def test_no_command_is_help_and_exit_2(benchsuite):
    run = benchsuite()
    assert (run.code, run.out) == (2, "")
    assert "Usage:" in run.err


@pytest.mark.parametrize("command", [[], ["run"], ["inject"], ["results", "validate"], ["list"]])
def test_help_says_how_to_use_a_command(benchsuite, command):
    run = benchsuite(*command, "--help")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: benchsuite {' '.join(command)}".rstrip())


def test_the_version_is_that_of_the_package(benchsuite):
    from benchsuite import __version__

    assert benchsuite("--version") == (0, f"benchsuite {__version__}\n", "")
