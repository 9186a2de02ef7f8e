# loaded: changed hooks of the interpreter, put back
import gc
import sys

sys.excepthook = print
gc.disable()
