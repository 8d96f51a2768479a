"""Asks PyTorch about files of torch.save.

  checkpoints.py samples FOLDER        writes sample files, prints NAME<TAB>DESCRIPTION for each
  checkpoints.py describe FILE         torch.load, then prints the description
  checkpoints.py load-net FILE         loads a state dictionary into the sample network, prints its output on a fixed input
  checkpoints.py adam-start FOLDER     trains three steps, saves net.pth and adam.pth
  checkpoints.py adam-continue FOLDER NET ADAM
                                       one more step from net.pth + adam.pth and from NET + ADAM; prints both results
"""
import collections
import os
import random
import struct
import sys
import zipfile

import numpy
import torch


class Describer:
    """A value as one line of text. Storages are numbered in the order they are met."""

    def __init__(self):
        self.storages = {}

    def tensor(self, t):
        pointer = t.storage().data_ptr()
        number = self.storages.setdefault(pointer, len(self.storages)) if pointer else "-"
        flat = t.detach().contiguous()
        raw = flat.view(torch.int16) if flat.dtype == torch.bfloat16 else flat
        dtype = str(t.dtype).removeprefix("torch.")
        sizes = ",".join(map(str, t.shape))
        strides = ",".join(map(str, t.stride()))
        gradient = "g" if t.requires_grad else ""
        return f"T{dtype}[{sizes}]#{number}+{t.storage_offset()}/{strides}{gradient}:{raw.numpy().tobytes().hex()}"

    def pairs(self, d):
        return "{" + ",".join(f"{self(k)}={self(v)}" for k, v in d.items()) + "}"

    def __call__(self, v):
        if v is None or isinstance(v, bool):
            return str(v)
        if isinstance(v, numpy.bool_):
            return str(bool(v))
        if isinstance(v, (int, numpy.integer)):
            return f"i{int(v)}"
        if isinstance(v, (float, numpy.floating)):
            return "f" + struct.pack(">d", float(v)).hex()
        if isinstance(v, str):
            return "s" + v.encode().hex()
        if isinstance(v, bytes):
            return "b" + v.hex()
        if isinstance(v, torch.Tensor):
            return self.tensor(v)
        if isinstance(v, torch.device):
            return self(str(v))
        if isinstance(v, numpy.ndarray):
            a = numpy.ascontiguousarray(v.astype(v.dtype.newbyteorder("<")))
            return f"A{a.dtype.str}[{','.join(map(str, v.shape))}]:{a.tobytes().hex()}"
        if isinstance(v, tuple):
            return "(" + ",".join(map(self, v)) + ")"
        if isinstance(v, list):
            return "[" + ",".join(map(self, v)) + "]"
        if isinstance(v, set):
            return "S(" + ",".join(sorted(map(self, v))) + ")"
        if isinstance(v, collections.OrderedDict):
            attributes = "@" + self.pairs(v.__dict__) if v.__dict__ else ""
            return "O" + self.pairs(v) + attributes
        if isinstance(v, dict):
            return "D" + self.pairs(v)
        raise TypeError(type(v))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(3, 4, 5)
        self.norm = torch.nn.BatchNorm1d(4)
        self.gru = torch.nn.GRU(4, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.head = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(12, 2))

    def forward(self, x):
        y, _ = self.gru(self.norm(self.conv(x)).transpose(1, 2))
        return self.head(y[:, -1])


def net():
    torch.manual_seed(7)
    n = Net()
    n(torch.randn(5, 3, 20)).sum().backward()   # moves the running statistics
    return n


def adam_state():
    n = net()
    optimiser = torch.optim.Adam(n.parameters(), lr=1e-3)
    optimiser.step()
    return optimiser.state_dict()


