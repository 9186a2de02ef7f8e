import math
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.record import store
from benchsuite.record.types import SCHEMA, Line, Lost, Run, Samples

HEAD = Run(
    schema=SCHEMA,
    id="r1",
    suite_version="0.1.0",
    argv=[],
    seed=2**63,
    preset="quick",
    started="2026-01-02T03:04:05Z",
    machine={"smt": None, "smt_reason": "unknown"},
    plugins=[],
    devices=[],
)
LINES: list[Line] = [
    HEAD,
    Lost(cell="c1", block=0, reason="died: é\n", signal="SIGKILL"),
    Samples(
        cell="c1",
        block=1,
        position=0,
        repetitions=[10],
        wall_seconds=[0.25],
        cpu_seconds=[0.25],
        output_sha256=None,
    ),
]


def written(path: Path, lines: list[Line] = LINES) -> Path:
    with store.create(path) as writer:
        for line in lines:
            writer.append(line)
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = store.read(written(tmp_path / "new" / "run.jsonl"))
    assert (found.lines, found.warnings) == (LINES, [])


def test_a_line_is_in_the_file_as_soon_as_it_is_appended(tmp_path: Path) -> None:
    with store.create(tmp_path / "run.jsonl") as writer:
        for number, line in enumerate(LINES, start=1):
            writer.append(line)
            assert len(store.read(writer.path).lines) == number


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path / "run.jsonl")
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"--resume .* or give another --output"):
        store.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused_by_name(tmp_path: Path, number: float) -> None:
    samples = msgspec.structs.replace(LINES[2], wall_seconds=[0.25, number])
    with store.create(tmp_path / "run.jsonl") as writer:
        writer.append(HEAD)
        with pytest.raises(ValueError, match=r"samples\.wall_seconds\[1\] is not a finite number"):
            writer.append(samples)
        with pytest.raises(ValueError, match=r"run\.machine\.load"):
            writer.append(msgspec.structs.replace(HEAD, machine={"load": number}))
    assert store.read(tmp_path / "run.jsonl").lines == [HEAD]


@given(st.data())
def test_a_file_cut_anywhere_resumes_to_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = written(tmp_path_factory.mktemp("cut") / "run.jsonl")
    content = path.read_bytes()
    kept = content[: data.draw(st.integers(0, len(content)))]
    path.write_bytes(kept)
    whole = kept.count(b"\n")
    found = store.read(path)
    assert found.lines == LINES[:whole]
    assert bool(found.warnings) == (not kept.endswith(b"\n") and kept != b"")
    writer, lines = store.resume(path)
    with writer:
        assert lines == LINES[:whole]
        for line in LINES[whole:]:
            writer.append(line)
    assert path.read_bytes() == content


def test_an_undecodable_last_line_is_dropped_with_a_warning_and_cut_off(tmp_path: Path) -> None:
    path = written(tmp_path / "run.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"type": "lo\x00\n')
    found = store.read(path)
    assert found.lines == LINES
    assert "line 4 is torn" in found.warnings[0]
    store.resume(path)[0].close()
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"", "line 2 is not JSON"),
        (b'{"type": "lo', "line 2 is not JSON"),
        (b'"\xff"', "line 2"),
        (b"[]", "line 2: Expected `object`"),
        (b'{"type": "surprise"}', "line 2: Invalid value 'surprise'"),
        (b'{"type": "lost", "cell": "c", "block": "0", "reason": ""}', r"line 2: .*block"),
        (b'{"type": "lost", "cell": "c", "block": 0, "reason": "", "more": 1}', "line 2: .*`more`"),
    ],
)
def test_a_bad_line_amid_others_is_an_error_that_names_it(tmp_path: Path, row: bytes, problem: str) -> None:
    path = written(tmp_path / "run.jsonl")
    head, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([head, row, b"\n", *rest]))
    with pytest.raises(store.BadRunFile, match=problem):
        store.read(path)
    with pytest.raises(store.BadRunFile, match=problem):
        store.resume(path)


def test_a_whole_last_line_of_unknown_type_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "run.jsonl")
    path.write_bytes(path.read_bytes() + b'{"type": "surprise"}\n')
    with pytest.raises(store.BadRunFile, match="line 4"):
        store.read(path)


@pytest.mark.parametrize("more", [{}, {"novelty": 1}])
def test_a_newer_schema_is_refused_with_the_remedy(tmp_path: Path, more: dict[str, int]) -> None:
    path = tmp_path / "run.jsonl"
    head = msgspec.to_builtins(HEAD) | {"schema": 2} | more
    path.write_bytes(msgspec.json.encode(head) + b"\n")
    with pytest.raises(store.BadRunFile, match=r"schema 2 is newer than 1.*update benchsuite"):
        store.read(path)


def test_a_file_without_its_head_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "run.jsonl", LINES[1:])
    with pytest.raises(store.BadRunFile, match="line 1 is a lost line, not a run line"):
        store.read(path)


def test_a_file_has_one_writer_at_a_time(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="no advisory locks here")
    path = tmp_path / "run.jsonl"
    with store.create(path) as writer:
        writer.append(HEAD)
        with pytest.raises(ValueError, match="being written by another process"):
            store.resume(path)
    store.resume(path)[0].close()


def test_a_file_that_cannot_be_resumed_is_left_unlocked(tmp_path: Path) -> None:
    path = written(tmp_path / "run.jsonl", LINES[1:])
    for _ in range(2):
        with pytest.raises(store.BadRunFile):
            store.resume(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
def test_a_full_disk_is_an_error() -> None:
    with (
        store.Writer(Path("full"), os.open("/dev/full", os.O_WRONLY)) as writer,
        pytest.raises(OSError, match="No space"),
    ):
        writer.append(HEAD)


def test_a_closed_writer_can_be_closed_again(tmp_path: Path) -> None:
    writer = store.create(tmp_path / "run.jsonl")
    writer.close()
    writer.close()
    with pytest.raises(OSError, match="Bad file"):
        writer.append(HEAD)


def test_the_default_path_sorts_by_time() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert store.default_path(now, "abc") == Path("results/local/20260102T030405Z-abc.jsonl")
