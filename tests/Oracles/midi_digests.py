"""What python3-mido reads of MIDI files, as one digest a file, and of two damaged copies of each.

python3 midi_digests.py ROOT LIST [STEP] > tests/Oracles/data/midi_digests.tsv
    LIST names a file of paths below ROOT, of which every STEP-th is read. Prints for each, separated by tabs: the path, the number of
    notes, then for the file,
    its copy with three bits flipped and its copy with its end cut off the first 16 digits of a SHA-256, or "unread" where mido
    raises an error. The digest is of the text of all notes, tempi and controls in ticks.
"""
import hashlib
import io
import os
import sys
from collections import defaultdict, deque
import mido


def damaged(content, number):
    flipped = bytearray(content)
    for k in range(3):
        flipped[14 + (number * 7919 + k * 104729) % (len(content) - 14)] ^= 1 << ((number + k) % 8)
    return bytes(flipped), content[:len(content) - 1 - number * 37 % (len(content) // 2)]


def text(content):
    midi = mido.MidiFile(file=io.BytesIO(content))
    notes, tempi, controls = [], [], []
    for number, track in enumerate(midi.tracks):
        tick, sounding = 0, defaultdict(deque)
        for message in track:
            tick += message.time
            if message.type == "set_tempo":
                tempi.append((tick, number, message.tempo))
            elif message.type == "control_change":
                controls.append((tick, number, message.control, message.value, message.channel + 1))
            elif message.type == "note_on" and message.velocity > 0:
                sounding[message.channel, message.note].append((tick, message.velocity))
            elif message.type in ("note_on", "note_off") and sounding[message.channel, message.note]:
                start, velocity = sounding[message.channel, message.note].popleft()
                notes.append((start, message.note, message.channel + 1, number, velocity, tick))
        for (channel, note), waiting in sounding.items():
            notes += [(start, note, channel + 1, number, velocity, tick) for start, velocity in waiting]
    notes.sort()
    tempi.sort(key=lambda tempo: tempo[:2])
    controls.sort(key=lambda control: control[:2])
    lines = ["D %d" % midi.ticks_per_beat]
    lines += ["N %d %d %d %d %d %d" % note for note in notes]
    lines += ["T %d %d" % (tick, tempo) for tick, _, tempo in tempi]
    lines += ["C %d %d %d %d %d" % control for control in controls]
    return len(notes), "\n".join(lines)


def digest(content):
    try:
        count, lines = text(content)
    except Exception:
        return 0, "unread"
    return count, hashlib.sha256(lines.encode()).hexdigest()[:16]


if __name__ == "__main__":
    root, listing = sys.argv[1:3]
    step = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(listing, encoding="utf-8") as paths:
        for number, path in list(enumerate(paths.read().splitlines()))[::step]:
            with open(os.path.join(root, path), "rb") as file:
                content = file.read()
            count, whole = digest(content)
            print(path, count, whole, *(digest(copy)[1] for copy in damaged(content, number)), sep="\t")
