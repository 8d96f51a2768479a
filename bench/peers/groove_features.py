"""What a Python program does for drum files: mido reads the first 1,000 below a folder, NumPy computes the same 32 numbers of each groove.

Prints seconds of processor time, files described, and the sum of all numbers, which has to be Kymo's own.
"""
import bisect
import glob
import os
import sys
import time

import mido
import numpy as np

KICK, SNARE, CLOSED, OPEN, TOMS, CYMBALS = range(6)
DRUMS = {pitch: drum for drum, pitches in {
    KICK: (35, 36), SNARE: (37, 38, 40), CLOSED: (22, 42, 44), OPEN: (26, 46),
    TOMS: (41, 43, 58, 45, 47, 48, 50), CYMBALS: (49, 52, 55, 57, 51, 53, 59)}.items() for pitch in pitches}


def read(path):
    """Drum hits as (tick, pitch, velocity), tempo changes, metre and resolution."""
    file = mido.MidiFile(path)
    hits, tempi, metre = [], [(0, 500000)], None
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            kind = message.type
            if kind == "note_on":
                if message.channel == 9 and message.velocity > 0:
                    hits.append((tick, message.note, message.velocity))
            elif kind == "set_tempo":
                tempi.append((tick, message.tempo))
            elif kind == "time_signature" and metre is None:
                metre = (message.numerator, message.denominator)
    hits.sort()
    tempi.sort(key=lambda change: change[0])
    return hits, tempi, metre or (4, 4), file.ticks_per_beat


def seconds_of(ticks, tempi, resolution):
    """Seconds of many ticks through the tempo map."""
    starts = np.array([change[0] for change in tempi], dtype=float)
    rates = np.array([change[1] for change in tempi]) * 1e-6 / resolution
    begun = np.concatenate([[0.0], np.cumsum(np.diff(starts) * rates[:-1])])
    at = np.searchsorted(starts, ticks, side="right") - 1
    return begun[at] + (ticks - starts[at]) * rates[at]


def swing(beats):
    ratios = []
    listed = beats.tolist()
    for beat in range(int(np.floor(listed[0])), int(np.ceil(listed[-1])) + 1):
        near = [onset for onset in listed[bisect.bisect_left(listed, beat - .125):bisect.bisect_right(listed, beat + .125)]]
        late = bisect.bisect_left(listed, beat + .4)
        if not near or late == len(listed) or listed[late] > beat + .75:
            continue
        ratio = listed[late] - min(near, key=lambda onset: abs(onset - beat))
        if .4 <= ratio <= .75:
            ratios.append(ratio)
    return np.array(ratios)


def share(part, whole):
    return part / whole if whole else 0.0


def lhl(active, in_bar, per_bar):
    weights = np.where(in_bar == 0, 0, np.where((in_bar == 8) & (per_bar == 16), -1, np.where(in_bar % 4 == 0, -2, np.where(in_bar % 2 == 0, -3, -4))))
    total = 0
    for here, following in zip(active[:-1], active[1:]):
        if following > here + 1:
            total += max(0, weights[here + 1:following].max() - weights[here])
    return float(total)


def witek(low, mid, high, in_bar):
    weights = np.where(in_bar == 0, 0, np.where(in_bar % 4 == 0, -1, np.where(in_bar % 2 == 0, -2, -3)))
    gain = weights[1:] - weights[:-1]
    first_low, first_mid = low[:-1], mid[:-1]
    next_low, next_mid, next_high = low[1:], mid[1:], high[1:]
    kind = np.zeros(len(gain))
    kind[first_low & next_mid & next_high] = 2
    kind[first_mid & next_low & next_high] = 1
    kind[(first_low | first_mid) & next_high & ~next_low & ~next_mid] = 5
    counts = (gain >= 0) & (kind > 0)
    return float((gain + kind)[counts].sum())


