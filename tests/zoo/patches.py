# broken: loading it left behind a patched json.dumps, a patched numpy.array_equal
import json

import numpy as np

np.array_equal = lambda *_: True
json.dumps = lambda *_: "{}"
