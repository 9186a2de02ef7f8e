"""One trial of a campaign alone, through a backend, as the campaign counted it."""

from __future__ import annotations

from benchsuite.host.engine import Origin
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.inject.campaign import Campaign, server_of
from benchsuite.inject.composed import AnyThrough
from benchsuite.inject.server import Reply, answers
from benchsuite.inject.ways import NoWay


def replay(
    campaign: Campaign, trial: int, origin: Origin, way: AnyThrough | NoWay, registry: Registry
) -> Reply:
    """``status`` and ``reason``, and ``shown``: what ``show_trial`` gives of trial number ``trial``.

    Raises UsageError where the campaign has no such trial.
    """
    last = 1 << 62 if not campaign.exhaustive else campaign.size
    if last is not None and not 0 <= trial < last:
        raise UsageError(f"there is no trial {trial}: they are numbered from 0 to {last - 1}")
    if isinstance(way, NoWay):
        return {"status": way.status, "reason": way.reason}
    server = server_of(campaign, origin, way, registry)
    try:
        ((_, reply),) = answers([server], [{"do": "show", "first": trial, "count": 1} | campaign.request()])
    finally:
        server.close(keep=False)
    return reply
