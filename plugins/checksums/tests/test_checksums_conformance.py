import benchsuite_checksums

from benchsuite.testing import BackendConformance

GOOGLE, ISAL, ZLIB = benchsuite_checksums.benchsuite_backends()


class TestGoogleCrc32c(BackendConformance):
    backend = GOOGLE


class TestIsal(BackendConformance):
    backend = ISAL


class TestZlib(BackendConformance):
    backend = ZLIB
