import os
import select
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchsuite.workers import Worker, WorkerError, WorkerLost, first_to_answer

TARGET = "servant:serve"


@pytest.fixture
def start(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    with ExitStack() as stack:

        def start(**options):
            worker = Worker(TARGET, **options)
            stack.callback(worker.bury)
            return worker

        yield start


@pytest.fixture
def worker(start):
    return start()


def ask(worker, do, seconds=600.0, **more):
    return worker.ask({"do": do, **more}, seconds=seconds)


def test_a_request_is_answered_by_another_process_and_prints_do_no_harm(worker):
    reply = ask(worker, "echo", text="µ")
    assert reply == {"text": "µ", "pid": worker.pid}
    assert worker.pid != os.getpid()


@pytest.mark.parametrize(("asked", "got"), [("", "1"), ("4", "4")])
def test_a_worker_has_one_blas_thread_unless_more_are_asked_for(monkeypatch, start, asked, got):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.setenv("BENCHSUITE_BLAS_THREADS", asked)
    assert ask(start(), "threads") == {"threads": got}


@pytest.mark.parametrize(
    ("do", "text"), [("raise", "ValueError: no such thing"), ("exit", "SystemExit"), ("nan", "ValueError")]
)
def test_an_exception_is_an_answer_and_the_worker_lives_on(worker, do, text):
    with pytest.raises(WorkerError, match=text):
        ask(worker, do)
    assert ask(worker, "echo", text="still here")["text"] == "still here"


def test_a_worker_that_says_that_it_is_of_no_more_use_is_buried(worker):
    with pytest.raises(WorkerLost, match="DeviceGone: no longer of use") as lost:
        ask(worker, "lose")
    assert lost.value.signal is None
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


@pytest.mark.parametrize(
    ("do", "signal", "reason"),
    [
        ("kill", "SIGKILL", "out of memory"),
        ("crash", "SIGSEGV", "Segmentation fault"),
        ("hard-exit", None, "exit code 3"),
    ],
)
def test_a_death_names_its_signal_and_last_words(worker, do, signal, reason):
    with pytest.raises(WorkerLost, match=reason) as lost:
        ask(worker, do)
    assert lost.value.signal == signal


def test_a_hang_is_ended_at_its_time_limit(worker):
    with pytest.raises(WorkerLost, match=r"timeout: no answer within 0\.2 s"):
        ask(worker, "hang", seconds=0.2)


@pytest.mark.parametrize(
    "text",
    ["garbage", "[]\n", '{"reply": {}}\n', '{"serial": 7, "reply": {}}\n', '{"serial": 1, "reply": []}\n'],
)
def test_garbage_in_the_pipe_ends_the_worker_whatever_its_form(worker, text):
    # read with the true answer behind it, or before that was written
    with pytest.raises(WorkerLost, match=r"not a message|not a reply|not asked"):
        ask(worker, "chatter", text=text)


def test_the_answer_of_a_forked_copy_is_not_taken_for_that_to_the_next_request(worker):
    with pytest.raises(WorkerLost, match=r"not asked|not a message"):
        ask(worker, "fork")
        for number in range(10_000):  # the copy answers when it comes to it
            assert ask(worker, "echo", text=str(number))["text"] == str(number)


def test_a_worker_that_closes_its_pipe_is_lost(worker):
    with pytest.raises(WorkerLost, match="Bad file descriptor"):
        ask(worker, "hang-up")


def test_a_flood_on_stderr_is_ended(worker):
    with pytest.raises(WorkerLost, match="more than 64 MiB to stderr"):
        ask(worker, "flood")


def test_a_worker_that_takes_too_much_memory_is_ended_while_it_is_waited_for(start):
    told = []
    limited, free = start(memory_bytes=1 << 28), start()
    assert ask(limited, "echo", text="small")["text"] == "small"
    with pytest.raises(WorkerLost, match=r"memory: \d+ MiB, more than the 256 MiB that a worker may have"):
        limited.ask({"do": "fill"}, seconds=600.0, waiting=lambda: told.append("waiting"))
    with pytest.raises(WorkerLost, match="timeout"):
        free.ask({"do": "fill"}, seconds=0.5, waiting=lambda: told.append("waiting"))
    assert told


def test_a_buried_worker_is_lost_and_burying_twice_is_harmless(worker):
    worker.bury()
    worker.bury()
    with pytest.raises(WorkerLost):
        ask(worker, "echo", text="")


@pytest.mark.parametrize("death", ["buried", "kill"])
def test_what_a_worker_started_in_a_session_of_its_own_ends_with_it(worker, death):
    process = os.pidfd_open(ask(worker, "leave")["pid"])
    if death == "buried":
        worker.bury()
    else:
        with pytest.raises(WorkerLost):
            ask(worker, death)
    readable, _, _ = select.select([process], [], [], 600)
    os.close(process)
    assert readable  # it has ended


def test_the_first_of_several_to_answer_die_or_be_late_is_told(start):
    quick, dying, hanging = start(), start(), start()
    hanging.send({"do": "hang"}, seconds=600.0)
    quick.send({"do": "echo", "text": "here"}, seconds=60.0)
    assert first_to_answer([hanging, quick]) is quick
    assert quick.receive()["text"] == "here"
    dying.send({"do": "kill"}, seconds=60.0)
    assert first_to_answer([hanging, dying]) is dying
    with pytest.raises(WorkerLost, match="SIGKILL"):
        dying.receive()
    late = start()
    late.send({"do": "hang"}, seconds=0.2)
    assert first_to_answer([hanging, late]) is late
    with pytest.raises(WorkerLost, match=r"timeout: no answer within 0\.2 s"):
        late.receive()


def test_a_worker_that_floods_is_told_before_it_answers(start):
    hanging, flooding = start(), start()
    hanging.send({"do": "hang"}, seconds=600.0)
    flooding.send({"do": "flood"}, seconds=600.0)
    assert first_to_answer([hanging, flooding]) is flooding
    with pytest.raises(WorkerLost, match="more than 64 MiB to stderr"):
        flooding.receive()
