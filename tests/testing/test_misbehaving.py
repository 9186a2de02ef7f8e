import numpy as np
import pytest

from benchsuite.api import Job, host_cpu
from benchsuite.testing import misbehaving
from benchsuite.testing.encoder import encode
from benchsuite.testing.misbehaving import FOLDER, WAYS, name_of
from benchsuite.workloads import HSIAO_ENCODE
from benchsuite.workloads.codes.hsiao import HsiaoEncodeParams

PARAMS = HsiaoEncodeParams(codewords=8)


def prepared(way):
    """(a slot of the backend that misbehaves this way, its inputs, its outputs)."""
    inputs, outputs = HSIAO_ENCODE.inputs(PARAMS, 1, 0), HSIAO_ENCODE.outputs(PARAMS)
    (device,) = host_cpu()
    with device.lanes(1) as (lane,):
        job = Job(params=PARAMS, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
    backend = misbehaving.misbehaving(way)
    return backend.implementations[HSIAO_ENCODE.id, ""].prepare(job), inputs, outputs


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_who_is_not_armed_behaves(way, monkeypatch, tmp_path):
    for folder in (None, tmp_path):
        if folder:
            monkeypatch.setenv(FOLDER, str(folder))
        slot, inputs, outputs = prepared(way)
        slot.run()
        expected = HSIAO_ENCODE.outputs(PARAMS)
        encode(inputs, expected)
        assert np.array_equal(outputs.check, expected.check)


def test_an_armed_backend_misbehaves_in_the_first_repetition_of_one_slot(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    (tmp_path / "raises-at-length").touch()
    slot, *_ = prepared(misbehaving.raises_at_length)
    with pytest.raises(ValueError, match=r"x{1000000}"):
        slot.run()
    slot.run()
    another, *_ = prepared(misbehaving.raises_at_length)
    another.run()


def test_there_are_thirteen_ways_each_a_backend_beside_an_honest_one():
    names = [backend.name for backend in misbehaving.benchsuite_backends()]
    assert names == [misbehaving.HONEST, *map(name_of, WAYS)]
    assert len(set(names)) == 14
