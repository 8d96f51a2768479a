"""State of the cmaes library after generations of given points: cma_updates.py SIZE GENERATIONS.

Points of generation g are cos(1 + k + 3 i + 7 g) / 2 + 1/2 for point k and coordinate i, sorted by their distance from 0.3.
"""
import json
import math
import sys

import cmaes
import numpy as np

size, generations = int(sys.argv[1]), int(sys.argv[2])
optimizer = cmaes.CMA(mean=np.full(size, 0.5), sigma=1 / 6)
states = []
for g in range(generations):
    points = [
        np.array([math.cos(1 + k + 3 * i + 7 * g) / 2 + 0.5 for i in range(size)]) for k in range(optimizer.population_size)
    ]
    optimizer.tell([(point, float(((point - 0.3) ** 2).sum())) for point in points])
    optimizer._eigen_decomposition()
    states.append([optimizer.population_size, optimizer._sigma, *optimizer._mean, *optimizer._C.ravel()])
print(json.dumps(states))
