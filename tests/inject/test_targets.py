import numpy as np
import pytest

from benchsuite.api import ErrorModel, Target
from benchsuite.host.plugins import discover
from benchsuite.inject.targets import asked, some_trials, target_of
from benchsuite.workloads.codes import code


def zeros(trials: int, n: int) -> np.ndarray:
    return np.zeros((trials, n), np.uint8)


def words(block: int, number: int) -> np.ndarray:
    return np.full((3, number), block, np.uint64)


def test_a_target_is_the_codewords_of_a_trial_one_after_another() -> None:
    target = target_of(code("chipkill-18-16"), 2, lambda: zeros(3, 288))
    assert (target.n, target.k) == (288, 256)
    assert [len(device) for device in target.layouts(8).positions()] == [16] * 18


def test_the_model_that_knows_most_is_asked() -> None:
    def says(number: int):
        return lambda *given: np.full((3, 1), number)

    ways = {"positions": says(1), "on_layout": says(2), "on_target": says(3)}
    target = target_of(code("hamming-7-4"), 1, lambda: zeros(3, 7))
    for number in (1, 2, 3):
        has = dict(list(ways.items())[:number])
        kind = ErrorModel(name="some", syntax="some", parse=str, exact=lambda *_: None, **has)
        assert asked(kind, "", target, words).tolist() == [[number]] * 3


def test_a_model_that_flips_nothing_anyhow_breaks_its_plugin(tmp_path) -> None:
    with pytest.raises(
        ValueError, match="some says nowhere what flips: give positions, on_layout or on_target"
    ):
        ErrorModel(name="some", syntax="some", parse=str, exact=lambda *_: None)
    path = tmp_path / "mute.py"
    path.write_text(
        "from benchsuite.api import ErrorModel, hookimpl\n@hookimpl\ndef benchsuite_error_models():\n"
        "    return [ErrorModel(name='mute', syntax='mute', parse=str, exact=lambda *_: None)]\n"
    )
    (broken,) = (plugin for plugin in discover(extra=[str(path)]).plugins if plugin.status == "broken")
    assert "mute says nowhere what flips" in broken.error


def test_some_of_the_trials_have_their_own_bits_and_words() -> None:
    bits = np.arange(12, dtype=np.uint8).reshape(3, 4)
    target = Target(n=4, k=3, layouts=lambda pins: None, stored=lambda: bits)
    mine, drawn = some_trials(target, lambda block, number: bits[:, :number], np.array([2, 0]))
    assert (mine.n, mine.k) == (4, 3)
    assert mine.stored().tolist() == [[8, 9, 10, 11], [0, 1, 2, 3]]
    assert drawn(0, 2).tolist() == [[8, 9], [0, 1]]
