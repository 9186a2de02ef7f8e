# broken: the process that called its hooks ended with exit code 0
import os

from benchsuite.api import hookimpl


@hookimpl
def benchsuite_backends():
    os._exit(0)
