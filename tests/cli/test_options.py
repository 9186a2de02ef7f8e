"""What the options of ``run`` say of the plan, and that a run file can say them again."""

import pytest

from benchsuite.cli.progress import Reporter
from benchsuite.cli.run_options import Options
from benchsuite.record.machine import cores_allowed, memory_limit_bytes

CORES = cores_allowed()


@pytest.mark.parametrize(
    ("options", "crowds"),
    [
        ({}, {(1, 1)}),
        ({"preset": "publication"}, {(1, 1), (CORES, 1), (1, CORES)}),
        ({"preset": "publication", "processes": ("1",)}, {(1, 1)}),
        ({"threads": ("3",)}, {(3, 1)}),
        ({"threads": ("1", "3"), "processes": ("3", "all")}, {(1, 1), (3, 1), (1, 3), (1, CORES)}),
    ],
)
def test_a_row_has_several_threads_or_several_processes_never_both(options, crowds):
    assert set(Options(**options).selection().crowds) == crowds


def test_the_options_of_a_run_can_be_read_back_from_its_file():
    options = Options(threads=("1", "all"), processes=("2",), worker_memory="4GiB", seed=7)
    assert Options.of(options.argv()) == options


def test_a_worker_may_have_four_fifths_of_the_memory_unless_told():
    assert Options(worker_memory="512MiB").worker_memory_bytes() == 1 << 29
    assert Options().worker_memory_bytes() == int(0.8 * memory_limit_bytes())


def test_where_there_is_no_terminal_a_line_says_what_is_waited_for_and_how_long_at_most(capsys):
    with Reporter() as reporter:
        reporter.waiting("openssl: AES\x1b", 60.0)
        reporter.waiting("openssl: AES", 60.0)
    told = capsys.readouterr().err
    assert told.startswith("benchsuite: waiting for openssl: AES")
    assert told.endswith(", at most 60 s\n")
    assert "\x1b" not in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("text", ["0", "many", "-1", "1025"])
def test_no_number_of_blas_threads_is_refused_in_a_line(benchsuite, monkeypatch, text):
    monkeypatch.setenv("BENCHSUITE_BLAS_THREADS", text)
    run = benchsuite("list", "backends")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"benchsuite: BENCHSUITE_BLAS_THREADS takes a number from 1 to 1024, not '{text}'\n"
