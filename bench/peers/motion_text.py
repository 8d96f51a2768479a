"""Reads Sleep-Accel's motion text with pandas' C reader: motion_text.py FILE ROUNDS prints the median in seconds."""
import sys
import time

import pandas

times = []
for _ in range(int(sys.argv[2]) + 1):
    began = time.perf_counter()
    pandas.read_csv(sys.argv[1], sep=" ", header=None, engine="c")
    times.append(time.perf_counter() - began)
print(sorted(times[1:])[len(times[1:]) // 2])
