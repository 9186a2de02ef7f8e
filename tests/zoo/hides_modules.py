# loaded: changed modules that were imported before, put back
import sys

sys.modules["msgspec"] = None
sys.modules["benchsuite.measure"] = None
del sys.modules["json"]
