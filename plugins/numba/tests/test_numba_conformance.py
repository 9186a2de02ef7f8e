import benchsuite_numba

from benchsuite.testing import BackendConformance


class TestNumba(BackendConformance):
    backend = benchsuite_numba.benchsuite_backends()[0]