def samples():
    torch.manual_seed(1)
    base = torch.arange(24.0)
    shared = ["a", 1]
    yield "state", net().state_dict()
    yield "wrapped", {"epoch": 3, "state_dict": net().state_dict(), "best": 0.25}
    yield "model_state_dict", {"model_state_dict": net().state_dict(), "optimizer": adam_state()}
    yield "dtypes", collections.OrderedDict(
        (str(d), (torch.randn(2, 3) * 50).abs().to(d))
        for d in [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.uint8, torch.int8, torch.int16, torch.int32,
                  torch.int64, torch.bool])
    yield "views", {"base": base, "part": base[4:10], "transposed": base.view(4, 6).t(), "strided": base[1::3],
                    "expanded": base[5].expand(2, 3), "permuted": base.view(2, 3, 4).permute(2, 0, 1), "scalar": base[7],
                    "empty": base[3:3], "none": torch.empty(0, 5), "ones": torch.ones(1, 1, 2).transpose(0, 2)}
    yield "adam", adam_state()
    yield "parameter", {"p": torch.nn.Parameter(torch.randn(2, 2)), "f": torch.nn.Parameter(torch.randn(2), requires_grad=False)}
    yield "gradient", {"t": torch.randn(3, requires_grad=True)}
    yield "plain", {"text": "gr\u00fc\u00df \U0001d11e", "": "", "none": None, "true": True, "false": False, "tuple": (), "one": (1,),
                    "two": (1, 2.5), "three": (1, 2, 3), "four": (1, 2, 3, 4), "list": [[], [1], [1, [2]]], "dict": {}, "int": {5: {6: 7}},
                    "numbers": [0, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -1, -2**31, -2**31 - 1, 2**63, -2**70, 2**1000],
                    "floats": [0.0, -0.0, 1e-300, float("inf"), float("-inf")], "again": [shared, shared]}
    yield "long", {"list": list(range(2001)), "dict": {f"k{i}": i for i in range(1001)},
                   "ordered": collections.OrderedDict((f"o{i}", i) for i in range(1001))}
    yield "sets", {"set": {5}, "bytes": b"\x00\xff\x80", "size": torch.Size([2, 3]), "device": torch.device("cpu"),
                   "cuda": torch.device("cuda", 1)}
    random.seed(3)
    numpy.random.seed(3)
    yield "random", {"torch": torch.get_rng_state(), "numpy": numpy.random.get_state(), "python": random.getstate()}
    yield "numpy", {"scalar": numpy.float64(2.5), "half": numpy.float16(1.5), "int": numpy.int64(-3), "unsigned": numpy.uint8(200),
                    "bool": numpy.bool_(True), "array": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
                    "columns": numpy.asfortranarray(numpy.arange(6, dtype=numpy.int16).reshape(2, 3)),
                    "big": numpy.arange(3, dtype=">f8")}
    yield "tensor", torch.randn(3, 3)


def repack(source, target, stem, method):
    """The same archive under another stem, with entries in reverse order."""
    with zipfile.ZipFile(source) as a, zipfile.ZipFile(target, "w", method) as b:
        for name in reversed(a.namelist()):
            b.writestr(stem + name[name.index("/"):], a.read(name))
        b.writestr(stem + "/byteorder", "little")
        b.writestr(stem + "/.data/serialization_id", "0" * 40)


def write_samples(folder):
    for name, value in samples():
        path = os.path.join(folder, name + ".pth")
        torch.save(value, path)
        print(f"{name}.pth\t{Describer()(torch.load(path))}")
        torch.save(value, os.path.join(folder, name + ".legacy.pt"), _use_new_zipfile_serialization=False)
        print(f"{name}.legacy.pt\t{Describer()(torch.load(os.path.join(folder, name + '.legacy.pt')))}")
    for name in ["state", "views"]:
        for suffix, method in [("deflated", zipfile.ZIP_DEFLATED), ("stored", zipfile.ZIP_STORED)]:
            path = os.path.join(folder, f"{name}.{suffix}.pt")
            repack(os.path.join(folder, name + ".pth"), path, "some where/else", method)
            print(f"{name}.{suffix}.pt\t{Describer()(torch.load(os.path.join(folder, name + '.pth')))}")


def train(n, optimiser, steps, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        x = torch.randn(5, 3, 20, generator=generator)
        optimiser.zero_grad()
        n(x).square().sum().backward()
        optimiser.step()


def adam_start(folder):
    n = net()
    optimiser = torch.optim.Adam(n.parameters(), lr=0.01, weight_decay=0.1, amsgrad=True)
    train(n, optimiser, 3, 1)
    torch.save(n.state_dict(), os.path.join(folder, "net.pth"))
    torch.save(optimiser.state_dict(), os.path.join(folder, "adam.pth"))


def adam_continue(folder, *names):
    for pair in [("net.pth", "adam.pth"), names]:
        n = Net()
        optimiser = torch.optim.Adam(n.parameters(), lr=1)
        n.load_state_dict(torch.load(os.path.join(folder, pair[0])))
        optimiser.load_state_dict(torch.load(os.path.join(folder, pair[1])))
        train(n, optimiser, 1, 2)
        print(Describer()(n.state_dict()))


def load_net(path):
    n = Net()
    print(n.load_state_dict(torch.load(path)))
    n.eval()
    print(Describer()(n(torch.linspace(-1, 1, 60).view(1, 3, 20)).detach()))


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    sys.set_int_max_str_digits(0)
    if command == "describe":
        print(Describer()(torch.load(arguments[0])))
    else:
        {"samples": write_samples, "load-net": load_net, "adam-start": adam_start, "adam-continue": adam_continue}[command](*arguments)
