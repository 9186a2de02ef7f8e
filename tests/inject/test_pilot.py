"""How long campaigns will take: what is asked of the worker, and the arithmetic."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.pilot import Injection, campaign_seconds, try_campaigns
from benchsuite.inject.rig import BLOCK
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import code

CPU = Probe(devices=(("cpu", ("end-to-end",)),))
seconds = st.floats(0, 100)


@given(st.integers(1, 10**9), st.integers(0, 10**9), seconds, seconds, seconds)
def test_more_trials_take_no_less_and_a_short_campaign_one_block(
    trials: int, more: int, prove: float, first: float, later: float
) -> None:
    short = campaign_seconds(trials, prove=prove, first=first, later=later)
    assert campaign_seconds(trials + more, prove=prove, first=first, later=later) >= short
    assert short >= prove + first
    if trials <= BLOCK:
        assert short == prove + first


def campaign(name: str, model: str) -> Campaign:
    return Campaign(code=code(name), model=parse_model(model, Registry()), seed=1, trials=100_000)


def test_every_campaign_that_the_backend_does_is_tried() -> None:
    registry = discover()
    labels: list[str] = []
    campaigns = [campaign("hsiao-72-64", "flips:2"), campaign("parity-65-64", "flips:1")]
    ways = [(c, find_way(registry, "numpy", CPU, c.code)) for c in campaigns]
    refused = (campaigns[0], NoWay(status="unsupported", reason="no such code"))
    found = try_campaigns([*ways, refused], origin(registry, "numpy"), labels.append)
    assert labels == ["numpy: hsiao-72-64, flips:2", "numpy: parity-65-64, flips:1"]
    assert found.campaigns == 2
    assert found.seconds > 0
    assert found.worker_bytes > 1 << 20


def test_a_backend_without_campaigns_starts_no_worker() -> None:
    refused = (campaign("hsiao-72-64", "flips:2"), NoWay(status="unsupported", reason="no such code"))
    assert try_campaigns([refused], origin(discover(), "numpy")) == Injection()
