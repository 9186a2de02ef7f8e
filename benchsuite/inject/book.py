"""The book of a campaign: its chunks in the order of the trials, whoever counted them and whenever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from benchsuite.analyse.estimates import estimate
from benchsuite.analyse.tallies import campaign as identity
from benchsuite.analyse.tallies import settle
from benchsuite.host.plugins import UsageError
from benchsuite.inject.rare import counted_strata
from benchsuite.inject.server import Reply, Request
from benchsuite.record.types import OfCampaign, Tally, Trial
from benchsuite.scale.ledger import Ledger
from benchsuite.workloads.streams import canonical_json

if TYPE_CHECKING:
    from benchsuite.inject.campaign import Campaign

_DAMAGED = "the ledger beside the run file is damaged"
MOST_LOGGED = 1000  # of an outcome: 400 kB of a run file


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a chunk: its tally, and the trials of it that may be logged."""

    first: int
    tally: Tally
    trials: list[Trial]


class Book:
    """Records chunks that come in turn, and knows when there are enough of them."""

    def __init__(
        self,
        campaign: Campaign,
        blank: Tally,
        done: Iterable[Tally | Trial],
        record: Callable[[Tally | Trial], None],
        chunk_trials: int,
    ) -> None:
        self._campaign, self._blank, self._record, self._chunk_trials = campaign, blank, record, chunk_trials
        lines = list(done)
        self.tallies = [line for line in lines if isinstance(line, Tally)]
        """Of the campaign, that were there."""
        self.counted = settle([*self.tallies, blank])
        """What ``settle`` makes of all chunks so far."""
        self._trials = {line.trial: line for line in lines if isinstance(line, Trial)}
        before = [line for line in self._trials.values() if line.trial < self.counted.trials]
        self._logged = Counter(line.outcome for line in before)
        self._ended = False

    @property
    def name(self) -> str:
        """Of the campaign, in a ledger."""
        return sha256(canonical_json([*identity(self._blank), self._chunk_trials])).hexdigest()

    @property
    def size(self) -> int | None:
        """How many trials there are to be; None where only the precision tells."""
        return self._campaign.size

    def is_over(self) -> bool:
        """Whether all trials are counted, the precision is reached, or a chunk did not end well."""
        counted, campaign = self.counted, self._campaign
        if self._ended or (campaign.size is not None and counted.trials >= campaign.size):
            return True
        at_a_look = counted.trials > 0 and counted.trials % self._chunk_trials == 0
        if campaign.precision is None or campaign.exhaustive or not at_a_look:
            return False
        return max(estimate(counted, name).half_width for name in counted.outcomes) <= campaign.precision

    def requests(self, skipping: Container[int]) -> Iterator[Request]:
        """The chunks to be counted, from the first that is not recorded on, but for those of ``skipping``."""
        first, campaign = self.counted.trials, self._campaign
        while campaign.size is None or first < campaign.size:
            count = self._chunk_trials - first % self._chunk_trials
            if campaign.size is not None:
                count = min(count, campaign.size - first)
            if first not in skipping:
                log = {name: room for name in campaign.log if (room := MOST_LOGGED - self._logged[name])}
                yield {"do": "chunk", "first": first, "count": count, "log": log} | campaign.request()
            first += count

    def chunk(self, request: Request, reply: Reply) -> Chunk:
        """What a reply says, as it will be recorded."""
        found = dict(reply)
        logged, by_flips = found.pop("logged", []), found.pop("by_flips", {})
        measured = found["status"] == "measured"
        tally = msgspec.structs.replace(
            self._blank,
            first_trial=request["first"],
            trials=request["count"] if measured else 0,
            strata=counted_strata(self._campaign.strata() if measured else [], by_flips),
            **found,
        )
        of_campaign = {name: getattr(tally, name) for name in OfCampaign.__struct_fields__}
        found_trials = sorted(
            (Trial(**of_campaign, **trial) for trial in logged), key=lambda trial: trial.trial
        )
        return Chunk(first=request["first"], tally=tally, trials=found_trials)

    def take(self, chunk: Chunk) -> None:
        """Record the chunk whose turn it is: the trials first, so that a kill cannot part them from a tally.

        Raises UsageError where another trial of that number is recorded.
        """
        for trial in chunk.trials:
            if self._logged[trial.outcome] == MOST_LOGGED:
                continue
            self._logged[trial.outcome] += 1
            if trial.trial not in self._trials:
                self._record(trial)
            elif self._trials[trial.trial] != trial:
                raise UsageError(f"trial {trial.trial} is in the file with another outcome: start anew")
        self._record(chunk.tally)
        self.counted = settle([self.counted, chunk.tally])
        self._ended = chunk.tally.status != "measured"


class Ahead:
    """Chunks that were done before their turn; those that ended well are kept in the ledger as well."""

    def __init__(self, ledger: Ledger, book: Book) -> None:
        self._ledger, self._book = ledger, book
        self._chunks = {first: _read(text) for first, text in ledger.chunks(book.name).items()}
        recorded = {tally.first_trial: tally for tally in book.tallies if tally.status == "measured"}
        for first, chunk in self._chunks.items():
            if recorded.get(first, chunk.tally) != chunk.tally:
                raise UsageError(f"{_DAMAGED}: it contradicts the run file from trial {first} on")
        self._chunks = {f: chunk for f, chunk in self._chunks.items() if f >= book.counted.trials}

    def __contains__(self, first: object) -> bool:
        return first in self._chunks

    def put(self, chunk: Chunk) -> None:
        """Keep a chunk until its turn. Raises Conflict where another result of it is kept."""
        if chunk.first != self._book.counted.trials and chunk.tally.status == "measured":
            self._ledger.put(self._book.name, chunk.first, msgspec.json.encode(chunk).decode())
        self._chunks[chunk.first] = chunk

    def settle(self, progress: Callable[[int, int | None], None]) -> None:
        """Record the chunks whose turn has come."""
        book = self._book
        while not book.is_over() and book.counted.trials in self._chunks:
            book.take(self._chunks.pop(book.counted.trials))
            progress(book.counted.trials, book.size)

    def forget(self) -> None:
        """Drop what is kept in the ledger: the campaign is over."""
        self._ledger.forget(self._book.name)


def _read(text: str) -> Chunk:
    try:
        return msgspec.json.decode(text, type=Chunk)
    except msgspec.DecodeError as error:
        raise UsageError(f"{_DAMAGED} ({error}): remove it") from None
