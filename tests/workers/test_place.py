"""The place that an exception is told with is one that the plugin's author can mend."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from benchsuite.workers.place import own_place, place_of


@contextmanager
def opened():
    yield


def test_it_is_the_last_line_of_the_plugins_own_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "library").mkdir()
    source = "def call(given):\n    return given()\n"
    spaces = [{}, {}]
    for space, path in zip(spaces, ("mine/engine.py", "library/deep.py"), strict=True):
        exec(compile(source, tmp_path / path, "exec"), space)
    mine, library = (space["call"] for space in spaces)
    with pytest.raises(ZeroDivisionError) as raised:
        mine(lambda: library(lambda: 1 / 0))
    chain = raised.value.with_traceback(raised.value.__traceback__.tb_next)
    assert place_of(chain) == " (engine.py:2)"


def test_where_nothing_was_called_there_is_none():
    assert own_place(ValueError()) == place_of(ValueError()) == ""
