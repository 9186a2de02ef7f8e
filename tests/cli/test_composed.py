"""``inject`` into a rank over chips with a code inside, from the command line to the file and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DDR5 = "on-die-136-128:sequential+chipkill-10-8"


@pytest.mark.parametrize("options", [(), ("--access", "64")])
def test_a_composition_is_injected_into_logged_validated_and_replayed(
    benchsuite: Callable[..., Any], options: tuple[str, ...]
) -> None:
    asked = ("inject", "ddr5", "--backend", "numpy", "--model", "flips:4", "--trials", "2000", *options)
    run = benchsuite(*asked, "--log", "detected", "--output", "r.jsonl")
    assert run.code == 0, run.err
    lines = [json.loads(line) for line in Path("r.jsonl").read_text(encoding="utf-8").splitlines()]
    tally = next(line for line in lines if line["type"] == "tally")
    assert (tally["label"], tally["codewords"]) == (DDR5, 8 if options else 16)
    assert tally["exact"].keys() == {"corrected", "lost"}
    validated = benchsuite("results", "validate", "r.jsonl")
    assert (validated.code, validated.err) == (0, "")
    number = next(at for at, line in enumerate(lines, 1) if line["type"] == "trial")
    replayed = benchsuite("results", "replay", "r.jsonl", str(number))
    assert replayed.code == 0, replayed.err
    flipped = " ".join(map(str, lines[number - 1]["flipped"]))
    assert f"positions of the trial flipped: {flipped}\n" in replayed.out


def test_a_file_that_says_other_than_the_formula_is_found_out(benchsuite: Callable[..., Any]) -> None:
    benchsuite(
        "inject", "ddr5", "--backend", "numpy", "--model", "pin:x4", "--trials", "9", "--output", "r.jsonl"
    )
    path = Path("r.jsonl")
    text = path.read_text(encoding="utf-8")
    for said, other, found in (
        ('"rank":"chipkill-10-8"', '"rank":"chipkill-18-16"', "is decoded by none such"),
        ('"corrected":["1","1",1.0]', '"corrected":["0","1",0.0]', "not what the formula of pin:x4 gives"),
    ):
        assert said in text
        path.write_text(text.replace(said, other), encoding="utf-8")
        validated = benchsuite("results", "validate", path)
        assert validated.code == 1
        assert found in validated.out
