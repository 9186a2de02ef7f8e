"""That a question has no exact answer here, and why."""

from __future__ import annotations


class NoFormula(ValueError):
    """Says in a line why nothing exact is known."""
