"""scikit-learn's balanced multinomial logistic regression on standardised rows: probabilities of the rows it learned.

usage: logistic.py IN.json
"""
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

given = json.load(open(sys.argv[1]))
rows = StandardScaler().fit_transform(np.array(given["rows"]))
model = LogisticRegression(class_weight="balanced", max_iter=2000, tol=1e-8).fit(rows, given["labels"])
for row in model.predict_proba(rows):
    print(*row)
