# wrong: published vector
from benchsuite.api import Backend, Prepared, hookimpl, host_cpu
from benchsuite.workloads import HSIAO_ENCODE

backend = Backend(name="lies", probe=host_cpu)


@backend.implements(HSIAO_ENCODE, version=1)
def hsiao_encode(job):
    return Prepared(run=lambda: job.outputs.check.fill(0))


@hookimpl
def benchsuite_backends():
    return [backend]
