from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsuite.cli.code_files import cases_of
from benchsuite.cli.run_options import Options

DATA = Path(__file__).parents[2] / "ci/claims/data"
HAMMING = "0001111\n0110011\n1010101\n"


@pytest.fixture
def quaternary(benchsuite: Callable[..., Any], tmp_path: Path) -> Path:
    """A code of nine symbols of two bits, imported."""
    path = tmp_path / "quaternary.json"
    source = DATA / "quaternary-9-6.txt"
    said = benchsuite("code", "import", source, "--kind", "check", "--symbol-bits", "2", "--output", path)
    assert (said.code, said.out) == (0, "")
    return path


def test_import_says_how_it_read_the_matrix_and_writes_it(benchsuite: Callable[..., Any]) -> None:
    Path("h.txt").write_text(HAMMING)
    said = benchsuite("code", "import", "h.txt", "--kind", "check")
    assert said.code == 0
    assert json.loads(said.out) == {
        "type": "matrix",
        "schema": 1,
        "n": 7,
        "k": 4,
        "columns": "3 5 6 7",
        "order": "4 5 0 6 1 2 3",
        "symbol_bits": 1,
        "polynomial": 3,
        "corrects": 1,
    }
    for line in (
        "read 3 rows of 7 bits of a check matrix",
        "distance 3",
        "corrects: every error in up to 1 bit",
        "order: check bits at positions 0 1 3, data bits in between",
    ):
        assert line in said.err


def test_an_imported_code_is_shown(benchsuite: Callable[..., Any], quaternary: Path) -> None:
    said = benchsuite("code", "show", quaternary)
    assert said.code == 0
    for pattern in (
        r"^matrix-9-6:[0-9a-f]{8}$",
        r"^  size +\(9,6\) symbols of 2 bits, \(18,12\) bits$",
        r"^  field +GF\(4\), x\^2 \+ x \+ 1 \(0x7\)$",
        r"^  distance +3$",
        r"^  corrects +every error in up to 1 symbol$",
    ):
        assert re.search(pattern, said.out, re.MULTILINE), pattern


def test_a_built_in_code_is_shown_too(benchsuite: Callable[..., Any]) -> None:
    said = benchsuite("code", "show", "extended-hamming-8-4")
    assert re.search(r"^ +0 +1$", said.out, re.MULTILINE)
    assert re.search(r"^ +4 +14$", said.out, re.MULTILINE)
    assert re.search(r"^ +3 +11111111$", said.out, re.MULTILINE)
    assert "check bits at positions 0 1 3 7, data bits in between" in said.out


def test_the_object_of_a_code_has_what_its_tables_say(benchsuite: Callable[..., Any]) -> None:
    found = benchsuite("code", "show", "hamming-7-4", "--json").object
    assert found == {
        "schema": 1,
        "command": "code show",
        "name": "hamming-7-4",
        "n": 7,
        "k": 4,
        "symbol_bits": 1,
        "distance": 3,
        "exact_distance": True,
        "corrects": 1,
        "detects": 1,
        "field": None,
        "weights": {"0": "1", "3": "7", "4": "7", "7": "1"},
        "columns_sha256": "23916f8e5471f02f",
        "columns": ["3", "5", "6", "7", "1", "2", "4"],
        "bits": [0, 1, 2, 3, 4, 5, 6],
        "params": {"n": 7, "k": 4},
    }


def test_long_codes_are_shown_whole_only_when_asked(benchsuite: Callable[..., Any]) -> None:
    brief = benchsuite("code", "show", "bch-255-239").out
    assert "--all shows them" in brief
    assert "Check matrix" not in brief
    whole = benchsuite("code", "show", "bch-255-239", "--all").out
    assert "Check matrix" in whole
    assert "Codewords by weight" in whole
    assert r"\begin{array}" not in benchsuite("code", "show", "bch-255-239", "--latex").out
    assert r"\begin{array}" in benchsuite("code", "show", "bch-255-239", "--latex", "--all").out


