"""Members of float ranges counted in Python's decimal arithmetic, as Hydra's basic sweeper counts them.

usage: decimal_range.py start,stop,step ...   (prints one line per range: the members' repr, separated by blanks)
"""
import sys
from decimal import Decimal

for text in sys.argv[1:]:
    start, stop, step = (Decimal(float(part)) for part in text.split(","))
    members = []
    while start < stop if step > 0 else start > stop:
        members.append(repr(float(start)))
        start += step
    print(" ".join(members))
