"""SciPy's normal distribution: for each [low, high, share] its log mass between the bounds and the cut quantile of the share."""
import json
import sys

from scipy.stats import norm, truncnorm
from scipy.stats._continuous_distns import _log_gauss_mass

print(json.dumps([
    [float(_log_gauss_mass(low, high)), float(truncnorm.ppf(share, low, high)), float(norm.cdf(low))]
    for low, high, share in json.loads(sys.argv[1])
]))
