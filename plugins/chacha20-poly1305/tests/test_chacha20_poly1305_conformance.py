import benchsuite_chacha20_poly1305

from benchsuite.testing import BackendConformance

CRYPTOGRAPHY, LIBSODIUM = benchsuite_chacha20_poly1305.benchsuite_backends()
WORKLOADS = benchsuite_chacha20_poly1305.benchsuite_workloads()


class TestCryptography(BackendConformance):
    backend = CRYPTOGRAPHY
    workloads = WORKLOADS


class TestLibsodium(BackendConformance):
    backend = LIBSODIUM
    workloads = WORKLOADS
