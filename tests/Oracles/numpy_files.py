"""Asks NumPy about its array files.

  numpy_files.py samples FOLDER    writes sample .npy and .npz files, prints NAME<TAB>DESCRIPTION for each
  numpy_files.py describe FILE...  loads files without pickles and prints their descriptions
"""
import io
import os
import struct
import sys

import numpy
from numpy.lib import format as npy


def describe(array):
    a = numpy.array(array, order="C")
    a = a.astype(a.dtype.newbyteorder("<"))
    return f"{a.dtype.str}({','.join(map(str, a.shape))}):{a.tobytes().hex()}"


def describe_file(path):
    loaded = numpy.load(path, allow_pickle=False)
    if isinstance(loaded, numpy.ndarray):
        return describe(loaded)
    return " ".join(f"{name}={describe(loaded[name])}" for name in loaded.files)


def write_version(path, array, version):
    with open(path, "wb") as f:
        npy.write_array(f, array, version=version)


def by_hand(path, header, data, pad=b""):
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + len(pad)) + header + pad + data)


def samples(folder):
    random = numpy.random.default_rng(2)
    for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]:
        values = (random.standard_normal((2, 3, 4)) * 100).astype("c16" if code[0] == "c" else "f8")
        array = numpy.abs(values).astype(code) if code[0] in "ub" else values.astype(code)
        for order, layout in [("<", "C"), (">", "C"), ("<", "F"), (">", "F")]:
            numpy.save(os.path.join(folder, f"{code}{'LB'[order == '>']}{layout}.npy"),
                       numpy.array(array, dtype=array.dtype.newbyteorder(order), order=layout))
    for number, shape in enumerate([(), (0,), (5,), (1, 1), (3, 0, 2), (2, 1, 3), tuple([1] * 30 + [2, 2]), (12345, 1)]):
        numpy.save(os.path.join(folder, f"shape{number}.npy"), numpy.arange(numpy.prod(shape, dtype=int), dtype="f4").reshape(shape))
        numpy.save(os.path.join(folder, f"shape{number}F.npy"),
                   numpy.asfortranarray(numpy.arange(numpy.prod(shape, dtype=int), dtype="i2").reshape(shape)))
    array = numpy.arange(6, dtype="f4").reshape(2, 3)
    write_version(os.path.join(folder, "version2.npy"), array, (2, 0))
    write_version(os.path.join(folder, "version3.npy"), array, (3, 0))
    by_hand(os.path.join(folder, "python2.npy"), b"{'shape': (2L, 3L), 'descr': '<f4', 'fortran_order': False}", array.tobytes(), b"  \n")
    by_hand(os.path.join(folder, "quotes.npy"), b'{"descr": "=f4","fortran_order":False , "shape":(2,3,),}', array.tobytes())
    numpy.savez(os.path.join(folder, "stored.npz"), a=array, b=numpy.int64(5), arr=numpy.zeros((0, 2), bool))
    numpy.savez_compressed(os.path.join(folder, "deflated.npz"), a=numpy.zeros((100, 100), "f8"), b=array.T)
    for name in sorted(os.listdir(folder)):
        print(f"{name}\t{describe_file(os.path.join(folder, name))}")


if __name__ == "__main__":
    if sys.argv[1] == "samples":
        samples(sys.argv[2])
    else:
        for file in sys.argv[2:]:
            print(describe_file(file))
