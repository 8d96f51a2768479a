"""Scores of scikit-learn, SciPy and NumPy for items read from a JSON file: python3 metrics.py ITEMS.json

ITEMS: {"classes": n, "truth": [...], "predicted": [...], "other": [...], "probabilities": [[...], ...]}
"""
import json
import sys
import warnings

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics

warnings.simplefilter("ignore")
items = json.load(open(sys.argv[1]))
labels = list(range(items["classes"]))
truth, predicted, other = (np.array(items[k]) for k in ("truth", "predicted", "other"))
probabilities = np.array(items["probabilities"], dtype=np.float64)

per_class = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
every = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, average="macro", zero_division=0)
present = metrics.precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
only_first = int(((predicted == truth) & (other != truth)).sum())
only_second = int(((predicted != truth) & (other == truth)).sum())

confidence, called = probabilities.max(axis=1), probabilities.argmax(axis=1)
error, edges = 0.0, np.linspace(0, 1, 16)
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    if inside.any():
        error += inside.mean() * abs((called[inside] == truth[inside]).mean() - confidence[inside].mean())

json.dump({
    "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).ravel().tolist(),
    "accuracy": metrics.accuracy_score(truth, predicted),
    "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
    "macro_all": list(every[:3]),
    "macro_present": list(present[:3]),
    "per_class": [list(map(float, row)) for row in zip(*per_class)],
    "kappa": metrics.cohen_kappa_score(truth, predicted),
    "log_loss": metrics.log_loss(truth, probabilities, labels=labels),
    "top2": metrics.top_k_accuracy_score(truth, probabilities, k=2, labels=labels) if len(labels) > 2 else 1.0,
    "calibration_error": error,
    "mcnemar_exact": binomtest(min(only_first, only_second), only_first + only_second, 0.5).pvalue,
    "quantiles": list(np.quantile(probabilities[:, 0], [0.0, 0.025, 0.5, 0.975, 1.0])),
    "deviations": [probabilities[:, 0].mean(), probabilities[:, 0].std(), probabilities[:, 0].std(ddof=1)],
}, sys.stdout)
