# broken: TypeError: benchsuite_backends returned None: return a list
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    [Backend(name="forgotten", probe=host_cpu)]
