"""Scalars written by PyTorch's own SummaryWriter: summary_writer.py FOLDER, prints the file's path.

SummaryWriter leaves messages and records to the package `tensorboard`. Where that is missing (Debian has none) this script lends it the
message types, declared here by their field numbers, and the record framing; which messages are written, with which tags, steps, times
and metadata, is PyTorch's code either way.
"""
import importlib.abc
import importlib.machinery
import os
import struct
import sys
import time
import types
import unittest.mock

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

MESSAGES = {
    "Event": [("wall_time", 1, "double"), ("step", 2, "int64"), ("file_version", 3, "string"), ("summary", 5, "Summary")],
    "Summary": [("value", 1, "*Value")],
    "Value": [("tag", 1, "string"), ("simple_value", 2, "float"), ("tensor", 8, "TensorProto"), ("metadata", 9, "SummaryMetadata")],
    "SummaryMetadata": [("plugin_data", 1, "PluginData"), ("display_name", 2, "string"), ("data_class", 4, "int32")],
    "PluginData": [("plugin_name", 1, "string"), ("content", 2, "bytes")],
    "TensorProto": [("dtype", 1, "DataType"), ("tensor_shape", 2, "TensorShapeProto"), ("float_val", 5, "*float"), ("string_val", 8, "*bytes")],
    "TensorShapeProto": [("dim", 2, "*Dim")],
    "Dim": [("size", 1, "int64")],
}


def declare():
    kinds = descriptor_pb2.FieldDescriptorProto
    scalars = {"double": kinds.TYPE_DOUBLE, "float": kinds.TYPE_FLOAT, "int64": kinds.TYPE_INT64, "int32": kinds.TYPE_INT32,
               "string": kinds.TYPE_STRING, "bytes": kinds.TYPE_BYTES}
    file = descriptor_pb2.FileDescriptorProto(name="lent.proto", package="lent", syntax="proto3")
    types_of_data = file.enum_type.add(name="DataType")
    for name, number in (("DT_INVALID", 0), ("DT_FLOAT", 1), ("DT_STRING", 7)):
        types_of_data.value.add(name=name, number=number)
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            plain = kind.lstrip("*")
            added = message.field.add(name=field, number=number, label=kinds.LABEL_REPEATED if kind[0] == "*" else kinds.LABEL_OPTIONAL)
            if plain in scalars:
                added.type = scalars[plain]
            elif plain == "DataType":
                added.type, added.type_name = kinds.TYPE_ENUM, ".lent.DataType"
            else:
                added.type, added.type_name = kinds.TYPE_MESSAGE, ".lent." + plain
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    classes = {name: message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("lent." + name)) for name in MESSAGES}
    classes["Summary"].Value = classes["Value"]
    classes["SummaryMetadata"].PluginData = classes["PluginData"]
    classes["TensorShapeProto"].Dim = classes["Dim"]
    return classes


def masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def lend():
    classes = declare()

    class EventFileWriter:
        def __init__(self, folder, *rest):
            os.makedirs(folder, exist_ok=True)
            self.path = os.path.join(folder, f"events.out.tfevents.{int(time.time())}.oracle")
            self.file = open(self.path, "wb")
            self.add_event(classes["Event"](wall_time=time.time(), file_version="brain.Event:2"))

        def get_logdir(self):
            return os.path.dirname(self.path)

        def add_event(self, event):
            data = event.SerializeToString()
            length = struct.pack("<Q", len(data))
            self.file.write(length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data)))

        def flush(self):
            self.file.flush()

        def close(self):
            self.file.close()

    class Lender(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path, target=None):
            return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] == "tensorboard" else None

        def create_module(self, spec):
            module = types.ModuleType(spec.name)
            module.__path__ = []
            module.__version__ = "2.11"
            module.__getattr__ = lambda name: EventFileWriter if name == "EventFileWriter" else classes.get(name) or unittest.mock.MagicMock(name=name)
            return module

        def exec_module(self, module):
            pass

    sys.meta_path.insert(0, Lender())


if importlib.util.find_spec("tensorboard") is None:
    lend()
from torch.utils.tensorboard import SummaryWriter

with SummaryWriter(sys.argv[1]) as writer:
    for step in range(5):
        writer.add_scalar("train/loss", 1 / (step + 1), step, walltime=1700000000 + step)
        writer.add_scalar("val/macro f1", step / 7, step, walltime=1700000000.5 + step, new_style=True)
    writer.add_scalar("val/macro f1", float("nan"), 1 << 40)
print(os.path.join(sys.argv[1], sorted(os.listdir(sys.argv[1]))[0]))
