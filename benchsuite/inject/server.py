"""Workers that answer requests about one campaign: several at once, each replaced where it dies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchsuite.host.engine import PROBE_SECONDS, Origin
from benchsuite.workers import Worker, WorkerError, WorkerLost, first_to_answer

CHUNK_SECONDS = 300.0  # 1700 trials a second
ATTEMPTS = 2

Request = Mapping[str, Any]
Reply = Mapping[str, Any]


class Workers:
    """Open workers that ended a campaign well, for the next one: a start takes longer than most campaigns."""

    def __init__(self) -> None:
        self._kept: dict[Origin, list[Worker]] = {}

    def take(self, origin: Origin) -> Worker | None:
        """One of that origin, no longer kept, or None."""
        kept = self._kept.get(origin)
        return kept.pop() if kept else None

    def keep(self, origin: Origin, worker: Worker) -> None:
        """Keep ``worker``, which nobody else has."""
        self._kept.setdefault(origin, []).append(worker)

    def close(self) -> None:
        """Bury all that are kept."""
        for kept in self._kept.values():
            while kept:
                kept.pop().bury()


class Server:
    """A worker that has opened a backend and proved both halves of a code, as soon as it is first asked.

    ``code`` is what ``serve`` needs to prove it. A reply whose ``status`` is not measured is final.
    """

    def __init__(self, origin: Origin, code: Request, workers: Workers | None) -> None:
        self._origin, self._code, self._workers = origin, code, workers
        self._talk: Generator[tuple[Request, float], Reply, Reply] | None = None
        self.worker: Worker | None = None
        self._proved = False

    def begin(self, request: Request) -> None:
        """Send ``request``, or what has to be asked before. Raises WorkerLost."""
        self._talk = self._conversation(request)
        self._send(*next(self._talk))

    def step(self) -> Reply | None:
        """Receive, and send what comes next; the reply to the request, None while there is none yet.

        Raises WorkerLost.
        """
        assert self.worker is not None and self._talk is not None, "begin comes first"
        try:
            self._send(*self._talk.send(self.worker.receive()))
        except StopIteration as ended:
            self._talk = None
            reply: Reply = ended.value
            return reply
        except WorkerError as error:
            self._talk = None
            return {"status": "failed", "reason": str(error), "outcomes": {}}
        return None

    def lose(self) -> None:
        """Forget the worker, which is buried: the next request gets another."""
        self.worker, self._talk, self._proved = None, None, False

    def close(self, *, keep: bool) -> None:
        """Let the worker go: to ``workers`` if it is to be kept and has nothing left to do, else for good."""
        if self.worker is None:
            return
        if keep and self._workers is not None and self._talk is None:
            self._workers.keep(self._origin, self.worker)
        else:
            self.worker.bury()

    def _send(self, request: Request, seconds: float) -> None:
        assert self.worker is not None, "a conversation begins with a worker"
        self.worker.send(request, seconds=seconds)

    def _conversation(self, request: Request) -> Generator[tuple[Request, float], Reply, Reply]:
        """What to ask and how long to wait for it, until there is the reply to ``request``."""
        if self.worker is None:
            self.worker = self._workers.take(self._origin) if self._workers else None
            if self.worker is None:
                self.worker = Worker("benchsuite.inject.serve:serve")
                opened = yield self._origin.request(), PROBE_SECONDS
                if opened["unavailable"]:
                    return {"status": "unavailable", "reason": opened["unavailable"], "outcomes": {}}
        if not self._proved:
            proof = yield {"do": "prove"} | dict(self._code), CHUNK_SECONDS
            if proof["status"] != "measured":
                return proof
            self._proved = True
        return (yield request, CHUNK_SECONDS)


def answers(servers: Sequence[Server], requests: Iterable[Request]) -> Iterator[tuple[Request, Reply]]:
    """Each request with its reply, in the order in which they come.

    A request whose worker dies or hangs goes to a fresh one; where that is lost as well, it has failed. Close
    it before its end to leave the rest undone.
    """
    waiting, again = iter(requests), list[Request]()
    busy: dict[Server, Request] = {}
    losses: Counter[int] = Counter()

    def lost(server: Server, request: Request, why: WorkerLost) -> Iterator[tuple[Request, Reply]]:
        server.lose()
        losses[request["first"]] += 1
        if losses[request["first"]] < ATTEMPTS:
            again.append(request)
        else:
            yield request, _failed(request, why)

    while True:
        for server in servers:
            if server in busy:
                continue
            request = again.pop() if again else next(waiting, None)
            if request is None:
                break
            try:
                server.begin(request)
                busy[server] = request
            except WorkerLost as why:
                yield from lost(server, request, why)
        if not busy:
            if not again:
                return
            continue
        answered = first_to_answer([server.worker for server in busy if server.worker is not None])
        server = next(server for server in busy if server.worker is answered)
        try:
            reply = server.step()
        except WorkerLost as why:
            yield from lost(server, busy.pop(server), why)
            continue
        if reply is not None:
            yield busy.pop(server), reply


def _failed(request: Request, why: WorkerLost) -> Reply:
    status = "timeout" if why.reason.startswith("timeout") else "failed"
    last = request["first"] + request["count"] - 1
    reason = f"trials {request['first']} to {last}, {ATTEMPTS} times: {why.reason}"
    return {"status": status, "reason": reason, "outcomes": {}}
