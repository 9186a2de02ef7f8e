"""Once a run, in the gate: is the time spent where it is measured? Ratios of medians, never absolute times.

What they cannot see (native code that patches the clock or this module) is said in docs/methodology.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from math import log
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from benchsuite.api import HostLane
from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import Bench, Slot
from benchsuite.measure.layout import arrays_of, copy_of
from benchsuite.measure.replay import SHORT_SECONDS, rotations
from benchsuite.measure.sample import VARIED, Seconds, timed

MEMOISED = 1.5
CONFIRMATIONS = 4  # of a suspicion by another probe than that for memory
SURE, CLEARED = 1_000_000, 1_000  # odds: one of so many who are honest is convicted, of liars acquitted
SLIPS = 0.05  # a liar's: of the rounds that tell at all, those that tell the contrary
MOST_DOUBTED = 150  # rounds: of an engine that remembers twice in five, 60 tell
FIRST_ON_NEW = 3.0
CLOCK = 2.0
FIRST_FETCH = 2.5
SKIPPED = 4.0  # a GPU pauses 1 to 2 us between two kernels of a stream, less between those of a graph
_MOST_AHEAD = 64
LEAST_OF_A_COPY = 0.3
COPY_FROM_BYTES = 1 << 16
LEAST_LAG_SECONDS = 20e-6  # a shorter one cannot be told from noise
LATENCY_SECONDS = 100e-6  # of a launch that the host waits for, and by its own clock: a GPU's is tens of us
PROBE_SECONDS = 0.05
LEAST_ROUNDS, MOST_ROUNDS = 5, 300
_SCHEDULED = Path("/proc/thread-self/schedstat")


def probe(bench: Bench, k: int, repetition_seconds: float) -> None:
    """Raise Wrong, with the ratio as reason, when an engine remembers answers or works outside ``run``.

    A suspicion must be confirmed: a busy machine alone must never make an honest engine wrong.
    """
    one = replace(bench, slots=bench.slots[:1])  # a cold pool would ask each slot too seldom to wake a memory
    if bench.replayed:  # whose figures the others build on
        replays_stay_whole(bench, repetition_seconds)
    if bench.resident:  # first: whose work is put off has no time by which to choose k
        _confirm(partial(_nothing_left_after_sync, bench, repetition_seconds))
        _confirm(partial(_not_in_fetch, bench))
    elif bench.work.payload_bytes > COPY_FROM_BYTES:
        _confirm(partial(_no_faster_than_a_copy, bench, repetition_seconds))
    _not_memoised(one, 1)
    _not_memoised(one, k)
    if bench.resident or type(bench.lane) is not HostLane:  # else its clock is the host's, its queue none
        _confirm(partial(_does_as_much_later, one, k))
        _confirm(partial(_its_clock_is_true, bench, k))


def _confirm(suspect: Callable[[], None]) -> None:
    for _ in range(CONFIRMATIONS):
        with suppress(Wrong):
            return suspect()
    return suspect()


def _rounds() -> Iterator[None]:
    """As many as fit into the probe's time, but enough for a median."""
    end = time.perf_counter() + PROBE_SECONDS
    for done in range(MOST_ROUNDS):
        if done >= LEAST_ROUNDS and time.perf_counter() > end:
            return
        yield


def _its_clock_is_true(bench: Bench, k: int) -> None:
    require_true_clock([timed(bench, 0, k) for _ in _rounds()])


def require_true_clock(samples: Sequence[Seconds]) -> None:
    """Raise Wrong where the lane's seconds are not the host's. The best quarter decides: a host is busy."""
    share = quantiles((lane / host for lane, _, host in samples), n=4, method="inclusive")[2]
    if not 1 / CLOCK < share < CLOCK:
        raise Wrong(f"its lane's clock counts {share:.2f} s in a second of the host's")


def clock_stays_true(bench: Bench, k: int, samples: Sequence[Seconds]) -> None:
    """The same of a visit's samples. A suspicion must be confirmed by others, or else is dropped."""
    try:
        require_true_clock(samples)
    except Wrong:
        _confirm(partial(_its_clock_is_true, bench, k))


def replays_stay_whole(bench: Bench, repetition_seconds: float) -> None:
    """The recordings that were timed, by the figure that they gave, hold every repetition."""
    _confirm(partial(_replays_are_whole, bench, repetition_seconds))


