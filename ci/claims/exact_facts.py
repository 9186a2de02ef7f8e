#!/usr/bin/env python3
"""Claim: exact analysis gives the known figures of every family of codes.

So does, up to two million patterns, every pattern injected through a real backend's encoder and decoder.

The figures are written down here as they were computed for this project beforehand, apart from this code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import comb

from benchsuite.host.engine import Engine, origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import discover
from benchsuite.inject.campaign import exact
from benchsuite.inject.devices import layouts_of
from benchsuite.inject.models import parse_model
from benchsuite.inject.patterns import pattern_count
from benchsuite.inject.rig import Rig
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.inject.ways import NoWay, find_way
from benchsuite.workloads.codes import CODES

BACKEND = "numpy"
MOST_PATTERNS = 2_000_000

Row = tuple[str, str, dict[str, int]]
"""Code, error model, outcome -> patterns."""

HSIAO = {"13-8": (220, 55), "22-16": (1008, 252), "39-32": (5452, 1363), "72-64": (33568, 8392),
         "137-128": (225400, 56350)}  # fmt: skip
"""Triples miscorrected, quadruples undetected."""
EXTENDED_TRIPLES = {"13-8": 220, "22-16": 1052, "39-32": 6332, "72-64": 45304,
                    "8-4": 56, "16-11": 560, "32-26": 4960}  # fmt: skip
HAMMING_DOUBLES = {"7-4": 21, "15-11": 105, "31-26": 465,
                   "12-8": 51, "21-16": 150, "38-32": 528, "71-64": 2037, "136-128": 8109}  # fmt: skip
PERFECT_TRIPLES = {"7-4": 7, "15-11": 35, "31-26": 155}
"""Undetected ones."""
CHIPS = {  # corrected, undetected, miscorrected, detected
    ("hsiao-72-64", "symbol:4:1"): (72, 2, 43, 153),
    ("hsiao-72-64", "symbol:8:1"): (72, 31, 678, 1514),
    ("extended-hamming-72-64", "symbol:4:1"): (72, 0, 72, 126),
    ("extended-hamming-72-64", "symbol:8:1"): (72, 63, 1080, 1080),
}
ADJACENT = {  # undetected, detected
    ("hsiao-72-64", "adjacent:2"): (0, 71),
    ("hsiao-72-64", "adjacent:4"): (6, 63),
    ("hsiao-72-64", "adjacent:8"): (5, 60),
    ("extended-hamming-72-64", "adjacent:2"): (0, 71),
    ("extended-hamming-72-64", "adjacent:4"): (34, 35),
    ("extended-hamming-72-64", "adjacent:8"): (32, 33),
}
BCH_TRIPLES = {"15-7": 180, "31-21": 1860, "63-51": 18900, "127-113": 160020, "255-239": 1349460,
               "78-64": 13450}  # fmt: skip
"""Miscorrected."""
ON_DIE_DOUBLES = {"sequential": 8109, "low-weight": 5685, "odd-weight": 1551}
SYMBOLS = {  # miscorrected, of so many
    ("chipkill-18-16", "symbol:8:2"): (16, 255),
    ("chipkill-10-8", "symbol:8:2"): (8, 255),
    ("chipkill-10-8", "symbol:8:3"): (149, 3825),
    ("chipkill-19-16", "symbol:8:2"): (0, 1),
    ("chipkill-19-16", "symbol:8:3"): (16, 65025),
    ("chipkill-36-32", "symbol:8:3"): (176, 21675),
    ("reed-solomon-15-11", "symbol:4:3"): (22, 75),
    ("reed-solomon-15-11", "symbol:4:4"): (1232, 3375),
}
NOISE = {  # corrected, detected, silent: to ten digits
    "bsc:0.01": (0.3527209966, 0.1450605353, 0.01722709783),
    "bsc:0.001": (0.06706287387, 2.408407149e-3, 3.134402775e-5),
}


def table() -> Iterator[Row]:
    """Every known count."""
    for name, known in CODES.items():
        if known.corrects:
            yield name, "flips:1", {"corrected": known.n}
        if name.startswith(("hsiao", "extended")):
            yield name, "flips:2", {"detected": comb(known.n, 2), "miscorrected": 0}
            yield name, "flips:4", {"miscorrected": 0}
        if name.startswith("parity"):
            for flips in range(1, 5):
                said = "detected" if flips % 2 else "undetected"
                yield name, f"flips:{flips}", {said: comb(known.n, flips)}
    for size, (triples, quadruples) in HSIAO.items():
        yield f"hsiao-{size}", "flips:3", {"miscorrected": triples, "undetected": 0}
        yield f"hsiao-{size}", "flips:4", {"undetected": quadruples}
    for size, triples in EXTENDED_TRIPLES.items():
        yield f"extended-hamming-{size}", "flips:3", {"miscorrected": triples, "undetected": 0}
    yield "extended-hamming-72-64", "flips:4", {"undetected": 11326}
    for size, doubles in HAMMING_DOUBLES.items():
        yield f"hamming-{size}", "flips:2", {"miscorrected": doubles, "undetected": 0}
    for size, missed in PERFECT_TRIPLES.items():
        n = CODES[f"hamming-{size}"].n
        yield f"hamming-{size}", "flips:3", {"undetected": missed, "miscorrected": comb(n, 3) - missed}
    for (name, model), counts in CHIPS.items():
        names = ("corrected", "undetected", "miscorrected", "detected")
        yield name, model, dict(zip(names, counts, strict=True))
        yield name, f"device:x{model[len('symbol:')]}:uniform", dict(zip(names, counts, strict=True))
    for (name, model), (undetected, detected) in ADJACENT.items():
        yield name, model, {"undetected": undetected, "detected": detected}
    yield from strong()


def strong() -> Iterator[Row]:
    """Of codes that mend several bits, or symbols; and of on-die codes, which depend on the matrix."""
    for size, triples in BCH_TRIPLES.items():
        n = CODES[f"bch-{size}"].n
        yield f"bch-{size}", "flips:2", {"corrected": comb(n, 2)}
        yield f"bch-{size}", "flips:3", {"miscorrected": triples, "corrected": 0}
    yield "bch-79-64", "flips:3", {"detected": comb(79, 3)}
    for matrix, doubles in ON_DIE_DOUBLES.items():
        yield f"on-die-136-128:{matrix}", "flips:2", {"miscorrected": doubles, "undetected": 0}
    for (name, model), (above, below) in SYMBOLS.items():
        bits, wrong = map(int, model.split(":")[1:])
        patterns = comb(CODES[name].linear.symbols, wrong) * (2**bits - 1) ** wrong
        yield name, model, {"miscorrected": patterns * above // below}
    for name in ("chipkill-18-16", "chipkill-10-8", "chipkill-19-16", "chipkill-36-32"):
        known = CODES[name].linear
        yield name, "symbol:8:1", {"corrected": 255 * known.symbols}
        yield name, "device:x4:uniform", {"corrected": 255 * known.symbols}
    yield "chipkill-18-16", "flips:3", {"corrected": 18 * comb(8, 3)}
    yield "chipkill-19-16", "flips:3", {"corrected": 19 * comb(8, 3)}


class Injector:
    """Every pattern through one backend, each campaign once."""

    def __init__(self) -> None:
        self._registry = discover()
        self._engine = Engine(origin(self._registry, BACKEND).request())
        self._counts: dict[tuple[str, str], dict[str, int]] = {}
        self.patterns = 0

    def counts(self, name: str, model: str) -> dict[str, int]:
        """Outcome -> patterns, in this process; raises what the rig raises."""
        if (name, model) not in self._counts:
            of = CODES[name]
            way = find_way(self._registry, BACKEND, Probe(devices=(("cpu", ("end-to-end",)),)), of)
            assert not isinstance(way, NoWay), way.reason
            draws = Draws(code=of, model=parse_model(model, self._registry), seed=1, exhaustive=True)
            number = pattern_count(draws.model, of.n, layouts_of(of))
            self._counts[name, model] = count_outcomes(Rig(self._engine, of, way), draws, 0, number)
            self.patterns += number
        return self._counts[name, model]


def row_holds(row: Row, injector: Injector) -> bool:
    """Print what is found beside what is known; whether they are equal."""
    name, model, known = row
    formula = exact(CODES[name], parse_model(model, discover()))
    assert formula is not None
    found = {outcome: int(above) for outcome, (above, _, _) in formula.items()}
    total = int(next(iter(formula.values()))[1])
    good = all(found[outcome] == count for outcome, count in known.items())
    said = f"exact {', '.join(f'{found[outcome]} {outcome}' for outcome in known)} of {total}"
    if total <= MOST_PATTERNS:
        counted = injector.counts(name, model)
        good &= all(counted.get(outcome, 0) == count for outcome, count in found.items())
        said += ", every pattern the same" if good else f", every pattern {counted}"
    print(f"{name} {model}: {said}{'' if good else f' NOT EQUAL to the known {known}'}")
    return good


def noise_holds() -> bool:
    """Print the probabilities under noise beside the known ones; whether they agree in all digits given."""
    good = True
    for model, known in NOISE.items():
        outcomes = exact(CODES["hsiao-72-64"], parse_model(model, discover()))
        assert outcomes is not None
        share = {name: above for name, (_, _, above) in outcomes.items()}
        found = (share["corrected"], share["detected"], share["miscorrected"] + share["undetected"])
        equal = all(f"{a:.9e}" == f"{b:.9e}" for a, b in zip(found, known, strict=True))
        good &= equal
        print(f"hsiao-72-64 {model}: corrected, detected, silent {found}{'' if equal else ' NOT EQUAL'}")
    parity = exact(CODES["parity-65-64"], parse_model("bsc:0.001", discover()))
    assert parity is not None
    print(f"parity-65-64 bsc:0.001: undetected {parity['undetected'][2]:.6e}")
    return good and f"{parity['undetected'][2]:.6e}" == "1.953578e-03"


def main() -> int:
    """0 where the claim holds."""
    injector = Injector()
    held = [row_holds(row, injector) for row in table()]
    good = noise_holds() and all(held)
    print(f"{sum(held)} of {len(held)} rows hold; {injector.patterns} patterns injected")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
