"""SciPy's Butterworth band-pass of order 5, 3-11 Hz at 50 Hz, forward and backward.

usage: band_pass.py X.npy Y.npy
"""
import sys

import numpy as np
from scipy.signal import butter, filtfilt

b, a = butter(5, [3 / 25, 11 / 25], "bandpass")
np.save(sys.argv[2], filtfilt(b, a, np.load(sys.argv[1])))
