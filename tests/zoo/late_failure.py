# broken: RuntimeError: half way
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    yield Backend(name="early", probe=host_cpu)
    raise RuntimeError("half way")
