"""scikit-learn's area under the curve, and the correlation at the threshold 0.6.

usage: sleep_wake.py IN.json
"""
import json
import sys

from sklearn.metrics import matthews_corrcoef, roc_auc_score

given = json.load(open(sys.argv[1]))
print(roc_auc_score(given["truth"], given["scores"]), matthews_corrcoef(given["truth"], [score > 0.6 for score in given["scores"]]))