def _not_memoised(bench: Bench, times: int) -> None:
    """What a new question costs, against one answered ``times`` times, and against that of ``prepare``."""
    asked = copy_of(bench.slots[0].inputs)
    often = "the same inputs again" if times == 1 else f"the same inputs after {times} repetitions"
    known = [(asked, often)]
    if times == 1 and bench.met is not None:
        known.append((bench.met, "those that prepare met"))
    answers = _answers(bench, times, [asked, *(question for question, _ in known)])
    rounds = [seconds for _, seconds in zip(_rounds(), answers)]  # noqa: B905  answers have no end
    new, *others = (quantiles(kind, n=4)[0] for kind in zip(*rounds, strict=True))
    for (question, what), seconds in zip(known, others, strict=True):
        ratio = new / max(seconds, 1e-9)
        if ratio > MEMOISED and _is_sure(_answers(bench, times, [asked, question], shuffled=True)):
            raise Wrong(f"memoised: new inputs take {ratio:.1f} times as long as {what}")


def _is_sure(rounds: Iterable[Sequence[float]]) -> bool:
    """Wald's sequential test: where one answer of a round took much longer, was it that to the new question?

    To an honest engine all questions are alike, asked in a drawn order: however noisy the machine, it is each
    of the two equally often.
    """
    evidence = 0.0
    for new, known in islice(rounds, MOST_DOUBTED):
        if new > MEMOISED * known:
            evidence += log((1 - SLIPS) / 0.5)
        elif known > MEMOISED * new:
            evidence -= log(0.5 / SLIPS)
        if not -log(CLEARED) < evidence < log(SURE):
            break
    return evidence >= log(SURE)


def _answers(
    bench: Bench, times: int, questions: Sequence[Any], *, shuffled: bool = False
) -> Iterator[list[float]]:
    """Round by round the seconds of an answer to each question, new inputs being drawn into the first.

    All are drawn, copied and written alike, without a lasting allocation: an engine that allocates would
    else be slower on one of the kinds, by page faults. Nothing is poisoned: old answers lie ready.
    On a busy machine the scheduler can strike one kind in most rounds: so a round begins at a drawn moment,
    and what the thread waited for a CPU is left out.
    """
    slot, spare = bench.slots[0], copy_of(questions[0])
    kinds = range(len(questions))
    for count in _counts(bench.draws, times):
        for _ in range(bench.draws.randrange(3)):
            bench.repeat(slot)
        seconds = [0.0 for _ in kinds]
        for kind in bench.draws.sample(kinds, len(kinds)) if shuffled else kinds:
            if times > 1:  # before the new question too: an engine of many threads finds its cores by working
                if bench.in_place:
                    slot.original = copy_of(questions[0])
                timed(bench, 0, count)
            drawn = spare if kind else questions[0]
            seconds[kind] = _seconds_to_answer(bench, questions[kind], drawn=drawn)
        yield seconds


