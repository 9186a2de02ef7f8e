import benchsuite_openssl

from benchsuite.testing import BackendConformance


class TestOpenSSL(BackendConformance):
    backend = benchsuite_openssl.benchsuite_backends()[0]
