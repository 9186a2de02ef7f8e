# broken: ValueError: benchsuite_backends gave more than 1000 objects: does it ever end?
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    while True:
        yield Backend(name="again", probe=host_cpu)