def _counts(draws: Random, times: int) -> Iterator[int]:
    """From ``times`` on, each LEAST_ROUNDS of them consecutive numbers in drawn order.

    Who answers from memory at every so many repetitions then does so in its share of the rounds, not by luck.
    """
    spread = max(times // 4, LEAST_ROUNDS - 1)
    while True:
        first = times + draws.randrange(spread - LEAST_ROUNDS + 2)
        yield from draws.sample(range(first, first + LEAST_ROUNDS), LEAST_ROUNDS)


def _seconds_to_answer(bench: Bench, question: Any, *, drawn: Any) -> float:
    """Of one repetition on ``question``, into which new inputs go first where it is ``drawn`` itself."""
    slot = bench.slots[0]
    bench.vary(slot, None)
    _write(slot.inputs, drawn)
    _write(question, slot.inputs)
    bench.load(slot)
    seconds = _seconds_of_run(bench, slot)
    bench.fetch(slot)
    bench.check(slot, bench.some_items(VARIED), question)
    return seconds


def _does_as_much_later(bench: Bench, k: int) -> None:
    """The first repetition on new inputs, against the mean of those beyond the k-th, with no load between."""
    slot, pairs, later = bench.slots[0], [], 1 + k // 4
    for _ in _rounds():
        bench.vary(slot, None)
        if bench.in_place:
            slot.original = copy_of(slot.inputs)
        bench.load(slot)
        first = timed(bench, 0, 1)[0]
        timed(bench, 0, k)
        pairs.append((first, timed(bench, 0, later)[0] / later))
    lag = LEAST_LAG_SECONDS if bench.resident else LATENCY_SECONDS
    _refuse("the first repetition on new inputs", pairs, FIRST_ON_NEW, lag)


def _replays_are_whole(bench: Bench, repetition_seconds: float) -> None:
    """A rotation's replay, and as many of ``repetition_seconds``, against the same calls one by one.

    These are enqueued while the device is busy with replays. So it need not wait for their host; what is left
    is its own pause between two of them, which of the shortest repetitions is longer than they are.
    """
    singly = replace(bench, replayed=False)
    lane, pairs = bench.lane, []
    whole = rotations(bench.runs) * len(bench.runs)
    for _ in _rounds():
        replayed = min(timed(bench, 0, whole)[0], whole * repetition_seconds)
        ahead = min(_MOST_AHEAD, 1 + int(SHORT_SECONDS * whole / max(replayed, 1e-9)))
        for call in bench.calls(0, whole * ahead):
            call()
        begin = lane.mark()
        for call in singly.calls(0, whole):
            call()
        end = lane.mark()
        lane.sync()
        pairs.append((lane.seconds(begin, end), replayed))
    called, replayed = (quantiles(each, n=4)[0] for each in zip(*pairs, strict=True))
    if (ratio := called / max(replayed, 1e-9)) > SKIPPED and called - replayed > LEAST_LAG_SECONDS:
        raise Wrong(f"its recordings leave work out: called one by one it takes {ratio:.1f} times as long")


def _write(source: Any, target: Any) -> None:
    for new, old in zip(arrays_of(source), arrays_of(target), strict=True):
        old[...] = new


def _seconds_of_run(bench: Bench, slot: Slot) -> float:
    waited = _seconds_waited()
    begin = bench.lane.mark()
    slot.prepared.run()
    end = bench.lane.mark()
    bench.lane.sync()
    waited = _seconds_waited() - waited if type(bench.lane) is HostLane else 0.0  # a device went on meanwhile
    return max(bench.lane.seconds(begin, end) - waited, 0.0)


def _seconds_waited() -> float:
    """Of this thread, ready to run and without a CPU; never any where the kernel does not count them."""
    try:
        return int(_SCHEDULED.read_bytes().split()[1]) / 1e9
    except OSError:
        return 0.0


def seconds_of(call: Callable[[], object]) -> float:
    """How long a call takes by the host's clock."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _nothing_left_after_sync(bench: Bench, repetition_seconds: float) -> None:
    slot, spent = bench.slots[0], []
    for _ in _rounds():
        bench.vary(slot, VARIED)
        bench.load(slot)
        slot.prepared.run()
        bench.lane.sync()
        spent.append(seconds_of(bench.lane.sync))
    if median(spent) > max(LEAST_LAG_SECONDS, 0.02 * repetition_seconds):
        raise Wrong(f"works after sync: a second sync takes {median(spent) * 1e6:.0f} microseconds")


def _not_in_fetch(bench: Bench) -> None:
    slot, pairs = bench.slots[0], []

    def fetch() -> None:
        if slot.prepared.fetch is not None:
            slot.prepared.fetch()
        bench.lane.sync()

    for _ in _rounds():
        bench.vary(slot, VARIED)
        bench.load(slot)
        slot.prepared.run()
        bench.lane.sync()
        pairs.append((seconds_of(fetch), seconds_of(fetch)))
    _refuse("works in fetch: the first", pairs, FIRST_FETCH, LEAST_LAG_SECONDS)


def _refuse(what: str, pairs: Sequence[tuple[float, float]], bound: float, lag: float) -> None:
    """Raise Wrong where the first takes more than ``bound`` times the second and ``lag`` seconds more."""
    first, later = (quantiles(each, n=4)[0] for each in zip(*pairs, strict=True))
    if (ratio := first / max(later, 1e-9)) > bound and first - later > lag:
        raise Wrong(f"{what} takes {ratio:.1f} times as long as the next")


def _no_faster_than_a_copy(bench: Bench, repetition_seconds: float) -> None:
    """A copy to one piece of memory over and over: an engine that only reads need not write anything else."""
    piece = memoryview(bytearray(COPY_FROM_BYTES))
    payload = memoryview(bytes(bytearray(bench.work.payload_bytes)))
    pieces = [payload[at : at + len(piece)] for at in range(0, len(payload), len(piece))]

    def once() -> None:
        for part in pieces:
            piece[: len(part)] = part

    share = repetition_seconds / min(seconds_of(once) for _ in _rounds())
    if share < LEAST_OF_A_COPY:
        raise Wrong(f"implausible: a repetition takes {share:.2f} of the time of copying its payload")
