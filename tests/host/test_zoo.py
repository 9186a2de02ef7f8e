"""Every animal of ``tests/zoo`` says on its first line what becomes of it: status, and error or note."""

from pathlib import Path

import pytest

from benchsuite.host import guard, rehearsal
from benchsuite.host.plugins import discover

ZOO = Path(__file__).parents[1] / "zoo"
ANIMALS = {path.stem: path.read_text().splitlines()[0][2:].partition(": ")[::2] for path in ZOO.glob("*.py")}
RARE = {"hangs", "slow_import"}
"""Those whose time is the point."""
IN_A_RUN = {"measured", "unsupported", "wrong"}


def told(registry):
    """Name -> (status, error and notes)."""
    return {p.name: (p.status, "; ".join([p.error, *p.notes])) for p in registry.plugins}


@pytest.fixture(scope="module")
def zoo():
    good, *others = ["good", *sorted(ANIMALS.keys() - RARE - {"good"})]
    extra = [str(ZOO / f"{name}.py") for name in (good, *others)]
    return discover(extra=extra, fatal=rehearsal.rehearse(extra=extra))


@pytest.mark.parametrize("name", sorted(ANIMALS.keys() - RARE))
def test_an_animal_is_contained_named_and_explained(zoo, name):
    status, text = ANIMALS[name]
    found, said = told(zoo)[name]
    assert found == ("loaded" if status in IN_A_RUN else status)
    if status not in IN_A_RUN:
        assert text in said


def test_of_the_broken_ones_nothing_is_left(zoo):
    mine = {name for name in zoo.backends if not zoo.owners["benchsuite_backends", name].distribution}
    assert mine == {"good", "lies", "stale"}


def test_who_hangs_is_ended_at_the_time_limit(monkeypatch):
    monkeypatch.setattr(rehearsal, "REHEARSAL_SECONDS", 0.3)
    path = str(ZOO / "hangs.py")
    assert rehearsal.rehearse(extra=[path])[path] == "its import did not end within 0.3 s"


def test_who_takes_long_to_load_is_told_where_to_import(monkeypatch, plugin):
    monkeypatch.setattr(guard, "SLOW_SECONDS", 0.0)
    registry = discover(extra=[plugin("slow")])
    assert "took 0.0 s to load: import what is heavy in probe()" in told(registry)["slow"][1]
