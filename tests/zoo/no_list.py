# broken: TypeError: benchsuite_backends returned Backend: return a list of Backend objects
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    return Backend(name="single", probe=host_cpu)
