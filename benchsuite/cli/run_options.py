"""What ``benchsuite run`` is asked for, and the command line that asks for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchsuite.cli.code_files import cases_of, spelled
from benchsuite.cli.stopping import looks
from benchsuite.host.cases import Selection, size, unknown
from benchsuite.host.expression import parse
from benchsuite.host.plugins import UsageError
from benchsuite.host.presets import PRESETS
from benchsuite.measure.arrivals import rate_of
from benchsuite.record.machine import (
    cores_allowed,
    memory_limit_bytes,
)
from benchsuite.record.types import Arrivals

WORKER_MEMORY_SHARE = 0.8  # of what there is: before the kernel has to end something


@dataclass(frozen=True, kw_only=True)
class Options:
    """What decides the plan; a resumed file's are those that it was begun with."""

    workloads: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    expression: str = ""
    scopes: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    preset: str = "quick"
    settings: tuple[str, ...] = ()
    suite: str = "all"
    seed: int = 1
    worker_memory: str = ""
    precision: str | None = None
    budget: str | None = None
    rates: tuple[str, ...] = ()
    arrivals: Arrivals = "poisson"
    codes: tuple[str, ...] = ()

    def argv(self) -> list[str]:
        """The command line that asks for the same."""
        parts = [
            "run",
            *self.workloads,
            "--preset",
            self.preset,
            "--suite",
            self.suite,
            "--seed",
            str(self.seed),
        ]
        if self.expression:
            parts += ["-k", self.expression]
        if self.worker_memory:
            parts += ["--worker-memory", self.worker_memory]
        for option, values in (
            ("--backend", self.backends),
            ("--scope", self.scopes),
            ("--pool", self.pools),
            ("--threads", self.threads),
            ("--processes", self.processes),
            ("--set", self.settings),
            ("--precision", (self.precision,) if self.precision is not None else ()),
            ("--budget", (self.budget,) if self.budget is not None else ()),
            ("--rate", self.rates),
            ("--arrivals", (self.arrivals,) if self.arrivals != "poisson" else ()),
            ("--code", tuple(map(spelled, self.codes))),
        ):
            parts += [part for value in values for part in (option, value)]
        return parts

    @classmethod
    def of(cls, argv: Sequence[str]) -> Options:
        """The options that ``argv()`` wrote."""
        values: dict[str, list[str]] = {}
        words = iter(argv[1:])
        for word in words:
            key = word if word.startswith("-") else ""
            values.setdefault(key, []).append(next(words, "") if key else word)
        return cls(
            workloads=tuple(values.get("", ())),
            backends=tuple(values.get("--backend", ())),
            expression="".join(values.get("-k", ())),
            scopes=tuple(values.get("--scope", ())),
            pools=tuple(values.get("--pool", ())),
            threads=tuple(values.get("--threads", ())),
            processes=tuple(values.get("--processes", ())),
            preset=values.get("--preset", ["quick"])[0],
            settings=tuple(values.get("--set", ())),
            suite=values.get("--suite", ["all"])[0],
            worker_memory="".join(values.get("--worker-memory", ())),
            seed=int(seed) if (seed := values.get("--seed", ["1"])[0]).isdecimal() else -1,
            precision=values.get("--precision", [None])[0],
            budget=values.get("--budget", [None])[0],
            rates=tuple(values.get("--rate", ())),
            arrivals="fixed" if values.get("--arrivals") == ["fixed"] else "poisson",
            codes=tuple(values.get("--code", ())),
        )

    def require(self) -> None:
        """Raise UsageError for what no plugin can make sense of, before any is loaded."""
        if self.preset not in PRESETS:
            raise unknown("preset", self.preset, PRESETS)
        looks(self.precision, self.budget)
        self.loads()
        self.worker_memory_bytes()
        parse(self.selection().expression or "all")

    def loads(self) -> list[str]:
        """The rates of ``--rate``, each once. Raises UsageError for what is none, or for arrivals at none."""
        if self.arrivals != "poisson" and not self.rates:
            raise UsageError("--arrivals says how the calls of --rate arrive: give both")
        try:
            return [rate_of(text) for text in dict.fromkeys(",".join(self.rates).split(",")) if self.rates]
        except ValueError as error:
            raise UsageError(str(error)) from None

    def worker_memory_bytes(self) -> int:
        """What a worker may have resident. Raises UsageError for what is no size."""
        if not self.worker_memory:
            return int(WORKER_MEMORY_SHARE * memory_limit_bytes())
        try:
            return size(self.worker_memory)
        except ValueError as error:
            raise UsageError(f"--worker-memory {error}") from None

    def _crowds(self) -> tuple[tuple[int, int], ...]:
        """(threads, processes): several threads or several processes, never both in one row."""
        threads, processes = self.threads, self.processes
        if not threads and not processes:
            threads = processes = ("1", "all") if PRESETS[self.preset].whole_machine else ("1",)
        crowds = {(_count("--threads", text), 1) for text in threads}
        crowds |= {(1, _count("--processes", text)) for text in processes}
        return tuple(sorted(crowds))

    def selection(self) -> Selection:
        """The cases and cells asked for. Raises UsageError for a malformed ``--set``."""
        overrides = {}
        for setting in self.settings:
            name, equals, values = setting.partition("=")
            if not equals or not values:
                raise UsageError(f"--set takes NAME=VALUE,VALUE…, not {setting!r}")
            overrides[name] = _values(values)
        return Selection(
            workloads=self.workloads,
            backends=self.backends,
            expression=self.expression,
            scopes=self.scopes,
            pools=self.pools,
            crowds=self._crowds(),
            overrides=overrides,
            cases=cases_of(self.codes, self.preset),
        )


def _values(text: str) -> tuple[str, ...]:
    """Parted by commas; pairs ``key=value`` in a row are one value, until a key comes again."""
    found: list[list[str]] = []
    keys: set[str] = set()
    for part in text.split(","):
        key, equals, _ = part.partition("=")
        if equals and keys and key not in keys:
            found[-1].append(part)
        else:
            found.append([part])
            keys = set()
        if equals:
            keys.add(key)
    return tuple(map(",".join, found))


def _count(option: str, text: str) -> int:
    if text != "all" and not (text.isdecimal() and 1 <= int(text) <= 1024):
        raise UsageError(f"{option} takes a number from 1 to 1024, or all, not {text!r}")
    return cores_allowed() if text == "all" else int(text)
