# loaded: changed numpy's error mode, put back
import numpy as np

np.seterr(all="raise")
