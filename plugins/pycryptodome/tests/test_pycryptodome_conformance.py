import benchsuite_pycryptodome

from benchsuite.testing import BackendConformance


class TestPycryptodome(BackendConformance):
    backend = benchsuite_pycryptodome.benchsuite_backends()[0]
