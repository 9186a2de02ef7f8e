# broken: TypeError: benchsuite_backends must give Backend objects, not str
from benchsuite.api import hookimpl


@hookimpl
def benchsuite_backends():
    return ["numpy"]
