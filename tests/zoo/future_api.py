# broken: ValueError: backend future is written for API 2, this is API 1: upgrade benchsuite
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    return [Backend(name="future", probe=host_cpu, api=2)]
