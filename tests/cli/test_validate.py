"""``results validate`` on a real run into which somebody wrote."""

import json
from copy import deepcopy

import pytest


def every(kind, **changes):
    """Change all lines of a kind; a callable makes the new value of the old one."""

    def edit(lines):
        for line in lines:
            if line["type"] == kind:
                for key, value in changes.items():
                    line[key] = value(line[key]) if callable(value) else value

    return edit


def first(kind, **changes):
    """Change the first line of a kind."""
    return lambda lines: every(kind, **changes)(of(lines, kind)[:1])


def of(lines, kind):
    return [line for line in lines if line["type"] == kind]


def underived(edit):
    """Edit, and take out all rows that would contradict."""

    def spoil(lines):
        edit(lines)
        lines[:] = [line for line in lines if line["type"] not in {"cell", "comparison"}]

    return spoil


def scaled(factor):
    return lambda values: [factor * value for value in values]


def all_of_the_first_cell(lines):
    for line in lines:
        if line.get("cell") == of(lines, "samples")[0]["cell"] and "output_sha256" in line:
            line["output_sha256"] = "0" * 64


def swap_cells(lines):
    one, two = (line["cell"] for line in of(lines, "planned")[:2])
    for line in of(lines, "samples"):
        line["cell"] = {one: two, two: one}.get(line["cell"], line["cell"])


def lie_and_append_the_gate_again(lines):
    of(lines, "comparison")[0]["ratio"] = 9.0
    lines.append(deepcopy(of(lines, "gate")[0]))


def repeat(kind, at):
    return lambda lines: lines.insert(at, deepcopy(of(lines, kind)[0]))


def drop(kind, number=0):
    return lambda lines: lines.remove(of(lines, kind)[number])


def drop_visit(lines):
    """The first visit, with its single calls."""
    gone = of(lines, "samples")[0]
    kinds = {"samples", "latency"}
    lines[:] = [
        line
        for line in lines
        if line["type"] not in kinds or (line["cell"], line["block"]) != (gone["cell"], gone["block"])
    ]


def gates_last(lines):
    lines.sort(key=lambda line: line["type"] == "gate")


def plan_nothing(lines):
    first("planned", status="unavailable", reason="no driver")(lines)


FLIPS_3 = {"corrected": 0, "detected": 5599, "miscorrected": 4401, "undetected": 0}


def swap_outcomes(lines):
    (tally,) = (t for t in of(lines, "tally") if t["model"] == "flips:3" and t["trials"])
    tally["outcomes"] = FLIPS_3


def exact_of(change):
    """Change numerator, denominator or value of every exact answer."""
    return every("tally", exact=lambda exact: {name: change(*values) for name, values in exact.items()})


