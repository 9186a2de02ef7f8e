# loaded: changed the module search path, put back
import sys

sys.path.clear()
sys.meta_path.insert(0, object())
