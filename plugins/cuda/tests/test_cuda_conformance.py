import benchsuite_cuda

from benchsuite.testing import BackendConformance


class TestCuda(BackendConformance):
    backend = benchsuite_cuda.benchsuite_backends()[0]
