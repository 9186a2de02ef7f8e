import benchsuite_numpy

from benchsuite.testing import BackendConformance


class TestNumpy(BackendConformance):
    backend = benchsuite_numpy.benchsuite_backends()[0]
