# conflict: backend good is plugin good's already: pass --no-plugin good or --no-plugin same_name
from benchsuite.api import Backend, hookimpl, host_cpu


@hookimpl
def benchsuite_backends():
    return [Backend(name="good", probe=host_cpu)]
