"""For authors of plugins: the conformance suite, the template of a distribution, and fake backends.

Knows how an implementation is proved, not how a run is planned or shown.
``--plugin benchsuite.testing.fakes`` adds fake backends, honest and dishonest, to a run.
"""

from benchsuite.testing.conformance import BackendConformance

__all__ = ["BackendConformance"]
