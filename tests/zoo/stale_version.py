# unsupported: stale (implements v0, suite asks v1)
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import HSIAO_ENCODE

backend = Backend(name="stale", probe=host_cpu)


@backend.implements(HSIAO_ENCODE, version=0)
def hsiao_encode(job):
    return Prepared(run=lambda: None)


@hookimpl
def benchsuite_backends():
    return [backend]
