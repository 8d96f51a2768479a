"""Notes of MIDI files by python3-mido, in seconds through the tempo map of all tracks.

python3 midi.py LIST   LIST names a file of paths; prints for each a line "FILE path seconds", then for each note
"start end pitch velocity channel track"
"""
import sys
from collections import defaultdict, deque
import mido


def notes(path):
    midi = mido.MidiFile(path)
    tempos, tracks = [(0, 0, 500000)], []
    for number, track in enumerate(midi.tracks):
        tick, events = 0, []
        for message in track:
            tick += message.time
            events.append((tick, message))
            if message.type == "set_tempo":
                tempos.append((tick, number + 1, message.tempo))
        tracks.append((tick, events))
    tempos.sort(key=lambda tempo: tempo[:2])

    def seconds(tick):
        total, at, tempo = 0.0, 0, 500000
        for start, _, value in tempos:
            if start > tick:
                break
            total += mido.tick2second(start - at, midi.ticks_per_beat, tempo)
            at, tempo = start, value
        return total + mido.tick2second(tick - at, midi.ticks_per_beat, tempo)

    found = []
    for number, (last, events) in enumerate(tracks):
        sounding = defaultdict(deque)
        for tick, message in events:
            if message.type == "note_on" and message.velocity > 0:
                sounding[message.channel, message.note].append((tick, message.velocity))
            elif message.type in ("note_on", "note_off") and sounding[message.channel, message.note]:
                start, velocity = sounding[message.channel, message.note].popleft()
                found.append((start, message.note, message.channel + 1, number, tick, velocity))
        for (channel, note), waiting in sounding.items():
            found += [(start, note, channel + 1, number, last, velocity) for start, velocity in waiting]
    found.sort(key=lambda note: note[:4])
    return midi.length, [(seconds(start), seconds(end), note, velocity, channel, track)
                         for start, note, channel, track, end, velocity in found]


with open(sys.argv[1], encoding="utf-8") as listing:
    for path in listing.read().splitlines():
        length, found = notes(path)
        print("FILE", path, repr(length), sep="\t")
        for note in found:
            print(*map(repr, note), sep="\t")