def test_a_code_by_roots_is_shown_with_its_field_and_generator(benchsuite: Callable[..., Any]) -> None:
    said = benchsuite("code", "show", "reed-solomon-15-11").out
    for pattern in (
        r"field +GF\(16\), x\^4 \+ x \+ 1 \(0x13\)",
        r"roots +alpha\^1 \.\.\. alpha\^4",
        r"generator +1 d c 8 7, the highest power first",
    ):
        assert re.search(pattern, said), pattern
    found = benchsuite("code", "show", "reed-solomon-15-11", "--json").object["field"]
    assert found == {"m": 4, "polynomial": 19, "first_root": 1, "roots": 4, "generator": [1, 13, 12, 8, 7]}
    # x^8 + x^7 + x^6 + x^4 + 1
    assert re.search(r"generator +0x1d1, bit i", benchsuite("code", "show", "bch-15-7").out)


def test_two_codes_together_are_shown_one_by_one(benchsuite: Callable[..., Any]) -> None:
    said = benchsuite("code", "show", "ddr5")
    assert said.code == 2
    assert "on-die-136-128:sequential under chipkill-10-8" in said.err


def test_a_pipe_is_refused_instead_of_waited_for(benchsuite: Callable[..., Any]) -> None:
    os.mkfifo("pipe")
    for arguments in (("code", "import", "pipe", "--kind", "check"), ("code", "show", "pipe")):
        said = benchsuite(*arguments)
        assert said.code == 2
        assert "pipe" in said.err


def test_latex_has_the_matrix_as_a_formula(benchsuite: Callable[..., Any]) -> None:
    said = benchsuite("code", "show", "hamming-7-4", "--latex").out
    assert r"H = \left(\begin{array}{*{7}{c}}" in said
    assert (
        "1 & 1 & 0 & 1 & 1 & 0 & 0 \\\\\n1 & 0 & 1 & 1 & 0 & 1 & 0 \\\\\n0 & 1 & 1 & 1 & 0 & 0 & 1 \\\\\n"
        in said
    )
    assert "$A_{3} = 7$" in said
    assert said.count(r"\begin") == said.count(r"\end") == 2
    said = benchsuite("code", "show", "hamming-7-4", "--latex", "--json")
    assert (said.code, said.err) == (2, "benchsuite: choose one of --latex and --json\n")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (HAMMING, [], "h.txt: 3 rows of 7 may be a check or a generator matrix: say --kind check or"),
        ("1,0\n1,2", ["--kind", "check"], "h.txt: line 2: '2' is not 0 or 1: leave headings out"),
        ("110\n\n110", ["--kind", "check"], "h.txt: column 3 is zero, an error there is never seen"),
        (
            "111\n\n111",
            ["--kind", "check"],
            "h.txt: line 3: a sum of multiples of other rows, so that the 2 rows",
        ),
        (
            "1\n1",
            ["--kind", "check"],
            "h.txt: a check matrix has fewer rows than columns, this one has 2 rows of 1",
        ),
        (HAMMING, ["--kind", "check", "--corrects", "2"], "h.txt: corrects must be at most 1, not 2"),
        (HAMMING, ["--kind", "check", "--polynomial", "x"], "--polynomial takes a number such as 0x11d"),
        (HAMMING, ["--kind", "check", "--symbol-bits", "3"], "--symbol-bits must be 1, 2, 4 or 8, not 3"),
        (
            "1 2 3",
            ["--kind", "check", "--symbol-bits", "2", "--polynomial", "5"],
            "h.txt: polynomial 0x5 is a product",
        ),
        ("\x00\xff", ["--kind", "check"], "h.txt: no text in UTF-8: save it as such, or as CSV"),
        ("1" * (2**20 + 1), ["--kind", "check"], "h.txt: longer than 1048576 bytes"),
    ],
)
def test_what_is_no_matrix_is_refused_in_one_line(
    benchsuite: Callable[..., Any], text: str, options: list[str], message: str
) -> None:
    Path("h.txt").write_text(text, encoding="latin-1")
    said = benchsuite("code", "import", "h.txt", *options)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"benchsuite: {message}")
    assert said.err.count("\n") == 1


def test_nothing_is_overwritten(benchsuite: Callable[..., Any], quaternary: Path) -> None:
    Path("h.txt").write_text(HAMMING)
    before = quaternary.read_text()
    said = benchsuite("code", "import", "h.txt", "--kind", "check", "--output", quaternary)
    assert said.code == 2
    assert "exists: give another --output, or remove it" in said.err
    assert quaternary.read_text() == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none", None, "no code 'none': nearest is"),
        ("h.txt", HAMMING, "h.txt: it is no matrix that `benchsuite code import` wrote"),
        ("h.json", '{"type": "matrix", "schema": 2}', "h.json: it is no matrix that"),
        ("{", None, "it is no matrix that `benchsuite code import` wrote"),
    ],
)
def test_what_names_no_code_is_refused(
    benchsuite: Callable[..., Any], name: str, text: str | None, message: str
) -> None:
    if text is not None:
        Path(name).write_text(text)
    for command in (("code", "show", name), ("inject", name, "--model", "flips:1"), ("run", "--code", name)):
        said = benchsuite(*command)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"benchsuite: {message}")
        assert said.err.count("\n") == 1


