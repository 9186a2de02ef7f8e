"""What a decoder does with errors, counted exactly: integers, no sampling, no engine.

A code is linear over GF(2) once it is written in bits. So patterns that are codewords, or that a decoder
mends, are counted by characters: the weight of the patterns with syndrome s is the mean, over the 2^r words
u of the dual code, of (-1)^(u s) times the sum of (-1)^(u e) over all patterns e (MacWilliams 1963). Only
that last sum depends on the noise, and mostly only on how many groups of bits u meets. Patterns that are few
are counted one by one.
"""

from __future__ import annotations

from benchsuite.workloads.codes.analysis.distance import minimum_distance
from benchsuite.workloads.codes.analysis.noise import (
    BinarySymmetric,
    Box,
    Boxes,
    Kind,
    Noise,
    Symbols,
    adjacent,
    burst,
    flips,
    symbols,
    within_one,
)
from benchsuite.workloads.codes.analysis.outcomes import OUTCOMES, known_outcomes, outcomes
from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.analysis.stored import Asymmetric, Stuck, stored_outcomes
from benchsuite.workloads.codes.analysis.weights import symbol_weights, weight_distribution

__all__ = [
    "OUTCOMES",
    "Asymmetric",
    "BinarySymmetric",
    "Box",
    "Boxes",
    "Kind",
    "NoFormula",
    "Noise",
    "Stuck",
    "Symbols",
    "adjacent",
    "burst",
    "flips",
    "known_outcomes",
    "minimum_distance",
    "outcomes",
    "stored_outcomes",
    "symbol_weights",
    "symbols",
    "weight_distribution",
    "within_one",
]
