import gc
import locale
import os
import resource
import signal
import sys
import warnings

import numpy as np
import pytest

from benchsuite.host.guard import MOST_PRINTED, guarded

NOFILE = resource.getrlimit(resource.RLIMIT_NOFILE)


def leave_for(folder):
    folder.mkdir()
    os.chdir(folder)
    folder.rmdir()


CHANGES = {
    "the working directory": lambda tmp_path: leave_for(tmp_path / "gone"),
    "environment variables": lambda tmp_path: os.environ.pop("HOME", None) or os.environ.update(NEW="1"),
    "signal handlers": lambda tmp_path: signal.signal(signal.SIGTERM, lambda *_: None),
    "the alarm clock": lambda tmp_path: signal.alarm(60),
    "the locale": lambda tmp_path: locale.setlocale(locale.LC_ALL, "C.UTF-8"),
    "numpy's error mode": lambda tmp_path: np.seterr(divide="raise"),
    "warnings filters": lambda tmp_path: warnings.simplefilter("ignore"),
    "the recursion limit": lambda tmp_path: sys.setrecursionlimit(500),
    "the module search path": lambda tmp_path: sys.path.insert(0, str(tmp_path)),
    "the finders of modules": lambda tmp_path: sys.meta_path.clear(),
    "the importers of paths": lambda tmp_path: setattr(sys, "path_hooks", []),
    "modules that were imported before": lambda tmp_path: sys.modules.update(json=None, absent=None),
    "hooks of the interpreter": lambda tmp_path: setattr(sys, "excepthook", print),
    "the garbage collector": lambda tmp_path: gc.disable(),
    "resource limits": lambda tmp_path: resource.setrlimit(resource.RLIMIT_NOFILE, (99, NOFILE[1])),
    "the mode of new files": lambda tmp_path: os.umask(0o777),
    "standard streams": lambda tmp_path: setattr(sys, "stdout", sys.stderr),
}


def state():
    return (
        os.getcwd(),  # noqa: PTH109  as the system says it
        dict(os.environ),
        signal.getsignal(signal.SIGTERM),
        signal.getitimer(signal.ITIMER_REAL),
        locale.setlocale(locale.LC_ALL),
        np.geterr(),
        list(warnings.filters),
        (sys.stdin, sys.stdout, sys.stderr),
        sys.getrecursionlimit(),
        (sys.path[:], sys.meta_path[:], sys.path_hooks[:]),
        (sys.modules["json"], "absent" in sys.modules),
        sys.excepthook,
        gc.isenabled(),
        resource.getrlimit(resource.RLIMIT_NOFILE),
    )


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_put_back_and_noted(name, tmp_path):
    before = state()
    with guarded() as notes:
        CHANGES[name](tmp_path)
    assert state() == before
    assert notes == [f"changed {name}, put back"]


def test_a_finder_that_comes_last_hides_nothing_and_stays():
    finder = object()
    try:
        with guarded() as notes:
            sys.meta_path.append(finder)
        assert notes == []
        assert finder is sys.meta_path[-1]
    finally:
        sys.meta_path.remove(finder)


def test_what_cannot_be_put_back_is_an_error_that_names_it():
    with pytest.raises(RuntimeError, match=r"^changed standard streams: not to be put back$"), guarded():
        sys.stdout.close()


def test_all_is_put_back_when_loading_fails():
    before = state()
    with pytest.raises(RuntimeError), guarded() as notes:
        np.seterr(all="ignore")
        print("last words")
        raise RuntimeError
    assert state() == before
    assert notes == ["changed numpy's error mode, put back", "printed 'last words'"]


def test_who_changes_nothing_gets_no_note():
    with guarded() as notes:
        np.float64(1) / 3
    assert notes == []


def test_of_much_that_is_printed_the_beginning_is_kept():
    with guarded() as notes:
        print("x" * 10_000)
    assert notes == [f"printed {'x' * MOST_PRINTED!r}"]
