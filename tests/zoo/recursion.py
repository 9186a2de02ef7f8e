# loaded: changed the recursion limit, put back
import sys

sys.setrecursionlimit(150)