CELL = "cell {cell}"
EDITS = {
    "no schema": (lambda lines: lines[0].pop("schema"), "line 1: Object missing required field `schema`"),
    "another seed": (every("run", seed=77), "run: seed: 77, where argv says 1"),
    "another preset": (every("run", preset="quick"), "run: preset: 'quick', where argv says smoke"),
    "an unknown preset": (every("run", preset="best"), "run: preset: 'best' is none of smoke"),
    "another command": (every("run", argv=["rm", "-rf"]), "run: argv: ['rm', '-rf'] measures nothing"),
    "no time": (every("run", started="\x1b[31mnever"), "run: started: '\\x1b[31mnever' is no UTC time"),
    "no devices": (every("run", devices=[]), "device: the run had no cpu of numpy"),
    "a second head": (repeat("run", 9), "line 10: a second run line"),
    "a label": (every("planned", label="AES-999"), CELL + ": label: recorded 'AES-999'"),
    "more payload": (
        underived(every("planned", work=lambda work: work | {"payload_bytes": 1024000})),
        CELL + ": work.payload_bytes: recorded 1024000, derived 1024",
    ),
    "less than no payload": (
        every("planned", work=lambda work: work | {"payload_bytes": -5}),
        "line 2: Expected `int` >= 0 - at `$.work.payload_bytes`",
    ),
    "parameters": (
        underived(every("planned", case=lambda case: case | {"params": case["params"] | {"messages": 2}})),
        CELL + ": case_key: recorded",
    ),
    "parameters left out": (
        underived(every("planned", case=lambda case: case | {"params": {"message_bytes": 1024}})),
        "is spelled {{'key_bits': 128",
    ),
    "parameters that are none": (
        underived(every("planned", case=lambda case: case | {"params": {"speed": 9}})),
        "case: none of aes-ctr",
    ),
    "more threads": (underived(every("planned", threads=64)), CELL + ": cell: its identity hashes to"),
    "constant time": (every("planned", constant_time="sure"), "constant_time: 'sure' is none of yes"),
    "a third twin": (every("planned", twin=3), "line 2: Expected `int` <= 2 - at `$.twin`"),
    "not planned": (drop("planned"), CELL + ": cell: a gate line of a cell that was not planned before"),
    "planned as unavailable": (underived(plan_nothing), CELL + ": status: a gate line, though planned as"),
    "no gate": (underived(drop("gate")), CELL + ", block 0: no passed gate before it"),
    "gates last": (underived(gates_last), CELL + ", block 0: no passed gate before it"),
    "a gate that was failed": (
        underived(every("gate", status="wrong", reason="item 3")),
        CELL + ", block 0: no passed gate before it",
    ),
    "a gate without a check": (every("gate", checked_calls=0), CELL + ": checked_calls: passed, though"),
    "another k": (underived(every("gate", repetitions=1)), "where the gate allows 1 to 2"),
    "a first call before time": (every("gate", first_call_seconds=-1.0), "at `$.first_call_seconds`"),
    "a flag of nobody": (every("gate", flags=["\x1b[2J"]), "Invalid enum value '\\x1b[2J' - at `$.flags[0]`"),
    "a gate's digest": (first("gate", output_sha256="1" * 64), ", block 0: output_sha256: not the gate's"),
    "a visit's digest": (
        underived(first("samples", output_sha256="1" * 64)),
        "output_sha256: not the gate's",
    ),
    "a cell's digests": (underived(all_of_the_first_cell), "output_sha256: not that of cell"),
    "swapped cells": (underived(swap_cells), "where the gate allows"),
    "more repetitions": (
        underived(every("samples", repetitions=scaled(2))),
        CELL + ", block 0: repetitions:",
    ),
    "endless repetitions": (every("samples", repetitions=[10**40]), "line 8: Expected `int` <= 10000000000"),
    "no repetitions": (every("samples", repetitions=[0]), "line 8: Expected `int` >= 1 - at `$.repetitions"),
    "more CPU time": (
        underived(every("samples", cpu_seconds=[999.0])),
        CELL + ", block 0: cpu_seconds: 999.0",
    ),
    "no wall time": (every("samples", wall_seconds=[5e-324]), "line 8: Expected `float` > 1e-12"),
    "endless wall time": (every("samples", wall_seconds=[1.7e308]), "line 8: Expected `float` < 1000000000"),
    "CPU time": (every("samples", cpu_seconds=[-1.0]), "line 8: Expected `float` >= 0.0 - at `$.cpu_seconds"),
    "more samples": (
        underived(first("samples", repetitions=scaled(1), wall_seconds=lambda wall: wall * 2)),
        CELL + ", block 0: 1 repetitions, 2 wall_seconds, 1 cpu_seconds",
    ),
    "no samples": (
        underived(first("samples", repetitions=[], wall_seconds=[], cpu_seconds=[])),
        CELL + ", block 0: repetitions: no samples",
    ),
    "wrong, yet sampled": (underived(first("samples", flags=["wrong: 3"])), "flags: wrong, and yet it has"),
    "nothing drawn": (
        underived(every("samples", audit_draws=[])),
        "audit_draws: 0 of 1 threads and processes",
    ),
    "a block too many": (underived(first("samples", block=2)), ", block 2: block: smoke has 2 blocks"),
    "a block before all": (every("samples", block=-7), "line 8: Expected `int` >= 0 - at `$.block`"),
    "a place before all": (every("samples", position=-3), "line 8: Expected `int` >= 0 - at `$.position`"),
    "a call more": (every("latency", calls=lambda calls: calls + 1), "where the histogram has"),
    "calls without a visit": (drop("samples"), "block 0: latency: no visit with samples before it"),
    "visited twice": (repeat("samples", 9), CELL + ", block 0: block: visited twice"),
    "a visit less": (drop_visit, CELL + ": summary.blocks: recorded 2, derived 1"),
    "a faster cell": (
        every("cell", summary=lambda summary: summary | {"seconds": summary["seconds"] / 10}),
        CELL + ": summary.seconds: recorded",
    ),
    "a cell's digest": (every("cell", output_sha256="1" * 64), CELL + ": output_sha256: recorded '111"),
    "a verdict": (every("comparison", verdict="faster"), "verdict: recorded 'faster', derived 'too_few"),
    "a ratio": (every("comparison", ratio=lambda ratio: ratio * 1.0001), "comparison of "),
    "a comparison before all": (repeat("comparison", 1), "the measurements before it give no such"),
    "a comparison twice": (repeat("comparison", 28), ": recorded twice"),
    "a lie superseded": (lie_and_append_the_gate_again, "gate: passed after an earlier verdict or visit"),
    "outcomes": (swap_outcomes, "outcomes.detected: 5599 of 10000 trials, where the exact probability is"),
    "impossible outcomes": (
        first("tally", outcomes={"undetected": 10000}),
        "trials 0+10000: outcomes.undetected: 10000 of 10000 trials, where the exact answer is none",
    ),
    "outcomes of nobody": (first("tally", outcomes={"great": 10000}), "line 18: Expected `str` matching"),
    "no trials": (first("tally", trials=0, outcomes={"corrected": 0}), "trials: none, which only an exact"),
    "trials before all": (
        every("tally", first_trial=-5),
        "line 18: Expected `int` >= 0 - at `$.first_trial`",
    ),
    "trials left out": (first("tally", first_trial=9), "first_trial: trials from 0 on are missing"),
    "another seed of trials": (every("tally", seed=2), ": seed: the run's is 1"),
    "a model": (every("tally", model="flips:9"), ": exact: not what the formula of flips:9 gives"),
    "a model misspelled": (
        every("tally", model="flips:03"),
        "model: UsageError: flips:03 is spelled flips:3",
    ),
    "a code": (every("tally", label="hsiao-39-32"), ": label: the code is called hsiao-72-64"),
    "a code's key": (every("tally", case_key="c" * 64), ": case_key: the case hashes to"),
    "no formula": (every("tally", exact=None), ": exact: not what the formula of flips:1 gives"),
    "a value": (exact_of(lambda above, below, value: [above, below, 0.123]), "0.123 is not numerator by"),
    "a fraction": (
        exact_of(lambda above, below, value: [str(2 * int(above)), str(2 * int(below)), value]),
        ": exact: not what the formula of flips:1 gives",
    ),
    "a denominator": (exact_of(lambda above, below, value: [above, "0", value]), "at `$.exact[...][1]`"),
    "a numerator": (exact_of(lambda above, below, value: ["x", below, value]), "at `$.exact[...][0]`"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found_and_named(benchsuite, smoke, lines, name):
    edit, said = EDITS[name]
    found = lines(smoke)
    cell = of(found, "samples")[0]["cell"] if "block" in said else of(found, "planned")[0]["cell"]
    edit(found)
    smoke.write_text("".join(json.dumps(line) + "\n" for line in found))
    run = benchsuite("results", "validate", smoke)
    assert run.code == 1
    assert said.format(cell=cell) in run.out
    assert run.err == ""


def test_every_prefix_of_a_run_is_valid(benchsuite, smoke, tmp_path):
    rows = smoke.read_text().splitlines(keepends=True)
    prefixes = [tmp_path / f"{end}.jsonl" for end in range(1, len(rows))]
    for end, path in enumerate(prefixes, start=1):
        path.write_text("".join(rows[:end]))
    run = benchsuite("results", "validate", *prefixes)
    assert (run.code, run.err) == (0, "")
    assert run.out == "".join(f"{path}: valid, {end} lines\n" for end, path in enumerate(prefixes, start=1))


def test_a_workload_that_is_not_installed_cannot_be_looked_up(benchsuite, smoke, edit):
    def rename(line):
        if line["type"] in {"planned", "cell", "tally"}:
            line["case"]["version"] += 1

    edit(smoke, rename)
    assert benchsuite("results", "validate", smoke).code == 0


def test_a_report_shows_a_file_with_problems_and_says_so(benchsuite, smoke, edit):
    sound = benchsuite("report", smoke)
    edit(smoke, lambda line: line.update(ratio=9.0) if line["type"] == "comparison" else None)
    run = benchsuite("report", smoke)
    assert (run.code, run.out) == (0, sound.out)
    assert run.err == f"benchsuite: {smoke}: 2 problems, see benchsuite results validate\n"
