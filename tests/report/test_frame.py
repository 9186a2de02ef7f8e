"""``benchsuite.load``."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

import msgspec
import pytest

from benchsuite import load
from benchsuite.record.types import Line
from benchsuite.report.formats import TIDY_COLUMNS, render

from .conftest import RunBuilder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lines(builder: RunBuilder) -> list[Line]:
    builder.measure("swift", 5e-7)
    builder.measure("plain", 9e-6, flags=("psi", "load"))
    builder.plan("absent", status="unavailable", reason="no driver: install one")
    builder.tally("swift")
    return builder.lines


@pytest.fixture
def file(lines: list[Line], tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return path


def test_rows_are_those_of_the_csv(file: Path, lines: list[Line]) -> None:
    frame = load(file)
    rows = list(csv.DictReader(io.StringIO(render(lines, "csv"))))
    assert tuple(frame.columns) == TIDY_COLUMNS
    assert list(frame.type) == [row["type"] for row in rows]
    for column in ("seconds", "rate", "ratio"):
        found = ["" if math.isnan(value) else repr(value) for value in frame[column].tolist()]
        assert found == [row[column] for row in rows]
    assert set(frame.run) == {"r1"}


def test_files_follow_one_another(file: Path) -> None:
    assert len(load(file, str(file))) == 2 * len(load(file))


@pytest.mark.parametrize("name", ["results/readme/quick.jsonl", "results/protection/objects-4KiB.jsonl"])
def test_dtypes_are_the_same_whatever_is_in_a_file(name: str, file: Path) -> None:
    assert load(ROOT / name).dtypes.equals(load(file).dtypes)


def test_a_text_column_is_text_and_a_count_is_whole(file: Path) -> None:
    dtypes = load(file).dtypes
    assert {str(dtypes[name]) for name in ("label", "run", "flags")} == {"string"}
    assert {str(dtypes[name]) for name in ("blocks", "trials", "count")} == {"Int64"}
    assert (str(dtypes["seconds"]), str(dtypes["fused"])) == ("float64", "boolean")


def test_bad_files_are_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone\.jsonl"):
        load(tmp_path / "gone.jsonl")
    (tmp_path / "diary.jsonl").write_text("dear diary\nnothing\n")
    with pytest.raises(ValueError, match=r"diary\.jsonl: line 1"):
        load(tmp_path / "diary.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(ValueError, match=r"empty\.jsonl holds no run"):
        load(tmp_path / "empty.jsonl")
    with pytest.raises(ValueError, match="at least one run file"):
        load()
    file.write_bytes(file.read_bytes() + b'{"type": "sam')
    with pytest.warns(UserWarning, match=r"a\.jsonl: line \d+ is torn"):
        load(file)


def test_a_seed_that_no_column_holds_is_refused(file: Path) -> None:
    file.write_text(re.sub(r'"seed":\d+', f'"seed":{2**70}', file.read_text()))
    with pytest.raises(ValueError, match=r"a\.jsonl: a seed or version has more than 64 bits"):
        load(file)


def test_the_example_of_the_docs_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(
        r"<!-- tests/report/test_frame.py runs this -->\n```python\n(.*?)```",
        (ROOT / "docs/how-to.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    monkeypatch.chdir(ROOT)
    exec(compile(example, "how-to.md", "exec"), {})
    assert "GB/s" in capsys.readouterr().out
