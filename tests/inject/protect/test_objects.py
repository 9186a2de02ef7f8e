import numpy as np
import pytest

from benchsuite.host.plugins import UsageError
from benchsuite.inject.protect.objects import block_of, count_objects

from .conftest import Guarded, Objected


@pytest.mark.parametrize("model", ["flips:3", "bsc:0.01", "burst:40", "symbol:8:2", "adjacent:5"])
def test_a_trial_is_the_same_however_trials_are_cut(objects: Objected, model: str) -> None:
    one = objects("crc-32c", model)
    whole, places = one.data(0, 20), one.flips(0, 20)
    for first in (0, 7, 19):
        assert np.array_equal(one.data(first, 1)[0], whole[first])
        assert np.array_equal(one.flips(first, 1)[1], places[1][places[0] == first])


@pytest.mark.parametrize("model", ["flips:3", "bsc:0.01", "burst:40"])
def test_protections_meet_the_same_data_and_where_they_store_as_much_the_same_flips(
    objects: Objected, model: str
) -> None:
    hsiao, chipkill, crc = (
        objects(name, model) for name in ("hsiao-72-64", "extended-hamming-72-64", "crc-32c")
    )
    assert np.array_equal(hsiao.data(5, 4), crc.data(5, 4))
    for one, other in zip(hsiao.flips(5, 4), chipkill.flips(5, 4), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", ["crc-32c", "aes-128-gcm", "hsiao-72-64", "erasure-6-4"])
def test_counts_do_not_depend_on_chunks(objects: Objected, guard: Guarded, name: str) -> None:
    struck, prepared = objects(name, "bsc:0.002", 2048), guard(name, 2048)
    assert block_of(struck.scheme) == 512
    whole = count_objects(prepared, struck, 0, 600)
    parts = [count_objects(prepared, struck, first, count) for first, count in ((0, 1), (1, 590), (591, 9))]
    assert sum(whole.values()) == 600
    assert whole == {key: sum(part.get(key, 0) for part in parts) for key in whole}


@pytest.mark.parametrize("name", ["crc-32c", "aes-256-gcm", "hsiao-72-64", "bch-63-51", "erasure-6-4"])
def test_nothing_is_reported_and_all_data_are_right_where_nothing_flips(
    objects: Objected, guard: Guarded, name: str
) -> None:
    if name == "bch-63-51":
        with pytest.raises(UsageError, match="51 data bits, no whole bytes"):
            objects(name, "flips:0")
        return
    assert count_objects(guard(name, 64), objects(name, "flips:0"), 0, 50) == {"clean": 50, "false_alarm": 0}


@pytest.mark.parametrize("model", ["device:x4:uniform", "pin:x4", "erasures:1"])
def test_models_of_devices_are_refused(objects: Objected, model: str) -> None:
    with pytest.raises(UsageError, match="strikes devices of a memory"):
        objects("crc-32c", model)


def test_a_model_that_flips_more_bits_than_there_are_is_refused(objects: Objected) -> None:
    with pytest.raises(UsageError, match="give 0 to 40"):
        objects("crc-32c", "flips:41", 1)
