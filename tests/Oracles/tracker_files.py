"""What a TensorBoard or W&B file holds, read by the framing rules alone: python3 tracker_files.py events|wandb FILE

Written from the formats' descriptions, with zlib's CRC-32 and a bit-by-bit CRC-32C; shares no code with the writer under test.
"""
import json
import struct
import sys
import zlib


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(data):
    """Pairs of field number and raw value."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            size = varint()
            assert at + size <= len(data)
            yield tag >> 3, data[at:at + size]
            at += size
        else:
            size = 8 if tag & 7 == 1 else 4
            assert tag & 7 in (1, 5)
            yield tag >> 3, data[at:at + size]
            at += size


def one(data, number, default=None):
    return next((v for n, v in fields(data) if n == number), default)


def all_of(data, number):
    return [v for n, v in fields(data) if n == number]


def read_events(data):
    events, at = [], 0
    while at < len(data):
        length, = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at:at + 8])
        body = data[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(body)
        at += 16 + length
        event = {"wall_time": struct.unpack("<d", one(body, 1))[0], "step": one(body, 2, 0)}
        if one(body, 3):
            event["file_version"] = one(body, 3).decode()
        for value in all_of(one(body, 5, b""), 1):
            event["tag"] = one(value, 1).decode()
            metadata = one(value, 9)
            if metadata:
                event["plugin"] = one(one(metadata, 1), 1).decode()
                event["data_class"] = one(metadata, 4)
            tensor = one(value, 8)
            if tensor and one(tensor, 1) == 1:
                event["scalar"] = str(struct.unpack("<f", one(tensor, 5))[0])
            if tensor and one(tensor, 1) == 7:
                event["text"] = one(tensor, 8).decode()
            if one(value, 4):
                image = one(value, 4)
                event["image"] = [one(image, 1), one(image, 2), one(image, 3), len(one(image, 4))]
        events.append(event)
    return events


def read_wandb(data):
    magic, number, version = struct.unpack("<4sHB", data[:7])
    assert (magic, number, version) == (b":W&B", 0xBEE1, 0)
    at, parts, records = 7, b"", []
    while at < len(data):
        left = 32768 - at % 32768
        if left < 7:
            assert data[at:at + left] == bytes(left)
            at += left
            continue
        crc, length, kind = struct.unpack_from("<IHB", data, at)
        body = data[at + 7:at + 7 + length]
        assert len(body) == length and 7 + length <= left
        assert crc == zlib.crc32(bytes([kind]) + body)
        assert bool(parts) == (kind in (3, 4))
        parts += body
        if kind in (1, 4):
            records.append(parts)
            parts = b""
        at += 7 + length

    def items(message):
        return {one(i, 1).decode(): json.loads(one(i, 16)) for i in all_of(message, 1)}

    names = {2: "history", 4: "summary", 6: "files", 17: "run", 18: "exit", 20: "final", 21: "header", 22: "footer"}
    answer = {"order": [], "numbers": [], "history": []}
    for record in records:
        answer["numbers"].append(one(record, 1))
        number, body = next((n, v) for n, v in fields(record) if n != 1)
        name = names[number]
        if not answer["order"] or answer["order"][-1] != name:
            answer["order"].append(name)
        if name == "history":
            row = items(body)
            row["number"] = one(one(body, 2), 1, 0)
            answer["history"].append(row)
        elif name == "summary":
            answer["summary"] = items(body)
        elif name == "run":
            answer["run"] = [one(body, n, b"").decode() for n in (1, 3, 8)] + [t.decode() for t in all_of(body, 10)]
            answer["config"] = items(one(body, 4))
            start = one(body, 17)
            answer["start"] = one(start, 1) + one(start, 2, 0) / 1e9
        elif name == "exit":
            answer["exit"] = [one(body, 1, 0), one(body, 2, 0)]
    return answer


content = open(sys.argv[2], "rb").read()
json.dump(read_events(content) if sys.argv[1] == "events" else read_wandb(content), sys.stdout)