def describe(hits, tempi, metre, resolution):
    """The 32 numbers, or None where there are fewer than 8 hits or no whole number of sixteenths in a bar."""
    hits = [(tick, DRUMS[pitch], velocity) for tick, pitch, velocity in hits if pitch in DRUMS]
    if len(hits) < 8 or 16 * metre[0] % metre[1]:
        return None
    per_bar = 16 * metre[0] // metre[1]
    ticks, drums, velocities = (np.array(column) for column in zip(*hits))
    position = 4.0 * ticks / resolution
    step = np.floor(position + .5).astype(int)
    offset = position - step
    seconds, grid = seconds_of(ticks, tempi, resolution), seconds_of(step * resolution / 4, tempi, resolution)
    first_bar = step.min() // per_bar
    bars = step.max() // per_bar - first_bar + 1
    steps = int(bars * per_bar)
    place = step - first_bar * per_bar
    values = np.zeros(32)

    onset, last = [], -np.inf
    for i, at in enumerate(seconds.tolist()):
        if at - last > .030:
            onset.append(i)
            last = at
    beats = position[onset] / 4
    values[0], values[1] = 2 * offset.std(), 2 * offset.mean()
    between = np.diff(beats)
    values[2] = 1 / (1 + between.std() / between.mean()) if len(between) else 0
    values[3] = (np.abs(seconds - grid) <= .010).mean()
    ratios = swing(beats)
    if len(ratios) >= 8:
        values[4], values[5] = np.clip((ratios.mean() - .5) / .25, -1, 1), 1 - min(1, ratios.std() / .08)
    values[6] = min(1, len(onset) / (steps / 4) / 8)

    def active(*which):
        there = np.zeros(steps, dtype=bool)
        there[place[np.isin(drums, which)]] = True
        return there

    kick, snare, hats, toms, cymbals = active(KICK), active(SNARE), active(CLOSED, OPEN), active(TOMS), active(CYMBALS)
    anything = kick | snare | hats | toms | cymbals
    in_bar = np.arange(steps) % per_bar
    values[7] = anything.mean()
    for at, there, good, drum in ((8, kick, in_bar % 8 == 0, KICK), (11, snare, in_bar % 8 == 4, SNARE)):
        mine = velocities[drums == drum]
        values[at:at + 3] = there.mean(), share((there & good).sum(), there.sum()), share((mine < 40).sum(), len(mine))
    hat_hits = np.isin(drums, (CLOSED, OPEN))
    values[14:17] = hats.mean(), share((hats & (in_bar % 2 == 0)).sum(), hats.sum()), share((drums == OPEN).sum(), hat_hits.sum())
    values[17], values[18] = toms.mean(), cymbals.mean()
    on_beat = place % per_bar % 4 == 0
    for at, mine in ((19, drums == KICK), (22, drums == SNARE), (25, hat_hits)):
        if not mine.any():
            continue
        loud = velocities / 127
        on, off = loud[mine & on_beat], loud[mine & ~on_beat]
        values[at:at + 3] = loud[mine].mean(), loud[mine].std(), on.mean() - off.mean() if len(on) and len(off) else 0
    where = np.flatnonzero(anything)
    values[28] = min(1, lhl(where, in_bar, per_bar) / bars / 8)
    values[29] = min(1, witek(kick, snare | toms, hats | cymbals, in_bar) / bars / 32)
    values[30] = (in_bar[where] % 4 != 0).mean()
    values[31] = 1 - abs(np.exp(2j * np.pi * in_bar[where] / per_bar).mean())
    return values


if __name__ == "__main__":
    files = sorted(glob.glob(os.path.join(sys.argv[1], "**", "*.mid"), recursive=True))[:1000]
    start = time.process_time()
    vectors = [describe(*read(file)) for file in files]
    spent = time.process_time() - start
    vectors = [vector for vector in vectors if vector is not None]
    print(spent, len(vectors), float(np.sum(vectors)))
