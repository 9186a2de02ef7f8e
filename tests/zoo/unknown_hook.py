# broken: ValueError: no hook is called benchsuite_backend; did you mean benchsuite_backends?
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backend():
    return [Backend(name="misspelt", probe=host_cpu)]
