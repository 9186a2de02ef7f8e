# broken: loading it left behind a process
import os

os.fork()
