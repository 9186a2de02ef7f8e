"""Intervals of a proportion."""

from __future__ import annotations

from statistics import NormalDist


def rate_interval(count: int, trials: int, confidence: float = 0.99) -> tuple[float, float]:
    """Clopper-Pearson interval of ``count`` out of ``trials``: covers at least ``confidence`` for every rate.

    Exactly 0 below a count of none, exactly 1 above a count of all; (0, 1) without trials.
    Raises ValueError for a count outside 0 ... trials, and a confidence that is not a fraction.

    >>> low, high = rate_interval(0, 1000)
    >>> low, round(high, 5)
    (0.0, 0.00528)
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence must lie between 0 and 1, not {confidence}: give a fraction, as in 0.99"
        )
    return tails_interval(count, trials, (1 - confidence) / 2)


def tails_interval(count: int, trials: int, tail: float) -> tuple[float, float]:
    """``rate_interval`` that misses by chance of at most ``tail`` on either side, however small."""
    from scipy.special import betainccinv, betaincinv

    if not 0 <= count <= trials:
        raise ValueError(f"count must lie between 0 and the {trials} trials, not {count}")
    low = float(betaincinv(count, trials - count + 1, tail)) if count > 0 else 0.0
    high = float(betainccinv(count + 1, trials - count, tail)) if count < trials else 1.0
    return low, high


def sample_size(
    precision: float, confidence: float = 0.99, *, population: int | None = None, rate: float = 0.5
) -> int:
    """Trials after which the interval of ``rate`` is about ± ``precision``, of the normal distribution.

    ``population`` is how many patterns there are, if they are drawn without repetition; None for draws with
    it. No rate takes more trials than 1/2. Source: Leveugle et al., Statistical fault injection, DATE 2009.

    >>> sample_size(0.01, 0.95), sample_size(0.01), sample_size(0.01, population=59640)
    (9604, 16587, 12978)
    """
    deviations = NormalDist().inv_cdf((1 + confidence) / 2)
    trials = deviations**2 * rate * (1 - rate) / precision**2
    if population is None:
        return round(trials)
    return round(population / (1 + (population - 1) / trials))
