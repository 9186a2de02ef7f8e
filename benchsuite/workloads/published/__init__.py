"""The sets of vectors of the package ``cryptography-vectors``: which apply to which workload, and why not.

Reads them as data where the package is installed, and imports no library that computes anything. A set is a
file; a vector is a record of it.
"""

from benchsuite.workloads.published.sets import VectorSet, covers, installed, sets, vectors

__all__ = ["VectorSet", "covers", "installed", "sets", "vectors"]
