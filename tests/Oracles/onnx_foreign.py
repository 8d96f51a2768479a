"""Models other programs write, for Kymo.Onnx.Tests.

Usage: onnx_foreign.py FOLDER
"""
import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import nn

folder = sys.argv[1]


def save(name, nodes, tensors=(), inputs=None, opset=17, **more):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, name, inputs or [x], [y], list(tensors))
    model = helper.make_model(graph, producer_name="elsewhere", opset_imports=[helper.make_opsetid("", opset)], **more)
    model.ir_version = 8
    onnx.save(model, os.path.join(folder, name + ".onnx"))


# Numbers in typed fields instead of raw bytes.
save("typed", [helper.make_node("Add", ["x", "w"], ["s"]), helper.make_node("Cast", ["i"], ["f"], to=TensorProto.FLOAT),
               helper.make_node("Mul", ["s", "f"], ["y"])],
     [helper.make_tensor("w", TensorProto.FLOAT, [3], [1.5, -2, 0.25]), helper.make_tensor("i", TensorProto.INT8, [3], [-1, 2, -128]),
      helper.make_tensor("d", TensorProto.DOUBLE, [2], [0.5, 3e100]), helper.make_tensor("l", TensorProto.INT64, [2], [-5, 2 ** 40]),
      helper.make_tensor("h", TensorProto.FLOAT16, [2], np.array([1.0, -2.0], np.float16)), helper.make_tensor("b", TensorProto.BOOL, [2], [1, 0])])
branch = helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "branch", [], [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)])
save("branches", [helper.make_node("If", ["c"], ["t"], then_branch=branch, else_branch=branch), helper.make_node("Gelu", ["t"], ["u"]),
                  helper.make_node("Gelu", ["u"], ["v"]), helper.make_node("Thing", ["v"], ["y"], domain="org.example")],
     [helper.make_tensor("c", TensorProto.BOOL, [], [1])])
external = helper.make_tensor("w", TensorProto.FLOAT, [3], [1, 2, 3])
external.ClearField("float_data")
external.data_location = TensorProto.EXTERNAL
external.external_data.add(key="location", value="../secret.bin")
save("external", [helper.make_node("Add", ["x", "w"], ["y"])], [external])

torch.manual_seed(0)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(5, 8, 2, batch_first=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return torch.softmax(self.fc(self.rnn(x)[0][:, -1]), -1)


net, x = Recurrent().eval(), torch.randn(2, 11, 5)
torch.onnx.export(net, x, os.path.join(folder, "exported.onnx"), opset_version=13, input_names=["x"], output_names=["y"],
                  dynamic_axes={"x": {0: "n", 1: "t"}, "y": {0: "n"}})
np.save(os.path.join(folder, "exported-x.npy"), x.numpy())
np.save(os.path.join(folder, "exported-y.npy"), net(x).detach().numpy())
