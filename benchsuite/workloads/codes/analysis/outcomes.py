"""What becomes of noise in a code whose decoder mends up to t wrong symbols and detects everything else."""

from __future__ import annotations

from functools import reduce
from operator import xor

from benchsuite.workloads.codes.analysis.dual import basis, columns_of, dual_classes, sums
from benchsuite.workloads.codes.analysis.krawtchouk import krawtchouk
from benchsuite.workloads.codes.analysis.noise import (
    BinarySymmetric,
    Boxes,
    Noise,
    Symbols,
    is_aligned,
)
from benchsuite.workloads.codes.analysis.refusal import NoFormula
from benchsuite.workloads.codes.analysis.weights import dual_weights
from benchsuite.workloads.codes.leaders import leaders
from benchsuite.workloads.codes.linear_code import LinearCode

OUTCOMES = ("clean", "corrected", "detected", "miscorrected", "undetected")

MOST_SUMS = 2**25  # looked up one by one, a few seconds


def outcomes(code: LinearCode, noise: Noise, *, most_sums: int = MOST_SUMS) -> dict[str, tuple[int, int]]:
    """Outcome -> (weight, ``noise.total``), unreduced; all five, clean being what flips nothing.

    The decoder finds the codeword within ``code.corrects`` wrong symbols if there is one, as every decoder of
    this suite does. Patterns of so many wrong symbols are mended, of less than ``distance - corrects``
    detected; only what is beyond needs the words of the dual code. Raises NoFormula where these, or the
    patterns, are too many: of ``Boxes``, more than ``most_sums`` syndromes.
    """
    mended = [noise.wrong(code, j) for j in range(code.corrects + 1)]
    surely_detected = sum(noise.wrong(code, j) for j in range(code.corrects + 1, code.detects + 1))
    counts = dict.fromkeys(OUTCOMES, 0)
    counts["clean"], counts["corrected"] = mended[0], sum(mended[1:])
    if sum(mended) + surely_detected < noise.total:
        codewords, mendable = (
            _by_syndromes(code, noise, most_sums) if isinstance(noise, Boxes) else _by_dual(code, noise)
        )
        counts["undetected"] = codewords - counts["clean"]
        counts["miscorrected"] = mendable - counts["corrected"]
    counts["detected"] = noise.total - sum(counts.values())
    return {outcome: (count, noise.total) for outcome, count in counts.items()}


def known_outcomes(
    code: LinearCode, noise: Noise, *, most_sums: int = MOST_SUMS
) -> dict[str, tuple[int, int]]:
    """``outcomes``, or of what it refuses ``clean``, ``corrected`` and ``lost``, which is all the rest.

    Lost are patterns of more wrong symbols than are mended: the frame error rate of a code of any size.
    Raises NoFormula where not even these can be counted.
    """
    try:
        return outcomes(code, noise, most_sums=most_sums)
    except NoFormula:
        clean, *mended = (noise.wrong(code, j) for j in range(code.corrects + 1))
        counts = {"clean": clean, "corrected": sum(mended), "lost": noise.total - clean - sum(mended)}
        return {outcome: (count, noise.total) for outcome, count in counts.items()}


def _by_dual(code: LinearCode, noise: Symbols | BinarySymmetric) -> tuple[int, int]:
    """The weight of the patterns that are codewords, and of those that are mended, to whatever."""
    q = 1 << code.symbol_bits
    # what a dual word sees of all mended patterns depends on the symbols that it meets
    seen = [
        sum(krawtchouk(j, met, code.symbols, q) for j in range(1, code.corrects + 1))
        for met in range(code.symbols + 1)
    ]
    if noise.bits == code.symbol_bits and is_aligned(code):
        classes = {(met, False, met): words for met, words in enumerate(dual_weights(code)) if words}
    else:
        classes = dict(dual_classes(code, noise.bits))
    codewords = mendable = 0
    for (groups, short, met), words in classes.items():
        character = words * noise.character(groups, short)
        codewords += character
        mendable += character * seen[met]
    return codewords >> code.r, mendable >> code.r


def _by_syndromes(code: LinearCode, noise: Boxes, most_sums: int) -> tuple[int, int]:
    """As ``_by_dual``, from the syndromes of the patterns themselves."""
    listed = leaders(code)
    if listed is None:
        raise NoFormula("the patterns that the decoder mends are too many to be listed")
    columns, left = columns_of(code), most_sums
    codewords = mendable = 0
    for box in noise.boxes:
        independent = basis(columns[position] for position in box.free)
        if len(independent) == code.r:  # every syndrome
            zeros, found = 1, len(listed.syndromes)
        else:
            left -= 1 << len(independent)
            if left < 0:
                raise NoFormula(f"the patterns have more than {most_sums} syndromes")
            syndromes = sums(independent) ^ reduce(xor, (columns[position] for position in box.fixed), 0)
            zeros, found = int((syndromes == 0).sum()), int((listed.find(syndromes) >= 0).sum())
        each = box.weight << len(box.free) - len(independent)
        codewords += zeros * each
        mendable += found * each
    return codewords, mendable
