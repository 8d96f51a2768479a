"""Reads and writes safetensors files from the format's description alone (NumPy only).

  safetensors_format.py read FILE      prints one line per tensor in data order, and the metadata
  safetensors_format.py write FOLDER   writes sample files as the official writer lays them out; prints their names
"""
import json
import os
import struct
import sys

import numpy

# In the order of the official enumeration, which the writer sorts by.
TYPES = ["BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "I16", "U16",
         "F16", "BF16", "I32", "U32", "F32", "C64", "F64", "I64", "U64"]
BYTES = {"BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "F16": 2, "BF16": 2, "I32": 4, "F32": 4, "F64": 8, "I64": 8}


def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def read(path):
    raw = open(path, "rb").read()
    length, = struct.unpack_from("<Q", raw)
    assert length % 8 == 0 and raw[8:9] == b"{"
    header = json.loads(raw[8:8 + length].decode("utf-8"), object_pairs_hook=no_duplicates)
    data = raw[8 + length:]
    metadata = header.pop("__metadata__", {})
    place = 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = info["data_offsets"]
        assert begin == place and end - begin == BYTES[info["dtype"]] * int(numpy.prod(info["shape"], dtype=object))
        place = end
        print(name.encode().hex(), info["dtype"], info["shape"], data[begin:end].hex())
    assert place == len(data)
    print(json.dumps(metadata, sort_keys=True))


def write(path, tensors, metadata):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, dtype, shape, raw in sorted(tensors, key=lambda t: (-TYPES.index(t[1]), t[0].encode())):
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def samples():
    random = numpy.random.default_rng(5)
    tensors = []
    for number, dtype in enumerate(BYTES):
        for shape in [[], [3], [2, 0], [2, 3]]:
            count = int(numpy.prod(shape, dtype=int)) * BYTES[dtype]
            raw = random.integers(0, 2 if dtype == "BOOL" else 256, count, dtype=numpy.uint8).tobytes()
            tensors.append((f"layer.{10 - number}.{len(tensors)}", dtype, shape, raw))
    yield "types", tensors, None
    four = b"\0\0\x80?"
    yield "names", [(n, "F32", [1], four) for n in ["", "b", "a", "A", "\u00fc", "\uffee", "\U0001d11e", "q\"\\/\n\t\x01\x7f"]], \
        {"format": "pt", "note": "gr\u00fc\u00df \"x\""}
    yield "empty", [], None
    yield "counters", [("bn.num_batches_tracked", "I64", [], b"\1" + b"\0" * 7), ("bn.weight", "F32", [2], four * 2)], {"format": "pt"}


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(sys.argv[2])
    else:
        for sample, tensors, metadata in samples():
            write(os.path.join(sys.argv[2], sample + ".safetensors"), tensors, metadata)
            print(sample + ".safetensors")