def test_bits_are_flipped_in_an_imported_code_and_its_file_is_not_named(
    benchsuite: Callable[..., Any], lines: Callable[[Path], list[dict[str, Any]]]
) -> None:
    benchsuite("code", "import", DATA / "secded-39-32.v", "--output", "own.json")
    asked = ("inject", "own.json", "--model", "flips:3", "--exhaustive", "--backend", "numpy")
    assert benchsuite(*asked, "--output", "run.jsonl").code == 0
    run, tally = lines(Path("run.jsonl"))
    counted = {name: count for name, count in tally["outcomes"].items() if count}
    assert counted == {"detected": 3711, "miscorrected": 5428}
    assert tally["label"] == "matrix-39-32:5bc4cc6b"
    assert tally["case"]["params"]["columns"] == json.loads(Path("own.json").read_text())["columns"]
    assert "own.json" not in Path("run.jsonl").read_text()
    said = benchsuite("results", "validate", "run.jsonl")
    assert (said.code, said.out) == (0, "run.jsonl: valid, 2 lines\n")
    Path("own.json").unlink()
    again = benchsuite(*run["argv"], "--output", "again.jsonl")
    assert again.code == 0
    assert lines(Path("again.jsonl"))[1]["outcomes"] == tally["outcomes"]


def test_validate_holds_a_tally_to_the_matrix_in_its_case(
    benchsuite: Callable[..., Any], edit: Callable[..., None]
) -> None:
    Path("h.txt").write_text(HAMMING)
    benchsuite("code", "import", "h.txt", "--kind", "check", "--output", "h.json")
    asked = ("inject", "h.json", "--model", "flips:2", "--trials", "100", "--backend", "numpy")
    assert benchsuite(*asked, "--output", "run.jsonl").code == 0
    for label, message in (
        ("matrix-7-4:00000000", "label: the code is called matrix-7-4:"),
        ("hsiao-72-64", r"case: matrix \(7,4\) .* is the decoder of no code"),
    ):
        edit(Path("run.jsonl"), lambda line, label=label: "label" in line and line.update(label=label))
        said = benchsuite("results", "validate", "run.jsonl")
        assert said.code == 1
        assert re.search(message, said.out)


def test_a_run_measures_the_cases_of_a_code_and_no_others(
    benchsuite: Callable[..., Any], quaternary: Path
) -> None:
    asked = ("run", "--preset", "smoke", "--backend", "numpy", "--dry-run", "--json")
    planned = benchsuite(*asked, "--code", quaternary, "--set", "codewords=64").object["planned"]
    cases = {(row["case"]["workload"], row["case"]["params"].get("wrong")) for row in planned}
    assert cases == {("matrix-encode", None), ("matrix-decode", "0.0"), ("matrix-decode", "0.01")}
    assert {row["case"]["params"]["n"] for row in planned} == {9}
    assert {row["case"]["params"]["codewords"] for row in planned} == {64}


def test_cases_of_a_code_have_two_mebibytes_of_data_or_many_codewords() -> None:
    for name, preset, codewords in (
        ("hsiao-72-64", "quick", 2**18),
        ("hsiao-137-128", "quick", 2**17),
        ("hamming-7-4", "standard", 2**18),
        ("hsiao-72-64", "smoke", 2**14),
    ):
        cases = cases_of([name], preset)
        assert cases is not None
        assert {params.codewords for some in cases.values() for params in some} == {codewords}
    assert cases_of([], "quick") is None


def test_options_with_a_code_are_read_back_without_its_file(quaternary: Path) -> None:
    options = Options(codes=(str(quaternary), "hsiao-72-64"))
    again = Options.of(options.argv())
    assert again.argv() == options.argv()
    quaternary.unlink()
    assert again.selection().cases is not None
    assert again.codes[1] == "hsiao-72-64"
