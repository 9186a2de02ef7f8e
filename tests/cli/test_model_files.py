import json
from pathlib import Path

import pytest

from benchsuite.cli.model_files import MOST_BYTES, spelled_out
from benchsuite.host.plugins import UsageError

EXAMPLE = Path(__file__).parents[2] / "docs/examples/upsets.txt"
SPELLED = "mix:flips:1=812+adjacent:2=43+burst:4=9+at:0,1,5=7"


def test_a_file_of_weights_becomes_what_it_holds() -> None:
    assert spelled_out(f"mix:{EXAMPLE}") == SPELLED
    for other in (SPELLED, "flips:03", "mixed:x", "flips:mix:x"):
        assert spelled_out(other) == other


@pytest.mark.parametrize(
    "text", ["812,flips:1\n43,adjacent:2\n", "\ufeff812\tflips:1 # one\r\n\r\n# none\r\n43 , adjacent:2"]
)
def test_blanks_commas_remarks_and_line_ends_are_all_the_same(tmp_path: Path, text: str) -> None:
    file = tmp_path / "weights.csv"
    file.write_bytes(text.encode())
    assert spelled_out(f"mix:{file}") == "mix:flips:1=812+adjacent:2=43"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            b"1 flips:1\nflips:2\n",
            r"line 2: a line is a weight and an error model, as in 812 flips:1, not 'flips:2'",
        ),
        (b"1 flips:1\n0 flips:2\n", r"line 2: the weight of flips:2 must be a number above 0"),
        (b"# none\n\n3 flip:1\n", r"line 3: 'flip:1' cannot be part of a mix: known are adjacent"),
        (b"1 flips:1 2\n", r"line 1: a line is a weight"),
        (b"", r"line 0: a mix is made of 1 to 1000 error models, not 0"),
        (b"1 \xff\n", "no text in UTF-8"),
        (b"#" * (MOST_BYTES + 1), "longer than 1048576 bytes"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "weights.txt"
    file.write_bytes(text)
    with pytest.raises(UsageError, match=said):
        spelled_out(f"mix:{file}")


def test_a_file_that_is_not_there_is_one_line_with_the_remedy(benchsuite) -> None:
    run = benchsuite("inject", "hamming-7-4", "--model", "mix:nowhere.txt", "--exact")
    assert run.code == 2
    assert "mix:nowhere.txt: No such file or directory: give a file of weights" in run.err
    assert "Traceback" not in run.err


def test_a_run_of_a_mixture_resumes_without_its_file(benchsuite, tmp_path: Path) -> None:
    weights, file = tmp_path / "secret-name.txt", tmp_path / "run.jsonl"
    weights.write_text("3 flips:1\n1 flips:2\n")
    options = ("--backend", "numpy", "--trials", "1000")
    assert (
        benchsuite("inject", "hamming-7-4", "--model", f"mix:{weights}", *options, "--output", file).code == 0
    )
    weights.unlink()
    held = file.read_text()
    assert "secret-name" not in held
    head, *tallies = map(json.loads, held.splitlines())
    assert tallies[-1]["model"] == "mix:flips:1=3+flips:2=1"
    asked = head["argv"][: head["argv"].index("--backend")]
    assert benchsuite(*asked, *options, "--resume", file).code == 0
    assert file.read_text() == held
    assert benchsuite("results", "validate", file).code == 0
